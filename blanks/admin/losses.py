"""Blanks spoiled before printing, lost, found again, or sent back to the supplier."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.models import User
from staff.site import site

from .. import spans
from ..actions.stock import find, lose, send_back, spoil
from ..ledger import FREE, Place
from ..models import Document
from ..papers.base import thousands
from ..queries.accounts import balance_of, balances
from . import booking
from .booking import Change, Preview
from .fields import PaperForm, QuantityField, SpansField, WordsField, number_field


class What(TextChoices):
    """What happened to the blanks."""

    SPOILED = "spoiled", gettext_lazy("Rusak sebelum dicetak")
    LOST = "lost", gettext_lazy("Hilang")
    FOUND = "found", gettext_lazy("Yang hilang ditemukan kembali, masih baik")


class LossForm(PaperForm):
    """What happened, where, how many, which serials, and why."""

    what = forms.ChoiceField(label=gettext_lazy("Yang terjadi"), choices=[("", "—"), *What.choices])
    account = forms.TypedChoiceField(
        label=gettext_lazy("Tempat"),
        coerce=int,
        help_text=gettext_lazy("Yang ditemukan kembali selalu masuk ke gudang kota."),
    )
    named = SpansField(
        label=gettext_lazy("Nomor seri"),
        required=False,
        help_text=gettext_lazy("Misalnya 101, 105-110. Untuk yang rusak harus lengkap."),
    )
    quantity = QuantityField(
        label=gettext_lazy("Jumlah"),
        required=False,
        help_text=gettext_lazy("Bila serinya tidak diketahui semua."),
    )
    why = WordsField(label=gettext_lazy("Sebab"))
    field_order = ("what", "account", "named", "quantity", "why", "dated")

    def __init__(self, data: Any = None, *, supervises: bool = False) -> None:
        super().__init__(data, supervises=supervises)
        now = balances()
        self.accounts = {a.pk: a for a in [*now.own, *now.quotas] if a.place in (Place.STORE, Place.QUOTA)}
        choices = [(a.pk, f"{a} ({thousands(a.balance)})") for a in self.accounts.values()]
        self.fields["account"].choices = choices  # type: ignore[attr-defined]
        self.fields["dated"].label = _("Tanggal kejadian")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        named = spans.quantity(cleaned["named"])
        what = cleaned["what"]
        cleaned["quantity"] = cleaned["quantity"] if cleaned["quantity"] is not None else named
        if what == What.SPOILED and not named:
            self.add_error("named", _("Tulis nomor seri yang rusak."))
        elif not cleaned["quantity"]:
            self.add_error("quantity", _("Tulis jumlahnya, atau nomor serinya."))
        elif named > cleaned["quantity"] or (what == What.SPOILED and named != cleaned["quantity"]):
            self.add_error(
                "quantity", _("Seri yang ditulis %(n)s. Samakan jumlahnya.") % {"n": thousands(named)}
            )
        self.must_be_in("named", FREE, *([Place.LOST] if what == What.FOUND else []))
        there = balance_of(Place.LOST) if what == What.FOUND else self.accounts[cleaned["account"]].balance
        if not self.errors and cleaned["quantity"] > there:
            message = _("Di sana hanya ada %(n)s.") % {"n": thousands(there)}
            self.add_error("named" if what == What.SPOILED else "quantity", message)
        return cleaned


class Loss(booking.Paper):
    title = gettext_lazy("Blanko rusak atau hilang")
    lead = gettext_lazy("Untuk blanko yang belum dicetak. Kartu salah cetak dicatat pada tumpukannya.")
    button, done = gettext_lazy("Catat"), gettext_lazy("Catatan %(number)s sudah dibuat.")

    def form(self, data: Any, user: User, *, fresh: bool) -> LossForm:
        return LossForm(data)

    def preview(self, form: LossForm) -> Preview:
        said = form.cleaned_data
        what, n = What(said["what"]), said["quantity"]
        place = form.accounts[said["account"]]
        facts = [(_("Yang terjadi"), what.label), (_("Jumlah"), n)]
        if said["named"]:
            facts.append((_("Nomor seri"), ", ".join(map(str, said["named"]))))
        facts += [(_("Sebab"), said["why"]), (_("Tanggal kejadian"), f"{said['dated']:%d-%m-%Y}")]
        if what == What.FOUND:
            changes = [
                Change(Place.LOST.label, balance_of(Place.LOST), -n),
                Change(Place.STORE.label, balance_of(Place.STORE), n),
            ]
        else:
            target = Place.SPOILED if what == What.SPOILED else Place.LOST
            changes = [Change(str(place), place.balance, -n), Change(target.label, balance_of(target), n)]
        return Preview(facts, changes)

    def book(self, data: dict[str, Any], *, by: User, request: UUID) -> Document:
        named = spans.each(data["named"])
        common: dict[str, Any] = {"by": by, "why": data["why"], "dated": data["dated"], "request": request}
        if data["what"] == What.SPOILED:
            return spoil(named, account=data["account"], **common)
        if data["what"] == What.LOST:
            return lose(data["quantity"], account=data["account"], named=named, **common)
        return find(data["quantity"], named=named, **common)


class SendBackForm(PaperForm):
    """Which blanks go back, and why."""

    named = SpansField(
        label=gettext_lazy("Nomor seri"),
        rows=3,
        help_text=gettext_lazy("Blanko gudang kota atau blanko rusak. Misalnya 101, 105-110."),
    )
    number = number_field(label=gettext_lazy("Nomor surat pengembalian"))
    why = WordsField(label=gettext_lazy("Sebab"))
    field_order = ("named", "number", "dated", "why")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        found = self.must_be_in("named", FREE, Place.SPOILED)
        cleaned["good"] = sum(one.place == FREE for one in found)
        cleaned["bad"] = sum(one.place == Place.SPOILED for one in found)
        if not self.errors and cleaned["good"] > (there := balance_of(Place.STORE)):
            self.add_error("named", _("Di gudang kota hanya ada %(n)s.") % {"n": thousands(there)})
        return cleaned


class SendingBack(booking.Paper):
    title = gettext_lazy("Kembalikan blanko ke pemasok")
    lead = gettext_lazy("Yang dikembalikan disebut satu per satu dengan nomor serinya.")
    button, done = gettext_lazy("Catat pengembalian"), gettext_lazy("Pengembalian %(number)s sudah dicatat.")

    def form(self, data: Any, user: User, *, fresh: bool) -> SendBackForm:
        return SendBackForm(data)

    def preview(self, form: SendBackForm) -> Preview:
        said = form.cleaned_data
        facts = [
            (_("Nomor surat pengembalian"), f"{said['number']}, {said['dated']:%d-%m-%Y}"),
            (_("Nomor seri"), ", ".join(map(str, said["named"]))),
            (_("Sebab"), said["why"]),
        ]
        parts = (
            (Place.STORE, -said["good"]),
            (Place.SPOILED, -said["bad"]),
            (Place.SENT_BACK, said["good"] + said["bad"]),
        )
        return Preview(facts, [Change(place.label, balance_of(place), n) for place, n in parts if n])

    def book(self, data: dict[str, Any], *, by: User, request: UUID) -> Document:
        return send_back(
            spans.each(data["named"]),
            by=by,
            why=data["why"],
            number=data["number"],
            dated=data["dated"],
            request=request,
        )


def view(request: HttpRequest) -> HttpResponse:
    return booking.serve(request, Loss())


def back(request: HttpRequest) -> HttpResponse:
    return booking.serve(request, SendingBack())


site.page("blanks/stok/rusak-hilang/", view, "blanks_losses")
site.page("blanks/stok/kembalikan/", back, "blanks_send_back")
