"""Documents of the ledger: the list, the page of one, and its paper."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from staff.admin.base import Choice, OwnPage, StaffAdmin
from staff.typed import number_in
from tracking.queries.timeline import names

from ..ledger import DocumentKind
from ..models import Document
from ..papers import stock as papers
from ..queries.documents import contents
from .frame import asked_by, page

SHOWN = 200  # serials or ranges of one list; the paper has them all


class ByKind(Choice):
    title = _("jenis")
    parameter_name = "jenis"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return DocumentKind.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Document)
class DocumentAdmin(OwnPage, StaffAdmin):
    """A document is written once, by the page of its kind."""

    list_display = ("number", "kind", "dated", "counted", "at", "who")
    list_filter = (ByKind,)

    def about_to_show(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        people = names({document.actor for document in rows})
        for document in rows:
            document.who = people[document.actor].partition(" (")[0]

    def get_urls(self) -> list[URLPattern]:
        pdf = path("<int:document_id>/pdf/", self.admin_site.admin_view(paper), name="blanks_document_paper")
        return [pdf, *super().get_urls()]

    def page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return show(request, object_id)

    @admin.display(description=_("oleh"))
    def who(self, document: Any) -> str:
        return str(document.who)


def show(request: HttpRequest, key: str) -> HttpResponse:
    """What a document moved: movements, ranges, serials; who, when and why."""
    asked_by(request, "view_document")
    document = _document(key)
    basis = document.basis if isinstance(document.basis, dict) else {}
    return page(
        request,
        "stock_document.html",
        str(document),
        papers=contents(document),
        document=document,
        basis=basis,
        who=names([document.actor])[document.actor],
        shown=SHOWN,
    )


def paper(request: HttpRequest, document_id: int) -> HttpResponse:
    """Its record as PDF, the same bytes each time."""
    asked_by(request, "view_document")
    document = _document(str(document_id))
    return papers.as_response(papers.record(contents(document)), str(document))


def _document(key: str) -> Document:
    document = Document.objects.filter(pk=number_in(key) or 0).first()
    if document is None:
        raise Http404
    return document
