"""Cards outside the ledger that the centre says are here: each is found, or is not and is printed again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from staff.access import looked
from staff.models import AccessLog
from staff.typed import number_in
from tracking import codes
from tracking.actions import confirm_found
from tracking.refusals import Refused

from ..actions.counter import not_found
from ..queries import counter as queries
from . import scope
from .frame import away, officer, own, page, person
from .queues import MOST_COUNTED, Queue, queue

ON_A_PAGE = 50
_FOUND = "Kartu ada di sini; siap diantar atau diambil."
_NOT_FOUND = "Dicatat tidak ada; kartu dicetak ulang menurut antrean."


@officer
def outside(request: HttpRequest) -> HttpResponse:
    """The list, oldest first; POST says of one card that it is there, or is not. For officers."""
    cards = queries.said_to_be_here(scope.cards(person(request)).filter(place=own(request)))
    if request.method == "POST":
        return _said(request)
    key = number_in(request.GET.get("sesudah")) or 0
    rows = list(cards.select_related("citizen__kelurahan").filter(pk__gt=key).order_by("pk")[: ON_A_PAGE + 1])
    shown = rows[:ON_A_PAGE]
    looked(person(request), AccessLog.Action.LIST, [card.pk for card in shown], source="petugas:luar-buku")
    for card in shown:
        card.code_shown = codes.encode(card.pk)  # type: ignore[attr-defined]
    more = shown[-1].pk if len(rows) > ON_A_PAGE else None
    return page(request, "outside.html", "Kartu yang dicari", rows=shown, more=more)


def _said(request: HttpRequest) -> HttpResponse:
    found = "ada" in request.POST
    card = scope.card(person(request), number_in(request.POST.get("ada" if found else "tidak_ada")) or 0)
    try:
        if found:
            confirm_found(card.pk, by=person(request))
        else:
            not_found(card.pk, by=person(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        done = (
            "Kartu ada di sini; siap diantar atau diambil."
            if found
            else "Dicatat tidak ada; kartu dicetak ulang menurut antrean."
        )
        messages.success(request, f"{card.citizen.name}: {done}")
    return away("outside")


@queue
def to_find(kecamatan: int) -> list[Queue]:
    count, oldest = queries.count_said_to_be_here(kecamatan, MOST_COUNTED)
    return [Queue("Kartu yang dicari", count, oldest, reverse("petugas:outside"), "")]
