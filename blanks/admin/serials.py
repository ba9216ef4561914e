"""Where is a serial, and where was it? One search, by POST."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.site import site
from tracking.queries.timeline import names

from .. import serials
from ..ledger import FREE, Cause, Place
from ..queries.serials import Found, Move, history, look_up, received_before
from ..spans import Span
from .frame import asked_by, page

IN_STOCK = gettext_lazy("Dalam stok (gudang kota atau jatah kecamatan)")


class SerialForm(forms.Form):
    """One serial, typed or scanned."""

    serial = forms.CharField(
        label=gettext_lazy("Nomor seri"),
        max_length=60,
        help_text=gettext_lazy("Seperti tercetak pada blanko; nol di depan boleh tidak ditulis."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}),
    )

    def clean_serial(self) -> serials.SerialText:
        try:
            return serials.read(self.cleaned_data["serial"])
        except serials.NoSerial as error:
            raise forms.ValidationError(str(error)) from None


def view(request: HttpRequest) -> HttpResponse:
    """GET the form; POST → where it is and was."""
    asked_by(request, "view_serial")
    form = SerialForm(request.POST if request.method == "POST" else None, auto_id="seri-%s")
    title = _("Cari nomor seri")
    if not form.is_valid():
        return page(request, "stock_serial.html", title, status=422 if form.is_bound else 200, form=form)
    (found,) = look_up([form.cleaned_data["serial"]])
    one = found.serial
    span = Span(one.prefix, one.number, one.number, one.width)
    received = next(iter(received_before([span])), None)
    return page(
        request,
        "stock_serial.html",
        title,
        status=200 if found.received else 404,
        form=form,
        serial=str(span),
        found=found,
        place=_place(found),
        received=received,
        moves=_shown(history(one)),
    )


def _place(found: Found) -> Any:
    return IN_STOCK if found.place == FREE else Place(found.place).label


def _shown(moves: list[Move]) -> list[dict[str, Any]]:
    """The history in words, with addresses of what it names."""
    people = names({move.actor for move in moves if move.actor})
    return [
        {
            "at": move.at,
            "from": _("stok") if move.from_place == FREE else Place(move.from_place).label,
            "to": _("stok") if move.to_place == FREE else Place(move.to_place).label,
            "cause": Cause(move.cause).label if move.cause else _("Langkah kartu"),
            "reason": move.reason,
            "who": people.get(move.actor, ""),
            "document": move.document,
            "document_id": move.document_id,
            "card": move.card_id,
            "batch": move.batch_id,
            "batch_address": _batch(move.batch_id),
        }
        for move in moves
    ]


def _batch(batch: int | None) -> str:
    try:
        return reverse("admin:blanks_printbatch_change", args=[batch]) if batch else ""
    except NoReverseMatch:
        return ""


site.page("blanks/stok/seri/", view, "blanks_serial")
