"""What the kecamatan itself gives: to a kelurahan office, or to the kecamatan that a citizen has moved to.

A kelurahan office has no log-in: the officer books what its list says, when it has been signed.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from staff.access import looked
from staff.models import AccessLog, User
from staff.roles import Role
from staff.typed import number_in
from tracking.models import Kecamatan, Kelurahan
from tracking.refusals import Refused

from ..actions.pack import pack_at_kecamatan
from ..actions.receive import settle
from ..actions.release import release, renew_code, withdraw
from ..handovers import Leg, Outcome, Settled, State
from ..models import Handover
from ..queries import handovers as queries
from ..queries.legs import destinations
from . import scope
from .frame import a_request, away, officer, own, page, person, request_of
from .queues import Queue, queue


@officer
def legs(request: HttpRequest) -> HttpResponse:
    """Where cards that lie here could go, and what was given. POST packs for one destination. For officers."""
    user = person(request)
    if request.method == "POST":
        made = pack_at_kecamatan(user, to=_destination(request), request=request_of(request))
        return away("leg", made.pk)
    given = queries.with_counts(scope.handovers(user).filter(from_kecamatan=own(request)))
    return page(
        request,
        "legs.html",
        "Serahkan ke kantor lain",
        destinations=destinations(own(request)),
        given=given.order_by("-id")[:30],
        request_id=a_request(),
    )


def _destination(request: HttpRequest) -> Kelurahan | Kecamatan:
    """A kelurahan of the own kecamatan, or another kecamatan."""
    kind, _sep, key = request.POST.get("tujuan", "").partition(":")
    number = number_in(key, 8) or 0
    found: Kelurahan | Kecamatan | None
    if kind == "kelurahan":
        found = Kelurahan.objects.filter(kecamatan=own(request), pk=number).first()
    else:
        found = Kecamatan.objects.exclude(pk=own(request)).filter(pk=number).first()
    if found is None:
        raise NoDestination
    return found


class NoDestination(Refused):
    """Pilih tujuan dari daftar."""


@officer
def leg(request: HttpRequest, key: int) -> HttpResponse:
    """One that this kecamatan gives: release, withdrawal, missing cards. For officers of the giving kecamatan."""
    made = scope.leaving(person(request), key)
    if request.method == "POST":
        try:
            return _written(request, made)
        except Refused as refused:
            return _shown(request, made, status=422, error=str(refused))
    return _shown(request, made)


def _written(request: HttpRequest, made: Handover) -> HttpResponse:
    given, user = request.POST, person(request)
    if "lepas" in given:
        done = _released(request, made)
        if done:
            return _shown(request, made, code=done)
    elif "tarik" in given:
        withdraw(made.pk, by=user, source="petugas")
        messages.info(request, "Serah terima dibatalkan; kartunya tetap di sini.")
    elif "ditemukan" in given:
        line = given["ditemukan"]
        settle(made.pk, int(line) if line.isdecimal() and len(line) < 9 else 0, Settled.FOUND, by=user)
        messages.success(request, "Dicatat: kartunya ditemukan di sini.")
    return away("leg", made.pk)


def _released(request: HttpRequest, made: Handover) -> str:
    """Release, or another code; the code to show ("" for a kelurahan office)."""
    user, given = person(request), request.POST
    if made.leg == Leg.TO_KELURAHAN:
        name = " ".join(given.get("penerima", "").replace("\0", "").split())[:120]
        return release(made.pk, by=user, receiver=name, source="petugas").code
    taker = _officers(made).filter(pk=number_in(given.get("penjemput", "")) or 0).first()
    if taker is None:
        raise NoOfficer
    if made.state == State.RELEASED:
        return renew_code(made.pk, by=user, officer=taker, source="petugas").code
    return release(made.pk, by=user, officer=taker, source="petugas").code


class NoOfficer(Refused):
    """Pilih petugas yang menjemput."""


def _officers(made: Handover) -> Any:
    found = User.objects.filter(
        is_active=True, kecamatan_id=made.to_kecamatan_id, groups__name=Role.KECAMATAN
    )
    return found.order_by("first_name", "username")


def _shown(request: HttpRequest, made: Handover, *, status: int = 200, **told: Any) -> HttpResponse:
    counts: Any = queries.with_counts(Handover.objects.filter(pk=made.pk))[0]
    missing = queries.lines(made.pk, [Outcome.MISSING])
    if missing:
        cards = [line.card_id for line in missing]
        looked(person(request), AccessLog.Action.LIST, cards, source="petugas:kirim")
    open_ = counts.state in (State.CALLED, State.RELEASED)
    return page(
        request,
        "leg.html",
        str(counts),
        status=status,
        made=counts,
        missing=missing,
        officers=[] if counts.to_kelurahan_id else _officers(counts),
        may_release=counts.state == State.CALLED
        or (counts.state == State.RELEASED and counts.taken_at is None),
        may_withdraw=open_ and counts.taken_at is None,
        **told,
    )


@require_safe
@officer
def missing(request: HttpRequest) -> HttpResponse:
    """Missing cards that this kecamatan released. For its officers."""
    found = scope.handovers(person(request)).filter(pk__in=queries.missing(own(request)).values("handover"))
    return page(request, "missing.html", "Kartu hilang", found=queries.with_counts(found))


@queue
def lost_on_the_way(kecamatan: int) -> list[Queue]:
    """Missing cards that the kecamatan released, to be found or booked to lost."""
    found = queries.missing(kecamatan)
    oldest = found.order_by("at").values_list("at", flat=True).first()
    return [Queue("Hilang di perjalanan", found.count(), oldest, reverse("petugas:missing"), "hilang")]
