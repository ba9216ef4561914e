"""A shipment comes in: what the delivery note says, what was counted, which serials, which are damaged."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.models import User
from staff.site import site

from .. import spans
from ..actions import receive
from ..ledger import DocumentKind, Place
from ..models import Document, Range, Series
from ..papers.base import thousands
from ..queries.accounts import balance_of
from ..queries.documents import same_number
from ..queries.serials import received_before
from . import booking
from .booking import Change, Preview
from .fields import PaperForm, QuantityField, SpansField, WordsField, number_field


class ReceiveForm(PaperForm):
    """The delivery note and what really came."""

    number = number_field(label=gettext_lazy("Nomor surat jalan"))
    on_paper = QuantityField(label=gettext_lazy("Jumlah menurut surat jalan"))
    counted = QuantityField(
        label=gettext_lazy("Jumlah yang dihitung"),
        help_text=gettext_lazy("Semua lembar yang benar-benar datang, yang rusak juga."),
    )
    ranges = SpansField(
        label=gettext_lazy("Nomor seri yang datang"),
        most=None,
        rows=4,
        help_text=gettext_lazy("Satu rentang per baris, misalnya 0100-0199. Awalan huruf ikut ditulis."),
    )
    missing = SpansField(
        label=gettext_lazy("Seri dalam rentang itu yang tidak ada"),
        required=False,
        help_text=gettext_lazy("Kosongkan bila lengkap. Misalnya 101, 105-110."),
    )
    damaged = SpansField(
        label=gettext_lazy("Seri yang rusak"),
        required=False,
        help_text=gettext_lazy("Datang, tetapi tidak dapat dipakai. Misalnya 101, 105-110."),
    )
    why = WordsField(
        label=gettext_lazy("Keterangan"),
        max_length=500,
        rows=2,
        required=False,
        help_text=gettext_lazy("Misalnya sebab kurang atau rusak menurut pengirim."),
    )
    field_order = ("number", "dated", "on_paper", "counted", "ranges", "missing", "damaged", "why")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        try:
            came = spans.without(cleaned["ranges"], cleaned["missing"])
        except spans.NoSpans as error:
            self.add_error("missing", str(error))
            return cleaned
        cleaned["came"] = came
        if not cleaned["counted"]:
            self.add_error("counted", _("Tidak ada yang datang: tidak ada yang perlu dicatat."))
        elif spans.quantity(came) != cleaned["counted"]:
            self.add_error(
                "counted",
                _(
                    "Yang dihitung %(counted)s, tetapi seri yang ditulis %(named)s. Periksa rentang dan seri yang tidak ada."
                )
                % {"counted": thousands(cleaned["counted"]), "named": thousands(spans.quantity(came))},
            )
        try:
            spans.without(came, cleaned["damaged"])
        except spans.NoSpans as error:
            self.add_error("damaged", str(error))
        for before in received_before(came):
            self.add_error(
                "ranges",
                _("%(serials)s sudah diterima dengan %(document)s, %(day)s.")
                % {
                    "serials": before.span,
                    "document": before.document,
                    "day": f"{before.document.dated:%d-%m-%Y}",
                },
            )
        return cleaned


class Shipment(booking.Paper):
    title = gettext_lazy("Terima kiriman blanko")
    lead = gettext_lazy("Hitung dan periksa dulu. Sebelum Anda menyetujui pratinjau, tidak ada yang dicatat.")
    button, done = gettext_lazy("Catat penerimaan"), gettext_lazy("Kiriman %(number)s sudah dicatat.")
    right = "add_document"

    def form(self, data: Any, user: User, *, fresh: bool) -> ReceiveForm:
        return ReceiveForm(data)

    def preview(self, form: ReceiveForm) -> Preview:
        said = form.cleaned_data
        damaged = spans.quantity(said["damaged"])
        difference = said["counted"] - said["on_paper"]
        facts = [
            (_("Surat jalan"), f"{said['number']}, {said['dated']:%d-%m-%Y}"),
            (_("Menurut surat jalan"), said["on_paper"]),
            (_("Dihitung"), said["counted"]),
            (_("Selisih"), _difference(difference)),
            (_("Nomor seri"), ", ".join(map(str, said["came"]))),
            (
                _("Rusak"),
                f"{thousands(damaged)} ({', '.join(map(str, said['damaged']))})" if damaged else "0",
            ),
        ]
        if said["why"]:
            facts.append((_("Keterangan"), said["why"]))
        changes = [Change(Place.STORE.label, balance_of(Place.STORE), said["counted"] - damaged)]
        if damaged:
            changes.append(Change(Place.SPOILED.label, balance_of(Place.SPOILED), damaged))
        return Preview(facts, changes, _warnings(said))

    def book(self, data: dict[str, Any], *, by: User, request: UUID) -> Document:
        return receive(
            data["came"],
            by=by,
            number=data["number"],
            on_paper=data["on_paper"],
            dated=data["dated"],
            damaged=spans.each(data["damaged"]),
            why=data["why"],
            request=request,
        )


def _difference(difference: int) -> str:
    if difference < 0:
        return _("kurang %(n)s, dicatat pada pemasok") % {"n": thousands(-difference)}
    if difference > 0:
        return _("lebih %(n)s, dicatat pada pemasok") % {"n": thousands(difference)}
    return _("tidak ada")


def _warnings(said: dict[str, Any]) -> list[str]:
    """What may well be right and is worth a second look."""
    warnings = []
    if same := same_number(DocumentKind.SHIPMENT, said["number"]):
        warnings.append(
            _("Surat jalan dengan nomor ini sudah dicatat pada %(day)s. Pastikan ini kiriman lain.")
            % {"day": f"{same.dated:%d-%m-%Y}"}
        )
    known = set(
        Series.objects.filter(pk__in=Range.objects.values("series_id")).values_list("prefix", flat=True)
    )
    fresh = sorted({span.prefix for span in said["came"]} - known)
    if known and fresh:
        warnings.append(
            _("Awalan seri yang belum pernah ada: %(prefixes)s.")
            % {"prefixes": ", ".join(f"“{one}”" if one else _("tanpa awalan") for one in fresh)}
        )
    return warnings


def view(request: HttpRequest) -> HttpResponse:
    return booking.serve(request, Shipment())


site.page("blanks/stok/terima/", view, "blanks_receive")
