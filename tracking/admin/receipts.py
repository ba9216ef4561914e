"""The receipt for a citizen at the counter: given after an identity check, shown once as a QR to print, revoked."""

from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.access import Action, looked
from staff.site import site

from .. import actions
from ..models import Receipt
from ..public.answer import site_of
from .page import _card


class GiveForm(forms.Form):
    """What the holder showed."""

    shown = forms.ChoiceField(
        label=gettext_lazy("Bukti diri yang ditunjukkan"),
        choices=[("", "—"), *Receipt.Shown.choices],
        error_messages={"required": gettext_lazy("Pilih bukti diri yang ditunjukkan.")},
    )


def receipt(request: HttpRequest, card_id: int) -> HttpResponse:
    """Give one (its token is in this answer alone), or end the one that is there."""
    user: Any = request.user
    if not (user.has_perm("tracking.view_card") and user.has_perm("tracking.add_receipt")):
        raise PermissionDenied
    card = _card(user, card_id)
    looked(user, Action.VIEW, [card.pk], source="receipt")
    form = GiveForm(request.POST if request.method == "POST" and "revoke" not in request.POST else None)
    if "revoke" in request.POST:
        if actions.revoke_receipt(card.pk, by=user):
            messages.success(request, _("Tanda terima dicabut: tautannya tidak berlaku lagi."))
        return HttpResponseRedirect(request.path, status=303)
    address = given(request, card.pk, form)
    context = {
        **site.each_context(request),
        "title": _("Tanda terima"),
        "card": card,
        "form": form,
        "address": address,
        "qr": qr(address) if address else "",
        "there": Receipt.objects.filter(card_id=card.pk, ended_at__isnull=True).first(),
    }
    answer = TemplateResponse(request, "staff/receipt.html", context, status=422 if form.errors else 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def given(request: HttpRequest, card_id: int, form: GiveForm) -> str:
    """Give the receipt that a filled-in form asks for; its address, which nobody sees again, or nothing."""
    if not form.is_valid():
        return ""
    user: Any = request.user
    token = actions.give_receipt(card_id, by=user, shown=form.cleaned_data["shown"])
    return site_of(request) + reverse("receipt", args=[token])


def qr(text: str) -> SafeString:
    """A QR code as SVG to put into a page."""
    return SafeString(segno.make(text, error="m").svg_inline(scale=5, border=4, light="#fff"))


site.page("tracking/card/<int:card_id>/tanda-terima/", receipt, "tracking_card_receipt")
