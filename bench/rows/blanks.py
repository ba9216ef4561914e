"""The ledger of blanks at full size beside a small office: printing, dividing, receiving, many at once, forecast."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.conf import settings

from .. import city, cluster, people, sizes
from ..results import Row, middle, row

BATCH = 1_000 // (10 if sizes.QUICK else 1)
PRINTED = 10_000 // (10 if sizes.QUICK else 1)
ONE_BY_ONE = PRINTED // 20
SHIPMENT, SMALL_SHIPMENT = 1_800_000, 1_000
DIVIDED = 300 // (10 if sizes.QUICK else 1)
"""Blanks in one division: few enough that the small city needs them all, or nothing is divided there any more."""
WORKERS = 64
IN_ONE = 1  # the kecamatan whose queue is long or short
ACTOR = "source:bench"


def print_batch_growth() -> Iterator[Row]:
    """A batch of 1,000 from a queue of 1,000,000, and from one of 10,000."""
    from blanks.actions import print_batch

    seconds: dict[int, list[float]] = {}
    written: dict[int, list[float]] = {}
    for waiting in (sizes.QUEUE, sizes.SHORT_QUEUE):
        with _city(waiting, people.waiting_in_one, "bench_batch"):
            _stock(BATCH * 8)
            _divided(BATCH * 8)
            for turn in range(2 * sizes.REPETITIONS + 1):
                # else the short queue's few pages are written whole once, and the long one's at every batch
                cluster.settle()
                before = _wal()
                took = _timed(lambda: print_batch(IN_ONE, size=BATCH, by=ACTOR, source="bench"))
                if turn:  # the first one warms
                    seconds.setdefault(waiting, []).append(took * 1e3)
                    written.setdefault(waiting, []).append((_wal() - before) / 2**20)
    long, short = (middle(times) for times in seconds.values())
    # each batch is the first after a checkpoint: of every page that it changes all is written, at both sizes
    logged = " beside ".join(f"{middle(sizes_written):.1f}" for sizes_written in written.values())
    note = f"{BATCH} cards, {sizes.QUEUE} waiting beside {sizes.SHORT_QUEUE}; {logged} MB of WAL"
    yield row("print_batch_growth", long, short, "ms", "≤ 1.2", note)


def print_results() -> Iterator[Row]:
    """The printer's file beside one result after the other through the ORM, each with its commit's guarantees."""
    from blanks.actions import print_batch
    from blanks.models import Result
    from tracking.actor import acting

    bulk: list[float] = []
    single: list[float] = []
    with _city(sizes.QUEUE, people.waiting_in_one, "bench_results"):
        rounds = sizes.REPETITIONS
        _stock((PRINTED + ONE_BY_ONE) * rounds, first=1)
        _divided((PRINTED + ONE_BY_ONE) * rounds)
        serial = 1
        for _ in range(rounds):
            batch = print_batch(IN_ONE, size=PRINTED, by=ACTOR, source="bench")
            cards = list(batch.cards.values_list("card_id", flat=True))
            file = _printers_file(cards, serial)
            serial += PRINTED
            cluster.settle()
            bulk.append(PRINTED / _timed(partial(_take_file, batch, file)))
            batch = print_batch(IN_ONE, size=ONE_BY_ONE, by=ACTOR, source="bench")
            results = [
                Result(batch=batch, card_id=card, outcome="printed", series_id=1, number=serial + n)
                for n, card in enumerate(batch.cards.values_list("card_id", flat=True))
            ]
            serial += ONE_BY_ONE
            cluster.settle()

            def one_by_one(results: list[Result] = results) -> None:
                for result in results:
                    with acting(by=ACTOR, source="bench"):
                        result.save()

            single.append(ONE_BY_ONE / _timed(one_by_one))
    yield row(
        "print_results",
        middle(bulk),
        middle(single),
        "results/s",
        "≥ 20",
        f"{PRINTED} lines of a file; peer: {ONE_BY_ONE} save(), one transaction each",
    )


def allocate_growth() -> Iterator[Row]:
    """Preview and division over the whole city, and over a small one."""
    from blanks.actions import divide
    from blanks.division import propose

    seconds: dict[str, list[float]] = {}
    for people_in_it in (sizes.CITY, sizes.CITY // 18):
        with _city(people_in_it, people.city, "bench_divide"):
            _stock(DIVIDED * 2 * (2 * sizes.REPETITIONS + 1))
            for turn in range(2 * sizes.REPETITIONS + 1):
                for strategy in ("proportional", "oldest-first"):

                    def preview_and_divide(strategy: str = strategy) -> None:
                        expected = propose(DIVIDED, strategy).fingerprint
                        divide(DIVIDED, by=ACTOR, strategy=strategy, expected=expected, source="bench")

                    took = _timed(preview_and_divide)
                    if turn:
                        seconds.setdefault(f"{people_in_it} {strategy}", []).append(took * 1e3)
    long, oldest, short, oldest_short = (middle(times) for times in seconds.values())
    yield row(
        "allocate_growth",
        long,
        short,
        "ms",
        "≤ 1.2",
        f"{sizes.CITY} cards beside {sizes.CITY // 18}, in proportion; oldest first: {oldest:.0f} ms beside {oldest_short:.0f}",
    )


def receive_growth() -> Iterator[Row]:
    """A shipment of 1.8 million serials, and of 1,000."""
    seconds: dict[int, list[float]] = {SHIPMENT: [], SMALL_SHIPMENT: []}
    with _city(sizes.SHORT_QUEUE, people.waiting, "bench_receive"):
        first = 1
        for turn in range(4 * sizes.REPETITIONS):
            for quantity, times in seconds.items():
                took = _timed(partial(_stock, quantity, first=first))
                first += quantity
                if turn:
                    times.append(took * 1e3)
    long, short = (middle(times) for times in seconds.values())
    yield row("receive_growth", long, short, "ms", "≤ 1.5", f"{SHIPMENT} serials beside {SMALL_SHIPMENT}")


def ledger_writers() -> Iterator[Row]:
    """64 workers who divide, print and record at once, and one alone."""
    rates: dict[int, list[float]] = {WORKERS: [], 1: []}
    troubles: list[str] = []
    with _city(sizes.MOVED, people.waiting, "bench_ledger") as database:
        _stock(2_000_000, first=1)
        for _ in range(sizes.REPETITIONS):
            for workers, done in rates.items():
                said = _worked(database, workers)
                done.append(sum(one["done"] for one in said) / sizes.SECONDS)
                troubles += [trouble for one in said for trouble in one["troubles"]]
        from tracking.verify import verify

        problems = verify().problems
    many, one = (middle(times) for times in rates.values())
    yield row(
        "ledger_writers",
        many,
        one,
        "transactions/s",
        "≥ 1",
        f"{WORKERS} workers beside one; {len(troubles)} troubles seen by a user, {len(problems)} problems found by verify",
        holds=not troubles and not problems,
    )


def forecast() -> Iterator[Row]:
    """Ranges for everybody who waits, beside counting them."""
    from datetime import timedelta

    from django.utils import timezone

    from blanks.actions.forecast import refresh
    from blanks.models import PlannedShipment
    from tracking.actor import acting

    count = "SELECT kecamatan_id, letter, count(*) FROM tracking_card WHERE stage = 'WAITING_FOR_BLANK' GROUP BY 1, 2"
    ours: list[float] = []
    peer: list[float] = []
    with _city(sizes.QUEUE, people.waiting, "bench_forecast") as database:
        _stock(5_000)
        today = timezone.localdate()
        with acting(by=ACTOR, source="bench"):
            PlannedShipment.objects.create(
                quantity=2 * sizes.QUEUE,
                earliest=today + timedelta(5),
                latest=today + timedelta(15),
                tender="bench",
            )
        for turn in range(2 * sizes.REPETITIONS + 1):
            counted = _timed(lambda: cluster.run(database, count))
            refreshed = _timed(lambda: refresh())
            if turn:
                ours.append(refreshed)
                peer.append(counted)
    yield row(
        "forecast",
        middle(ours),
        middle(peer),
        "s",
        "≤ 3",
        f"{sizes.QUEUE} waiting; peer: one GROUP BY over the same cards",
    )


def verify() -> Iterator[Row]:
    """Everything recounted, beside reading events, cards and movements once."""
    from tracking.verify import verify as recount

    scan = [
        f"SELECT count(*) FROM {table} WHERE ctid IS NULL OR {column} IS NOT NULL"
        for table, column in (
            ("tracking_event", "actor"),
            ("tracking_card", "kind"),
            ("blanks_movement", "actor"),
        )
    ]
    ours: list[float] = []
    peer: list[float] = []
    with _city(sizes.CITY, people.city, "bench_verify") as database:
        one_process = "SET max_parallel_workers_per_gather = 0"
        for turn in range(sizes.REPETITIONS + 1):
            scanned = _timed(lambda: cluster.run(database, one_process, *scan))
            took = _timed(lambda: _clean(recount().problems))
            if turn:
                ours.append(took)
                peer.append(scanned)
    yield row(
        "verify", middle(ours), middle(peer), "s", "≤ 10", f"{sizes.CITY} cards; peer: three sequential scans"
    )


@contextmanager
def _city(size: int, plan: people.Plan, name: str) -> Iterator[str]:
    """A clone of a filled database that Django speaks with."""
    with cluster.cloned(city.filled(size, plan), name) as database:
        cluster.calm(database)
        with cluster.using(database):
            yield database


def _stock(quantity: int, first: int | None = None) -> None:
    from blanks.actions import receive
    from blanks.models import Range
    from blanks.spans import Span

    if first is None:
        last = Range.objects.filter(series_id=1).order_by("-last").first()
        first = last.last + 1 if last else 1
    receive([Span.of(str(first), quantity)], by=ACTOR, number="bench", on_paper=quantity, source="bench")


def _wal() -> int:
    """How many bytes of WAL the server has written."""
    return int(cluster.run("postgres", "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")[0][0])


def _divided(quantity: int) -> None:
    from blanks.actions import divide

    divide(quantity, by=ACTOR, strategy="proportional", source="bench")


def _printers_file(cards: list[int], first: int) -> bytes:
    from tracking import codes

    lines = [f"{codes.encode(card)},{first + n},dicetak" for n, card in enumerate(cards)]
    return ("KODE,SERI,HASIL\n" + "\n".join(lines) + "\n").encode()


def _take_file(batch: Any, file: bytes) -> None:
    from blanks.actions import Line, record_lines
    from blanks.resultfile import read
    from tracking import codes

    lines = [Line(codes.decode(one.code), one.outcome, one.serial, one.line, one.code) for one in read(file)]
    recorded = record_lines(batch, lines, by=ACTOR, source="bench")
    if recorded.booked != PRINTED:
        raise RuntimeError(f"The printer's file did not do what it should: {recorded.reasons}")


def _worked(database: str, workers: int) -> list[dict[str, Any]]:
    start = str(time.time() + 4 + workers / 8)
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.child", "work_ledger", str(number), start, str(sizes.SECONDS)],
            env=cluster.child_environ(database),
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(workers)
    ]
    return [json.loads(process.communicate()[0]) for process in processes]


def _clean(problems: list[Any]) -> None:
    if problems:
        raise RuntimeError(f"verify found {problems[:3]}")


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
