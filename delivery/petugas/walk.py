"""One round: its link, its list, its results from paper, its end and its count. For officers of its kecamatan."""

from datetime import datetime, time
from typing import Any
from uuid import uuid5

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from staff.access import looked
from staff.models import AccessLog
from staff.typed import number_in
from tracking.refusals import Refused

from ..actions import attempt as attempts
from ..actions import round as actions
from ..actions.attempt import Said
from ..models import (
    Courier,
    How,
    Link,
    Outcome,
    Recipient,
    Round,
    Settled,
    State,
)
from ..papers.walk import walk as paper_list
from ..queries import rounds as queries
from .frame import a_request, away, officer, own, page, person, request_of
from .walks import walk_of

LETTERS = {
    "D": ("delivered", "holder"),
    "K": ("delivered", "family"),
    "T": ("not_home", ""),
    "P": ("moved", ""),
    "M": ("refused", ""),
    "W": ("deceased", ""),
    "A": ("address_not_found", ""),
    "S": ("wrong_data", ""),
}
"""One key a result, as on the paper list."""


@officer
def walk(request: HttpRequest, walk: int) -> HttpResponse:
    """A round and what can be done with it now."""
    its_round = walk_of(request, walk)
    if request.method == "POST":
        return _act(request, its_round)
    return _shown(request, its_round)


def _shown(request: HttpRequest, its_round: Round, *, status: int = 200, **more: Any) -> HttpResponse:
    rows = queries.lines(its_round)
    looked(
        person(request), AccessLog.Action.LIST, [row.place.card_id for row in rows], source="petugas:putaran"
    )
    link = Link.objects.filter(round=its_round, ended_at__isnull=True).first()
    others = [one for one in queries.couriers(own(request)) if one.pk != its_round.courier_id]
    return page(
        request,
        "walk.html",
        str(its_round),
        status=status,
        walk=its_round,
        rows=rows,
        link=link,
        courier=queries.name_of(its_round.courier),
        phone=queries.phone_of(its_round.courier),
        holds=queries.name_of(its_round.taken_by),
        couriers=[(one, queries.name_of(one)) for one in others],
        held=sum(not row.place.ended for row in rows),
        clock_off=link and link.skew and abs(link.skew) > queries.CLOCK_OFF.total_seconds(),
        **more,
    )


def _act(request: HttpRequest, its_round: Round) -> HttpResponse:
    """What the officer's button says; the link and its PIN are shown in this answer alone."""
    given, by = request.POST, person(request)
    try:
        if "tautan" in given:
            opening = actions.open_link(its_round, by=by)
            address = request.build_absolute_uri(reverse("courier", args=[opening.token]))
            return _shown(request, walk_of(request, its_round.pk), address=address, pin=opening.pin)
        if "tanda" in given:
            _take_over(request, its_round)
        elif "ganti" in given:
            actions.replace_courier(its_round, by=by, courier=_own_courier(request, given["ganti"]))
            messages.success(request, "Kurir diganti. Tautan lama sudah mati; buat tautan baru.")
        elif "keluarkan" in given:
            actions.leave_out(its_round, by=by, places=[number_in(given["keluarkan"], 17) or 0])
        elif button := next((name for name in _BUTTONS if name in given), None):
            do, words = _BUTTONS[button]
            do(its_round, by=by)
            messages.success(request, words)
    except Refused as refused:
        return _shown(request, walk_of(request, its_round.pk), status=422, error=str(refused))
    return away("walk", its_round.pk)


_BUTTONS = {
    "buka": (actions.unlock_link, "Tautan dibuka. Kurir boleh mencoba PIN lagi."),
    "cabut": (actions.revoke_link, "Tautan dicabut. Buat tautan baru, atau catat hasil dari daftar kertas."),
    "akhiri": (actions.end_round, "Putaran berakhir. Hitung kartu yang kembali."),
    "lanjutkan": (actions.resume_round, "Putaran dilanjutkan. Buat tautan baru untuk kurir."),
    "tutup": (actions.close_round, "Putaran ditutup."),
}


def _take_over(request: HttpRequest, its_round: Round) -> None:
    left_out = actions.take_over(
        its_round, by=person(request), counted=number_in(request.POST["tanda"], 17) or 0, how=How.PAPER
    )
    if left_out:
        numbers = ", ".join(map(str, left_out))
        messages.warning(request, f"Nomor {numbers} tidak dibawa: diblokir atau tidak di kantor lagi.")
    messages.success(request, "Kartu sudah dibawa kurir.")


def _own_courier(request: HttpRequest, key: str) -> Courier:
    found = Courier.objects.filter(pk=number_in(key, 17) or 0, kecamatan=own(request)).first()
    if found is None:
        raise Http404
    return found


