"""Printing: who is next in each kecamatan, taking a batch, the list of batches and the print sheet."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.access import Action, looked
from staff.admin.base import Choice, OwnPage, StaffAdmin
from staff.site import site
from tracking.codes import encode
from tracking.models import Kecamatan
from tracking.queries.timeline import names
from tracking.refusals import Refused

from ..actions import print_batch
from ..actions.printing import next_in_queue
from ..models import PrintBatch, Priority
from ..papers import bars
from ..papers.sheet import sheet as sheet_of
from ..queries import printing as queries
from . import batch, results
from .fields import QuantityField
from .frame import a_request, asked_by, away, kecamatan_of, page, request_of

SHOWN = 20  # of those who are next
USUAL, MOST = 100, 1000
"""A sheet of more than MOST cards is no longer one stack."""


class BatchForm(forms.Form):
    """How many of the next."""

    size = QuantityField(label=gettext_lazy("Banyak kartu"), least=1, most=MOST)


def printing(request: HttpRequest) -> HttpResponse:
    """All kecamatan: who waits, what blanks there are, what is still at the printer."""
    asked_by(request, "view_printbatch")
    return page(request, "print.html", _("Cetak"), queues=queries.queues())


def next_of(request: HttpRequest, slug: str) -> HttpResponse:
    """One kecamatan: who is next. POST takes a batch, once for each form."""
    user = asked_by(request, "view_printbatch")
    place = kecamatan_of(slug)
    form = BatchForm(request.POST if request.method == "POST" else None, auto_id="ambil-%s")
    if request.method == "POST":
        asked_by(request, "add_printbatch")
        if form.is_valid():
            try:
                taken = print_batch(
                    place.pk, size=form.cleaned_data["size"], by=user, request=request_of(request.POST)
                )
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                return away("blanks_printbatch_change", taken.pk)
    return _next_page(request, place, form)


def _next_page(request: HttpRequest, place: Kecamatan, form: BatchForm) -> HttpResponse:
    (queue,) = queries.queues(place.pk)
    form.initial["size"] = min(USUAL, queue.printable) or ""
    batches = PrintBatch.objects.filter(kecamatan=place)[:5]
    return page(
        request,
        "print_next.html",
        _("Cetak: %(kecamatan)s") % {"kecamatan": place},
        status=422 if form.is_bound else 200,
        queue=queue,
        upcoming=next_in_queue(place.pk, SHOWN),
        exceptions=Priority.objects.filter(ended_at__isnull=True).count(),
        form=form,
        may_take=request.user.has_perm("blanks.add_printbatch"),
        request_id=request.POST.get("request") or a_request(),
        batches=queries.with_open(batches),
    )


class ByState(Choice):
    title = gettext_lazy("keadaan")
    parameter_name = "keadaan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("terbuka", _("Belum selesai")), ("ditolak", _("Ada hasil yang ditolak"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "terbuka":
            return queryset.filter(pk__in=queries.open_batches().values("pk"))
        if self.value() == "ditolak":
            return queryset.filter(pk__in=queries.open_rejects().values("batch_id"))
        return queryset


class ByKecamatan(Choice):
    title = gettext_lazy("kecamatan")
    parameter_name = "kecamatan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Kecamatan.objects.values_list("slug", "name")

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(kecamatan__slug=self.value()) if self.value() else queryset


@admin.register(PrintBatch)
class PrintBatchAdmin(OwnPage, StaffAdmin):
    """Batches, those at the printer first to be seen by their state."""

    list_display = ("number", "kecamatan", "at", "who", "size", "left")
    list_display_links = ("number",)
    list_filter = (ByState, ByKecamatan)
    list_select_related = ("kecamatan",)
    change_list_template = "blanks/batches.html"

    def about_to_show(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        people = names({one.actor for one in queries.with_open(rows)})
        for one in rows:
            one.who = people[one.actor].partition(" (")[0]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        ours = (
            ("lembar/", sheet, "sheet"),
            ("lembar.pdf", sheet_pdf, "sheet_pdf"),
            ("hasil/", results.by_hand, "by_hand"),
            ("sekaligus/", results.at_once, "at_once"),
            ("pindai/", results.scan, "scan"),
            ("unggah/", results.upload, "upload"),
            ("ditolak.csv", results.rejects, "rejects"),
        )
        pages = [
            path(f"<int:batch_id>/{way}", wrap(view), name=f"blanks_batch_{name}") for way, view, name in ours
        ]
        return [*pages, *super().get_urls()]

    def page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return batch.page_of(request, object_id)

    @admin.display(description=gettext_lazy("tumpukan"))
    def number(self, one: PrintBatch) -> str:
        return f"#{one.pk}"

    @admin.display(description=gettext_lazy("oleh"))
    def who(self, one: Any) -> str:
        return str(one.who)

    @admin.display(description=gettext_lazy("belum selesai"))
    def left(self, one: Any) -> str:
        return str(one.left or "–")


def sheet(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The cards of a batch that are to be printed, with their names: on record."""
    user = asked_by(request, "view_printbatch")
    found = batch.the_batch(batch_id)
    lines = queries.sheet(found)
    looked(user, Action.LIST, [line.card_id for line in lines], source="print sheet")
    coded = [(line, code, *bars.path(code)) for line in lines for code in [encode(line.card_id)]]
    return page(
        request,
        "print_sheet.html",
        _("Lembar cetak tumpukan %(n)s") % {"n": found.pk},
        batch=found,
        lines=coded,
    )


def sheet_pdf(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The same on paper."""
    user = asked_by(request, "view_printbatch")
    found = batch.the_batch(batch_id)
    lines = queries.sheet(found)
    looked(user, Action.EXPORT, [line.card_id for line in lines], source="print sheet", reason=str(found))
    answer = HttpResponse(sheet_of(found, lines), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="lembar-cetak-{found.pk}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


site.page("blanks/cetak/", printing, "blanks_printing")
site.page("blanks/cetak/<slug:slug>/", next_of, "blanks_next")
