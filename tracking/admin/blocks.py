"""Blocks as a list of work: each is lifted on its card's page."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from staff.access import Action, looked
from staff.admin.base import Choice, OwnPage, StaffAdmin

from ..models import Block
from ..queries import staff as queries
from ..queries.timeline import names
from ..stages import BlockReason


class Lifted(Choice):
    """Open blocks unless asked for others."""

    title = _("keadaan")
    parameter_name = "keadaan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("dicabut", _("Dicabut"))]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        return [{**first, "display": _("Belum dicabut")}, *rest]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(lifted_at__isnull=not self.value())


class ByReason(Choice):
    title = _("sebab")
    parameter_name = "sebab"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return BlockReason.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(reason=self.value()) if self.value() else queryset


class OnItsCard(OwnPage):
    """Mixed in: a row about one card, read and settled on the page of that card."""

    get_object: Any

    def page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            there = f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
            return HttpResponseRedirect(reverse(there))
        return HttpResponseRedirect(reverse("admin:tracking_card_change", args=[row.card_id]))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        return self.page(request, object_id)

    @admin.display(description=_("kartu"))
    def card(self, row: Any) -> str:
        address = reverse("admin:tracking_card_change", args=[row.card_id])
        return format_html('<a href="{}">{}</a>', address, row.card_id)


@admin.register(Block)
class BlockAdmin(OnItsCard, StaffAdmin):
    list_display = ("at", "card", "reason", "who", "source", "lifted_at", "lift_reason")
    list_display_links = None
    list_filter = (Lifted, ByReason)

    def get_queryset(self, request: HttpRequest) -> Any:
        user: Any = request.user
        return queries.blocks_visible_to(user)

    def about_to_show(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        user: Any = request.user
        looked(user, Action.LIST, [block.card_id for block in rows], source="blocks")
        people = names({block.actor for block in rows})
        for block in rows:
            block.who = people[block.actor]

    @admin.display(description=_("oleh"))
    def who(self, block: Any) -> str:
        return str(block.who)