@require_safe
@officer
def printed(request: HttpRequest, walk: int) -> HttpResponse:
    """The list to sign, as PDF."""
    its_round = walk_of(request, walk)
    rows = [row for row in queries.lines(its_round) if not row.place.ended]
    looked(
        person(request), AccessLog.Action.EXPORT, [row.place.card_id for row in rows], source="petugas:daftar"
    )
    answer = HttpResponse(paper_list(its_round, rows), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="putaran-{its_round.pk}.pdf"'
    return answer


@officer
def results(request: HttpRequest, walk: int) -> HttpResponse:
    """Results from the signed list, one key a card, all in one form."""
    its_round = walk_of(request, walk)
    rows = [row for row in queries.lines(its_round) if not row.place.ended and not row.place.result]
    wrong: list[int] = []
    if request.method == "POST":
        said, wrong = _read(request, rows)
        if not wrong:
            answers = attempts.book_from_paper(its_round, said, by=person(request))
            return _booked(request, its_round, [answer.verdict for answer in answers.values()])
    cards = [row.place.card_id for row in rows]
    looked(person(request), AccessLog.Action.LIST, cards, source="petugas:hasil")
    numbers = ", ".join(map(str, wrong))
    return page(
        request,
        "results.html",
        "Hasil dari daftar kertas",
        status=422 if wrong else 200,
        error=f"Periksa nomor {numbers}: hasilnya satu huruf dari daftar, dan K perlu nama keluarga."
        if wrong
        else "",
        walk=its_round,
        rows=[
            (row, request.POST.get(f"h-{row.place.pk}", ""), request.POST.get(f"n-{row.place.pk}", ""))
            for row in rows
        ],
        today=request.POST.get("tanggal") or timezone.localdate().isoformat(),
        request_id=request.POST.get("request") or a_request(),
    )


def _read(request: HttpRequest, rows: list[queries.Line]) -> tuple[list[Said], list[int]]:
    """What was typed, and the positions where it makes no sense. Each row's id follows the form's: sent twice, booked once."""
    day = parse_date(request.POST.get("tanggal", "")) or timezone.localdate()
    at = min(timezone.make_aware(datetime.combine(day, time(17))), timezone.now())
    said, wrong = [], []
    for row in rows:
        typed = request.POST.get(f"h-{row.place.pk}", "").strip().upper()
        name = request.POST.get(f"n-{row.place.pk}", "").strip()[:100]
        if not typed:
            continue
        if typed not in LETTERS or (typed == "K" and not name):
            wrong.append(row.place.position)
            continue
        outcome, recipient = LETTERS[typed]
        took = request.POST.getlist(f"a-{row.place.pk}")
        said.append(
            Said(
                uid=uuid5(request_of(request), str(row.place.pk)),
                place=row.place.pk,
                outcome=outcome,
                at=at,
                recipient=recipient,
                recipient_name=name if recipient == Recipient.FAMILY else "",
                took_old_card="ktp" in took,
                took_suket="suket" in took,
                took_police_letter="surat" in took,
                data_confirmed=outcome == Outcome.DELIVERED,
            )
        )
    return said, wrong


def _booked(request: HttpRequest, its_round: Round, verdicts: list[str]) -> HttpResponse:
    fine = sum(verdict != "review" for verdict in verdicts)
    messages.success(request, f"{fine} hasil dicatat.")
    if fine < len(verdicts):
        messages.warning(
            request, f"{len(verdicts) - fine} bertentangan dengan catatan lain: periksa di pekerjaan."
        )
    return away("walk", its_round.pk)


@officer
def count(request: HttpRequest, walk: int) -> HttpResponse:
    """What came back, card by card."""
    its_round = walk_of(request, walk)
    if its_round.state == State.READY:
        raise Http404
    if request.method == "POST":
        counted = {
            (number_in(name[2:], 17) or 0): value == "ada"
            for name, value in request.POST.items()
            if name[:2] == "k-" and value
        }
        actions.count_back(its_round, by=person(request), counted=counted)
        messages.success(request, f"{len(counted)} kartu dihitung.")
        return away("walk", its_round.pk)
    rows = [row for row in queries.lines(its_round) if not row.place.ended]
    looked(
        person(request), AccessLog.Action.LIST, [row.place.card_id for row in rows], source="petugas:hitung"
    )
    return page(request, "count.html", "Hitung yang kembali", walk=its_round, rows=rows)


@require_safe
@officer
def missing(request: HttpRequest) -> HttpResponse:
    """Cards that were not there at the count: found (counted back in the round), or for a supervisor to book as lost."""
    places = queries.missing(own(request)).select_related("round__courier").order_by("missing_at")[:100]
    looked(
        person(request), AccessLog.Action.LIST, [place.card_id for place in places], source="petugas:hilang"
    )
    rows = [(place, queries.name_of(place.round.courier)) for place in places]
    return page(request, "walk_missing.html", "Kartu tidak ada saat dihitung", rows=rows)


@officer
def reviews(request: HttpRequest) -> HttpResponse:
    """What phones said and nobody booked: late, doubled, or against what is on record."""
    if request.method == "POST":
        found = (
            queries.reviews(own(request))
            .filter(pk=number_in(request.POST.get("periksa", ""), 17) or 0)
            .first()
        )
        how = request.POST.get("putusan", "")
        if found is None or how not in Settled.values:
            raise Http404
        attempts.settle_review(found, by=person(request), how=how)
        messages.success(request, "Sudah diperiksa.")
        return redirect(reverse("petugas:reviews"))
    found_ones = list(queries.reviews(own(request))[:100])
    looked(
        person(request),
        AccessLog.Action.LIST,
        [one.card_id for one in found_ones if one.card_id],
        source="petugas:periksa",
    )
    return page(
        request,
        "reviews.html",
        "Kiriman kurir untuk diperiksa",
        rows=queries.contradictions(found_ones),
        passed_on=queries.passed_on().filter(kecamatan_id=own(request)).count(),
        settled=Settled.choices,
    )
