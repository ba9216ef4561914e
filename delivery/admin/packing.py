"""Packing at Disdukcapil: all that is printed for a kecamatan, one batch, or cards scanned one by one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from staff.models import User
from staff.site import site
from staff.typed import number_in
from tracking.codes import NoCode, decode, encode
from tracking.models import Kecamatan
from tracking.refusals import Refused

from ..actions.pack import pack
from ..models import Handover
from ..queries import packing as queries
from ..queries.handovers import MoreDigits
from .frame import a_request, asked_by, away, kecamatan_of, page, request_of

MOST_SCANNED = 500


def overview(request: HttpRequest) -> HttpResponse:
    """What waits to be packed, kecamatan by kecamatan. For operators and supervisors."""
    asked_by(request, "add_handover")
    return page(request, "packing.html", _("Kemas kartu"), ready=queries.ready())


def of_kecamatan(request: HttpRequest, slug: str) -> HttpResponse:
    """One kecamatan: POST packs all, a batch, or what was scanned, once for each form."""
    user = asked_by(request, "add_handover")
    place = kecamatan_of(slug)
    if request.method != "POST":
        return _shown(request, place, [])
    scanned = _scanned(request.POST.get("cards", ""))
    if "pindai" in request.POST:
        return _scan(request, place, scanned)
    try:
        made = _pack(request, place, scanned, user)
    except Refused as refused:
        return _shown(request, place, scanned, error=str(refused))
    return away("delivery_handover_change", made.pk)


def _pack(request: HttpRequest, place: Kecamatan, scanned: list[int], by: User) -> Handover:
    what: dict[str, Any] = {}
    if "batch" in request.POST:
        what["batch"] = number_in(request.POST["batch"]) or 0
    elif "yang-dipindai" in request.POST:
        what["cards"] = scanned
    return pack(place.pk, by=by, request=request_of(request.POST), **what)


def _scan(request: HttpRequest, place: Kecamatan, scanned: list[int]) -> HttpResponse:
    found = queries.by_scan(place.pk, request.POST["pindai"])
    if not found:
        return _shown(request, place, scanned, error=_("Kartu ini tidak siap dikemas untuk kecamatan ini."))
    if len(found) > 1:
        return _shown(request, place, scanned, error=str(MoreDigits()))
    if found[0] in scanned:
        return _shown(request, place, scanned, error=_("Kartu ini sudah dipindai."))
    return _shown(request, place, [*scanned, *found], status=200)


def _shown(
    request: HttpRequest, place: Kecamatan, scanned: list[int], *, error: str = "", status: int = 422
) -> HttpResponse:
    batches = queries.batches(place.pk)
    return page(
        request,
        "pack.html",
        _("Kemas kartu: %(kecamatan)s") % {"kecamatan": place},
        status=status if request.method == "POST" else 200,
        place=place,
        total=next(one.cards for one in queries.ready() if one.kecamatan.pk == place.pk),
        batches=batches,
        scanned=[encode(card) for card in scanned],
        error=error,
        request_id=request.POST.get("request") or a_request(),
    )


def _scanned(text: str) -> list[int]:
    """The cards of the list that the form brought back."""
    cards = []
    for word in text.split()[:MOST_SCANNED]:
        try:
            cards.append(decode(word))
        except NoCode:
            continue
    return list(dict.fromkeys(cards))


site.page("delivery/kemas/", overview, "delivery_packing")
site.page("delivery/kemas/<slug:slug>/", of_kecamatan, "delivery_pack")
