"""Hand-overs in bulk beside one by one, their record beside the library alone, and the officer's start page."""

import io
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

from .. import cluster, people, sizes
from ..results import Row, middle, row
from .blanks import ACTOR, IN_ONE, _city, _divided, _printers_file, _stock, _timed

MANY = 5_000 // (10 if sizes.QUICK else 1)
FEW = MANY // 20
LISTED = 1_000
ASKS = 40


def handover() -> Iterator[Row]:
    """Packed, released, collected and received: all in one statement each, and card by card."""
    bulk: list[float] = []
    single: list[float] = []
    with _city(sizes.QUEUE, people.waiting_in_one, "bench_handover"):
        office = _Office()
        needed = (MANY + FEW) * sizes.REPETITIONS
        _stock(needed, first=1)
        _divided(needed)
        _print(needed)
        for _ in range(sizes.REPETITIONS):
            cluster.settle()
            bulk.append(MANY / _timed(lambda: office.in_bulk(office.printed(MANY))))
            cluster.settle()
            single.append(FEW / _timed(lambda: office.one_by_one(office.printed(FEW))))
    note = f"{MANY} cards packed and received; peer: {FEW}, a transaction for each card at packing and at arrival"
    yield row("handover", middle(bulk), middle(single), "cards/s", "≥ 20", note)


class _Office:
    """An operator, and an officer of the kecamatan."""

    def __init__(self) -> None:
        from django.contrib.auth.models import Group

        from staff.models import User

        self.operator = User.objects.create_user("bench-operator", is_staff=True)
        self.operator.groups.set(Group.objects.filter(name="operator"))
        self.officer = User.objects.create_user("bench-officer", is_staff=True, kecamatan_id=IN_ONE)
        self.officer.groups.set(Group.objects.filter(name="kecamatan"))

    def printed(self, count: int) -> list[int]:
        from delivery.models import Piece

        packed = "SELECT card_id FROM delivery_handovercard"
        found = Piece.objects.filter(current=True, holder="operator").extra(
            where=[f"card_id NOT IN ({packed})"]
        )
        return list(found.values_list("card_id", flat=True)[:count])

    def in_bulk(self, cards: list[int]) -> None:
        from delivery.actions.pack import pack
        from delivery.actions.receive import check
        from delivery.handovers import Outcome

        made = self._collected(pack(IN_ONE, by=self.operator, cards=cards))
        check(made.pk, range(1, len(cards) + 1), Outcome.RECEIVED, by=self.officer)

    def one_by_one(self, cards: list[int]) -> None:
        from delivery.actions.receive import check
        from delivery.handovers import Outcome
        from delivery.models import Handover, HandoverCard
        from tracking.actor import acting

        with acting(by=self.operator, source="bench"):
            made = Handover.objects.create(to_kecamatan_id=IN_ONE)
        for line, card in enumerate(cards, 1):
            with acting(by=self.operator, source="bench"):
                HandoverCard(handover=made, line=line, card_id=card).save()
        self._collected(made)
        for line in range(1, len(cards) + 1):
            check(made.pk, [line], Outcome.RECEIVED, by=self.officer)

    def _collected(self, made: Any) -> Any:
        from delivery.actions.release import collect, release

        done = release(made.pk, by=self.operator, officer=self.officer)
        return collect(made.pk, by=self.officer, code=done.code)


def _print(count: int) -> None:
    from blanks.actions import Line, print_batch, record_lines
    from blanks.resultfile import read
    from tracking import codes

    batch = print_batch(IN_ONE, size=count, by=ACTOR, source="bench")
    file = _printers_file(list(batch.cards.values_list("card_id", flat=True)), 1)
    lines = [Line(codes.decode(one.code), one.outcome, one.serial, one.line, one.code) for one in read(file)]
    record_lines(batch, lines, by=ACTOR, source="bench")


def bast() -> Iterator[Row]:
    """The record of 1,000 cards, and its list alone by the PDF library."""
    from delivery.models import Handover
    from delivery.papers.bast import bast as made

    lines = [[n, f"K{n:05}X", f"A-{n}", f"{n:010}", "received"] for n in range(1, LISTED + 1)]
    party = {"name": "Wulan Anggraini", "position": "Operator", "nip": ""}
    paper = {
        "number": "0001/BAST-KTP/32.75.01/X/2017",
        "closed": "2017-10-05T10:42+07:00",
        "from": "Disdukcapil",
        "to": "Kecamatan Rawalumbu",
        "giver": party,
        "taker": party,
        "code": "ABCDEFGHJKMN",
        "lines": lines,
    }
    ours, peer = _measured(
        lambda: made(Handover(paper=paper)), lambda: _bare([tuple(map(str, one)) for one in lines])
    )
    yield row(
        "bast",
        ours[0],
        peer[0],
        "s",
        "≤ 1.3",
        f"{LISTED} cards; at most {ours[1]:.0f} MB beside {peer[1]:.0f} MB",
    )


def _measured(*works: Callable[[], object]) -> list[tuple[float, float]]:
    """Of each, done in turns: median seconds, and megabytes at the highest."""
    seconds: list[list[float]] = [[] for _ in works]
    for turn in range(4 * sizes.REPETITIONS):
        for times, work in zip(seconds, works, strict=True):
            took = _timed(work)
            if turn:  # the first one warms
                times.append(took)
    return [(middle(times), _peak(work)) for times, work in zip(seconds, works, strict=True)]


def _peak(work: Callable[[], object]) -> float:
    tracemalloc.start()
    work()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / (1 << 20)


def _bare(rows: list[tuple[str, ...]]) -> bytes:
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate, Table

    out = io.BytesIO()
    table = Table(
        [("No.", "Kode kartu", "Nomor antrean", "Nomor seri blanko", "Hasil"), *rows],
        repeatRows=1,
        style=[
            ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
            ("BACKGROUND", (0, 0), (-1, 0), colors.lightgrey),
            ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 9),
            ("FONT", (0, 1), (-1, -1), "Helvetica", 9),
        ],
    )
    SimpleDocTemplate(out, pagesize=A4).build([table])
    return out.getvalue()


def officer_start() -> Iterator[Row]:
    """The start page of a kecamatan with a twelfth of the city, and of a small one."""
    from django.core.management import call_command

    call_command("collectstatic", verbosity=0, interactive=False)
    seconds: dict[int, list[float]] = {}
    for size in (sizes.CITY, sizes.CITY // 15):
        with _city(size, people.city, "bench_start"):
            client = _officers_client()
            for _ in range(ASKS):
                started = time.perf_counter()
                if client.get("/petugas/").status_code != 200:
                    raise RuntimeError("The start page did not answer.")
                seconds.setdefault(size, []).append((time.perf_counter() - started) * 1e3)
    large, small = (middle(times[1:]) for times in seconds.values())
    note = f"{sizes.CITY // 12} cards of the kecamatan beside {sizes.CITY // 180}"
    yield row("officer_start", large, small, "ms", "≤ 1.5", note)


def _officers_client() -> Any:
    from django.contrib.auth.models import Group
    from django.test import Client

    from staff.models import User

    officer = User.objects.create_user("bench-start", is_staff=True, kecamatan_id=IN_ONE)
    officer.groups.set(Group.objects.filter(name="kecamatan"))
    client = Client(headers={"host": "localhost"})
    client.force_login(officer, "django.contrib.auth.backends.ModelBackend")
    return client
