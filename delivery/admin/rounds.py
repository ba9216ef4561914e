"""What rounds leave to a supervisor: cards that were not there at the count, and contradictions that officers passed on."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.access import Action, looked
from staff.models import User
from staff.site import site
from staff.typed import number_in
from tracking.codes import encode
from tracking.models import Card, Kecamatan, Ticket
from tracking.refusals import Refused

from ..actions.attempt import answer_review
from ..actions.round import settle_missing
from ..models import Answered
from ..queries import rounds as queries
from .frame import asked_by, away, page

SHOWN = 100
SETTLES = "change_handovercard"
"""Who may book a card to lost may settle these."""


def rounds(request: HttpRequest) -> HttpResponse:
    """The open ones of the whole city, the oldest first. For whoever sees hand-overs; supervisors settle them."""
    user = asked_by(request, "view_handover")
    if request.method == "POST":
        return _settled(request, user)
    missing = list(queries.missing(None).select_related("round__kecamatan").order_by("missing_at")[:SHOWN])
    passed_on = queries.contradictions(list(queries.passed_on()[:SHOWN]))
    cards = [one.card_id for one in missing] + [one.review.card_id for one in passed_on if one.review.card_id]
    looked(user, Action.LIST, cards, source="putaran")
    known, numbers = Card.objects.in_bulk(cards), Ticket.objects.in_bulk(cards)
    names = {card: str(numbers[card]) if card in numbers else encode(card) for card in cards}
    places = Kecamatan.objects.in_bulk([one.review.kecamatan_id for one in passed_on])
    return page(
        request,
        "rounds.html",
        _("Dari putaran kurir"),
        missing=[(one, names[one.card_id], known[one.card_id]) for one in missing],
        passed_on=[
            (one, names.get(one.review.card_id or 0, ""), places.get(one.review.kecamatan_id or 0))
            for one in passed_on
        ],
        may_settle=user.has_perm(f"delivery.{SETTLES}"),
    )


def _settled(request: HttpRequest, user: User) -> HttpResponse:
    """The one button that was pressed; whoever came second is told so."""
    if not user.has_perm(f"delivery.{SETTLES}"):
        raise PermissionDenied
    try:
        for button, (settle, told) in _BUTTONS.items():
            key = number_in(request.POST.get(button))
            if key is not None:
                settle(key, user)
                messages.success(request, told)
    except Refused as refused:
        messages.error(request, str(refused))
    return away("delivery_rounds")


_BUTTONS: dict[str, tuple[Callable[[int, User], None], Any]] = {
    "ditemukan": (
        lambda place, user: settle_missing(place, by=user, found=True),
        gettext_lazy("Kartu dicatat kembali di kecamatan."),
    ),
    "hilang": (
        lambda place, user: settle_missing(place, by=user, found=False),
        gettext_lazy("Kartu dibukukan hilang. Warga kembali ke antrean dengan nomor yang sama."),
    ),
    "dibetulkan": (
        lambda review, user: answer_review(review, by=user, answer=Answered.CORRECTED),
        gettext_lazy("Dicatat: sudah dibetulkan."),
    ),
    "benar": (
        lambda review, user: answer_review(review, by=user, answer=Answered.STANDS),
        gettext_lazy("Dicatat: yang sudah dicatat benar."),
    ),
}

site.page("delivery/putaran/", rounds, "delivery_rounds")
