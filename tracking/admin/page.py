"""One card: its stage, what is next, its history, who looked, and the actions that are legal now."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.sites import site
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from staff.access import Action, looked, looks_at
from staff.models import User
from staff.typed import number_in

from .. import nik
from ..actions import undoable
from ..models import Block, Card, Event
from ..queries import staff as queries
from ..queries.card import facts_about
from ..queries.timeline import timeline, with_places
from ..refusals import Refused
from .deeds import BY_VERB, NO_NIK, State, offers


class RevealForm(forms.Form):
    """Why somebody needs the whole NIK."""

    reason = forms.CharField(label=_("Alasan"), max_length=200, min_length=5, validators=[NO_NIK])


def page(request: HttpRequest, object_id: str) -> HttpResponse:
    """The card's page, for whoever sees this card."""
    user: Any = request.user
    if not user.has_perm("tracking.view_card"):
        raise PermissionDenied
    card = _card(user, object_id)
    looked(user, Action.VIEW, [card.pk], source="card")
    return _show(request, state_of(card, user))


def act(request: HttpRequest, card_id: int, verb: str) -> HttpResponse:
    """One action on a card. The database checks it once more."""
    user: Any = request.user
    deed = BY_VERB.get(verb)
    if deed is None:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not (user.has_perm("tracking.view_card") and deed.may(user)):
        raise PermissionDenied
    state = state_of(_card(user, card_id), user)
    form = deed.form(state, request.POST)
    if not form.is_valid() and deed.offered(state):
        looked(user, Action.VIEW, [card_id], source="card")
        return _show(request, state, bound={verb: form}, status=422)
    try:
        if not form.is_valid():
            raise Refused
        deed.do(state, form.cleaned_data)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        _on_record(user, state.card, str(deed.label))
        messages.success(request, deed.done)
    return HttpResponseRedirect(reverse("admin:tracking_card_change", args=[card_id]), status=303)


@sensitive_variables()
@sensitive_post_parameters()
def reveal(request: HttpRequest, card_id: int) -> HttpResponse:
    """The whole NIK, once, after why is on record."""
    user: Any = request.user
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not user.has_perm("tracking.reveal_card"):
        raise PermissionDenied
    state = state_of(_card(user, card_id), user)
    form = RevealForm(request.POST, auto_id="nik-%s")
    if not form.is_valid():
        looked(user, Action.VIEW, [card_id], source="card")
        return _show(request, state, reveal=form, status=422)
    looked(user, Action.REVEAL, [card_id], source="card", reason=form.cleaned_data["reason"])
    return _show(request, state, whole_nik=nik.unseal(state.card.citizen.nik_sealed))


def state_of(card: Card, user: User) -> State:
    events = list(Event.objects.filter(card_id=card.pk).order_by("id"))
    blocks = list(Block.objects.filter(card_id=card.pk, lifted_at__isnull=True).order_by("id"))
    return State(card, user, events, blocks, undoable(events, by=user))


def _card(user: User, key: str | int) -> Card:
    """The card, or 404 for one that is not there for this person."""
    seen = queries.visible_to(user).select_related("citizen__kelurahan__kecamatan")
    card = seen.filter(pk=number_in(str(key)) or 0).first()
    if card is None:
        raise Http404
    return card


def _show(
    request: HttpRequest,
    state: State,
    *,
    bound: dict[str, forms.Form] | None = None,
    reveal: forms.Form | None = None,
    whole_nik: str = "",
    status: int = 200,
) -> HttpResponse:
    card = state.card
    context = {
        **site.each_context(request),
        "title": str(card),
        "opts": Card._meta,
        "card": card,
        "facts": facts_about(card, state.blocks),
        "offers": offers(state, bound),
        "timeline": timeline(card.pk, state.events),
        "looks": with_places(looks_at(card.pk, 20)),
        "reveal_form": (reveal or RevealForm(auto_id="nik-%s"))
        if state.user.has_perm("tracking.reveal_card")
        else None,
        "whole_nik": whole_nik,
    }
    return TemplateResponse(request, "staff/card.html", context, status=status)


def _on_record(user: User, card: Card, what: str) -> None:
    LogEntry.objects.create(
        user_id=user.pk,
        content_type=ContentType.objects.get_for_model(Card),
        object_id=str(card.pk),
        object_repr=str(card),
        action_flag=CHANGE,
        change_message=what,
    )
