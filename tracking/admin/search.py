"""Search for a card: a POST with a reason, then an opaque address. What was typed is kept nowhere."""

import re
import secrets
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from staff.access import Action, looked
from staff.models import User
from staff.scope import scope_of

from .. import nik
from ..models import Card, Kecamatan
from ..nik import NikError
from ..public import nik_errors
from ..queries import staff as queries
from ..stages import Letter

KEPT = 10  # searches of one session whose results can be opened again
SHORTEST_NAME = 3
_NUMBER = re.compile(r"([A-Ca-c])\s*-?\s*0*([0-9]{1,9})")
_NAME = re.compile(r"[^\W\d_]")


class Why(TextChoices):
    """Why somebody searches."""

    COUNTER = "counter", _("Warga datang ke loket")
    CALL = "call", _("Warga bertanya lewat telepon atau pesan")
    COMPLAINT = "complaint", _("Pengaduan")
    CHECK = "check", _("Pemeriksaan data")
    ORDER = "order", _("Permintaan atasan")


class SearchForm(forms.Form):
    """One field for whatever the officer has at hand."""

    what = forms.CharField(
        label=_("NIK, nomor antrean, atau awal nama"),
        max_length=100,
        help_text=_("Misalnya A-412, atau paling sedikit tiga huruf nama."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    kecamatan = forms.TypedChoiceField(
        label=_("Kecamatan nomor antrean"), required=False, coerce=int, empty_value=None
    )
    reason = forms.ChoiceField(
        label=_("Alasan mencari"),
        choices=[("", "—"), *Why.choices],
        error_messages={"required": _("Pilih alasan mencari.")},
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, auto_id="cari-%s")
        self.user = user
        if scope_of(user).whole_city:
            names = Kecamatan.objects.values_list("id", "name")
            self.fields["kecamatan"].choices = [("", _("Semua")), *names]  # type: ignore[attr-defined]
        else:
            del self.fields["kecamatan"]

    @sensitive_variables()
    def clean_what(self) -> str:
        text: str = self.cleaned_data["what"].strip()
        if _is_name(text) and len(text) < SHORTEST_NAME:
            raise forms.ValidationError(_("Ketik paling sedikit tiga huruf nama."))
        if not _is_name(text) and not _NUMBER.fullmatch(text):
            try:
                return nik.parse(text)
            except NikError as error:
                raise forms.ValidationError(nik_errors.message(error)) from None
        return text

    @sensitive_variables()
    def found(self) -> list[int]:
        """The cards; one more than is shown if there are more."""
        text = self.cleaned_data["what"]
        number = _NUMBER.fullmatch(text)
        if number:
            letter, digits = Letter(number[1].upper()), int(number[2])
            return queries.by_number(self.user, letter, digits, self.cleaned_data.get("kecamatan"))
        return (queries.by_name if _is_name(text) else queries.by_nik)(self.user, text)


@sensitive_post_parameters()
def search(request: HttpRequest) -> HttpResponse:
    """GET the form; POST → 303 to the card, or to the results."""
    user: Any = request.user
    if not user.has_perm("tracking.view_card"):
        raise PermissionDenied
    form = SearchForm(request.POST if request.method == "POST" else None, user=user)
    if not form.is_valid():
        return _page(request, "staff/search.html", _("Cari kartu"), 422 if form.is_bound else 200, form=form)
    found = form.found()
    ids = found[: queries.MOST]
    looked(user, Action.SEARCH, ids, source="search", reason=str(Why(form.cleaned_data["reason"]).label))
    if len(ids) == 1:
        return HttpResponseRedirect(reverse("admin:tracking_card_change", args=ids), status=303)
    key = secrets.token_urlsafe(12)
    new = {"key": key, "ids": ids, "more": len(found) > len(ids)}
    request.session["searches"] = [*request.session.get("searches", []), new][-KEPT:]
    return HttpResponseRedirect(reverse("admin:tracking_card_results", args=[key]), status=303)


def results(request: HttpRequest, key: str) -> HttpResponse:
    """Cards that a search of this session found."""
    user: Any = request.user
    if not user.has_perm("tracking.view_card"):
        raise PermissionDenied
    kept = next((one for one in request.session.get("searches", []) if one["key"] == key), None)
    if kept is None:
        raise Http404
    cards = queries.visible_to(user).select_related("citizen").in_bulk(kept["ids"])
    shown = [cards[pk] for pk in kept["ids"] if pk in cards]
    looked(user, Action.LIST, [card.pk for card in shown], source="search results")
    card_admin: Any = admin.site.get_model_admin(Card)
    card_admin.complete(shown)
    form = SearchForm(user=user)
    return _page(
        request, "staff/results.html", _("Hasil pencarian"), cards=shown, more=kept["more"], form=form
    )


def _is_name(text: str) -> bool:
    return bool(_NAME.search(text)) and not any(character.isdigit() for character in text)


def _page(request: HttpRequest, template: str, title: Any, status: int = 200, **context: Any) -> HttpResponse:
    around = {**admin.site.each_context(request), "title": title, "opts": Card._meta}
    return TemplateResponse(request, template, {**around, **context}, status=status)
