"""The ledger's front page: every account with its balance, the sum, and what was booked last."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from staff.admin.base import OwnPage, StaffAdmin
from staff.typed import number_in
from tracking.queries.timeline import names

from ..models import Account
from ..queries.accounts import balances, last_count
from ..queries.documents import newest
from .frame import asked_by, page

NEWEST = 10


@admin.register(Account)
class AccountAdmin(OwnPage, StaffAdmin):
    """No list and no form: the ledger's page, and a stock card for each account."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return ledger(request)

    def page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        asked_by(request, "view_account")
        known = number_in(object_id, 5) is not None
        where = ("blanks_stock_card", [object_id]) if known else ("blanks_account_changelist", [])
        return HttpResponseRedirect(reverse(f"admin:{where[0]}", args=where[1]))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        return self.page(request, object_id)


def ledger(request: HttpRequest) -> HttpResponse:
    asked_by(request, "view_account")
    documents = newest(NEWEST)
    people = names({document.actor for document in documents})
    for document in documents:
        document.who = people[document.actor].partition(" (")[0]  # type: ignore[attr-defined]
    return page(
        request,
        "stock_ledger.html",
        _("Buku blanko"),
        balances=balances(),
        documents=documents,
        last_count=last_count(),
    )
