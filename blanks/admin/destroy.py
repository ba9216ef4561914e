"""Destruction of spoiled blanks, with its record (berita acara pemusnahan)."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.models import User
from staff.site import site

from .. import spans
from ..actions.stock import destroy
from ..ledger import Place
from ..models import Document
from ..queries.accounts import balance_of
from ..queries.serials import MOST_CHOSEN, by_keys, look_up, spoiled
from . import booking
from .booking import Change, Preview
from .fields import NamesField, PaperForm, WordsField, number_field


class DestroyForm(PaperForm):
    """Which of the spoiled blanks, and what the record says."""

    number = number_field(label=gettext_lazy("Nomor berita acara"))
    where = WordsField(label=gettext_lazy("Tempat pemusnahan"), max_length=120)
    why = WordsField(
        label=gettext_lazy("Cara pemusnahan"),
        help_text=gettext_lazy("Misalnya dipotong mesin, lalu dibakar."),
    )
    witnesses = NamesField(label=gettext_lazy("Saksi, satu nama per baris"))
    serials = forms.MultipleChoiceField(
        label=gettext_lazy("Blanko rusak yang dimusnahkan"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Pilih paling sedikit satu blanko."),
            "invalid_choice": gettext_lazy("Ada blanko yang sudah tidak di sini. Periksa pilihannya lagi."),
        },
    )
    field_order = ("serials", "number", "dated", "where", "why", "witnesses")

    def __init__(self, data: Any = None, *, supervises: bool = False) -> None:
        super().__init__(data, supervises=supervises)
        waiting = spoiled()
        self.fields["serials"].choices = [(one.key, _label(one)) for one in waiting]  # type: ignore[attr-defined]
        self.fields["serials"].initial = [one.key for one in waiting]
        self.fields["dated"].label = _("Tanggal pemusnahan")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            found = look_up(by_keys(cleaned["serials"]))
            cleaned["named"] = [one.serial for one in found]
        return cleaned


class Destruction(booking.Paper):
    title = gettext_lazy("Musnahkan blanko rusak")
    lead = gettext_lazy(
        "Catat sesudah dimusnahkan di depan saksi. Berita acaranya siap dicetak dan ditandatangani."
    )
    button, done = gettext_lazy("Catat pemusnahan"), gettext_lazy("Berita acara %(number)s sudah dicatat.")
    template = "stock_destroy.html"

    def form(self, data: Any, user: User, *, fresh: bool) -> DestroyForm:
        return DestroyForm(data)

    def context(self) -> dict[str, Any]:
        waiting = balance_of(Place.SPOILED)
        return {"waiting": waiting, "most": MOST_CHOSEN, "more": waiting > MOST_CHOSEN}

    def preview(self, form: DestroyForm) -> Preview:
        said = form.cleaned_data
        n = len(said["named"])
        facts = [
            (_("Nomor berita acara"), f"{said['number']}, {said['dated']:%d-%m-%Y}"),
            (_("Jumlah"), n),
            (_("Nomor seri"), ", ".join(map(str, spans.joined(said["named"])))),
            (_("Tempat pemusnahan"), said["where"]),
            (_("Cara pemusnahan"), said["why"]),
            (_("Saksi"), ", ".join(said["witnesses"]) or "–"),
        ]
        changes = [
            Change(Place.SPOILED.label, balance_of(Place.SPOILED), -n),
            Change(Place.DESTROYED.label, balance_of(Place.DESTROYED), n),
        ]
        return Preview(facts, changes)

    def book(self, data: dict[str, Any], *, by: User, request: UUID) -> Document:
        return destroy(
            data["named"],
            by=by,
            number=data["number"],
            how=data["why"],
            where=data["where"],
            dated=data["dated"],
            witnesses=data["witnesses"],
            request=request,
        )


def _label(one: Any) -> str:
    since = f"{timezone.localtime(one.since):%d-%m-%Y}"
    if one.card_id:
        return _("%(serial)s · sejak %(day)s · kartu %(card)s") % {
            "serial": one.serial, "day": since, "card": one.card_id
        }  # fmt: skip
    return _("%(serial)s · sejak %(day)s") % {"serial": one.serial, "day": since}


def view(request: HttpRequest) -> HttpResponse:
    return booking.serve(request, Destruction())


site.page("blanks/stok/musnahkan/", view, "blanks_destroy")
