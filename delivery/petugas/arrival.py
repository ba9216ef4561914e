"""Arrival: hand-overs that are to be collected, the check card by card, the record, and where each card is now."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from staff.access import looked
from staff.models import AccessLog
from staff.typed import number_in
from tracking.refusals import Refused

from ..actions.receive import check, close, uncheck
from ..actions.release import collect
from ..handovers import Leg, Outcome, State
from ..models import Handover, HandoverCard
from ..papers.bast import bast, counted
from ..queries import handovers as queries
from . import scope
from .frame import away, officer, page, person
from .queues import Queue, queue

ON_A_PAGE = 100
LAST_SAID = 15


@require_safe
@officer
def called(request: HttpRequest) -> HttpResponse:
    """Hand-overs that wait for this kecamatan to come. For its officers."""
    own = scope.kecamatan_of(person(request))
    waiting = scope.handovers(person(request)).filter(
        state=State.CALLED, to_kecamatan=own, leg__in=(Leg.TO_KECAMATAN, Leg.BETWEEN)
    )
    return page(request, "called.html", "Jemput kartu", waiting=queries.with_counts(waiting))


@require_safe
@officer
def arrivals(request: HttpRequest) -> HttpResponse:
    """Hand-overs that are to be checked, and those that were. For officers of the kecamatan that gets them."""
    own = scope.kecamatan_of(person(request))
    found = queries.with_counts(scope.handovers(person(request)).filter(to_kecamatan=own))
    return page(
        request,
        "arrivals.html",
        "Periksa kedatangan",
        open=found.filter(state=State.RELEASED).order_by("released_at"),
        closed=found.filter(state=State.CLOSED).order_by("-ended_at")[:20],
    )


@officer
def arrival(request: HttpRequest, key: int) -> HttpResponse:
    """One hand-over, card by card. For officers of the kecamatan that gets it."""
    made = scope.arriving(person(request), key)
    if request.method == "POST":
        return _said(request, made)
    return _shown(request, made)


def _said(request: HttpRequest, made: Handover) -> HttpResponse:
    """What the officer says: the code of the collection, a scan, a tap on a row, an undo, or that all is counted."""
    given, user = request.POST, person(request)
    try:
        if "jemput" in given:
            collect(made.pk, by=user, code=given["jemput"])
        elif "tutup" in given:
            close(made.pk, by=user)
        elif "batal" in given:
            uncheck(made.pk, number_in(given["batal"], 8) or 0, by=user)
            messages.info(request, "Catatan dibatalkan.")
        elif "kode" in given and not any(one.value in given for one in _TAPS):
            return _scanned(request, made, given["kode"])
        else:
            _tapped(request, made)
    except Refused as refused:
        return _shown(request, made, status=422, error=str(refused))
    return away("arrival", made.pk)


_TAPS = (Outcome.RECEIVED, Outcome.MISSING, Outcome.DAMAGED)


def _tapped(request: HttpRequest, made: Handover) -> None:
    for outcome in _TAPS:
        if outcome.value in request.POST:
            check(made.pk, [number_in(request.POST[outcome.value], 8) or 0], outcome, by=person(request))
            if outcome != Outcome.RECEIVED:
                messages.warning(request, f"Dicatat: {outcome.label}.")
            else:
                messages.success(request, _progress(made))


def _scanned(request: HttpRequest, made: Handover, text: str) -> HttpResponse:
    """One scan: received, or why not; the field has the focus again."""
    try:
        found = queries.find(made.pk, text)
    except LookupError as wrong:
        return _shown(request, made, status=422, error=str(wrong))
    if found.outcome == Outcome.WAITING and check(
        made.pk, [found.line], Outcome.RECEIVED, by=person(request)
    ):
        messages.success(request, _progress(made))
    else:
        messages.warning(request, _already(HandoverCard.objects.get(pk=found.pk)))
    return away("arrival", made.pk)


def _progress(made: Handover) -> str:
    told: Any = queries.with_counts(Handover.objects.filter(pk=made.pk))[0]
    return f"Diterima, {told.received} dari {told.size}"


def _already(line: HandoverCard) -> str:
    at = f"{timezone.localtime(line.at):%H.%M}" if line.at else ""
    said = "" if line.outcome == Outcome.RECEIVED else f": {Outcome(line.outcome).label}"
    return f"Sudah dicatat {at}{said}"


def _shown(request: HttpRequest, made: Handover, *, status: int = 200, error: str = "") -> HttpResponse:
    user: Any = person(request)
    counts: Any = queries.with_counts(Handover.objects.filter(pk=made.pk))[0]
    context: dict[str, Any] = {"made": counts, "error": error}
    if counts.state == State.CLOSED:
        context["counts"] = counted(counts.paper["lines"])
        return page(request, "closed.html", str(counts), status=status, **context)
    if counts.taken_at is None:
        return page(request, "collect.html", "Jemput kartu", status=status, **context)
    after = number_in(request.GET.get("sesudah", "0"), 8) or 0
    context["rows"] = queries.lines(made.pk, [Outcome.WAITING], after=after, most=ON_A_PAGE)
    context["more"] = context["rows"][-1].line if len(context["rows"]) == ON_A_PAGE else None
    context["last"] = queries.lines(made.pk, [Outcome.RECEIVED], most=LAST_SAID, newest=True)
    context["wrong"] = queries.lines(made.pk, [Outcome.MISSING, Outcome.DAMAGED])
    _on_record(request, made, user)
    return page(request, "arrival.html", "Periksa kedatangan", status=status, **context)


def _on_record(request: HttpRequest, made: Handover, user: Any) -> None:
    """The names of the list are seen: put on record once a log-in, not for every scan."""
    seen = request.session.setdefault("seen_handovers", [])
    if made.pk not in seen:
        cards = made.lines.values_list("card_id", flat=True)
        looked(user, AccessLog.Action.LIST, cards, source="petugas:kedatangan")
        request.session["seen_handovers"] = [*seen, made.pk]


@require_safe
@officer
def record(request: HttpRequest, key: int) -> HttpResponse:
    """The BAST as PDF. For officers of either kecamatan."""
    made = scope.handover(person(request), key)
    if made.state != State.CLOSED:
        raise Http404
    answer = HttpResponse(bast(made), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="bast-{made.pk}.pdf"'
    return answer


@require_safe
@officer
def where(request: HttpRequest, key: int) -> HttpResponse:
    """Where every card of a hand-over is now. For officers of either kecamatan."""
    made = scope.handover(person(request), key)
    return page(
        request, "where.html", f"Di mana kartunya: {made}", made=made, rows=queries.where_now(made.pk)
    )


def address(made: Handover) -> str:
    """Where an officer checks this hand-over."""
    return reverse("petugas:arrival", args=[made.pk])


@queue
def to_collect(kecamatan: int) -> list[Queue]:
    waiting = Handover.objects.filter(state=State.CALLED, to_kecamatan=kecamatan).exclude(
        leg=Leg.TO_KELURAHAN
    )
    count, oldest = queries.count_open(waiting)
    return [Queue("Jemput di Disdukcapil", count, oldest, reverse("petugas:called"), "jemput")]


@queue
def to_check(kecamatan: int) -> list[Queue]:
    waiting = Handover.objects.filter(state=State.RELEASED, to_kecamatan=kecamatan)
    count, oldest = queries.count_open(waiting, Outcome.WAITING)
    return [Queue("Periksa kedatangan", count, oldest, reverse("petugas:arrivals"), "periksa")]
