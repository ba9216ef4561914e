"""From a number of cards to a database full of them: processes invent, PostgreSQL settles."""

import ctypes
import io
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from django.db import connections, transaction

from ..actions.fresh import data_came
from . import plan, staff
from .clock import FEED_AT, Clock
from .kecamatan import Order, invent, kelurahan_of_city

SQL = Path(__file__).parent / "sql"
TURNS = Path(__file__).parent.parent / "sql" / "turns.sql"
SOURCE = "pusat"  # whose nightly files tell what the centre knows
ONE_AT_A_TIME = 0x656B7464
MOST_PROCESSES = 8
PR_SET_PDEATHSIG = 1
WRITTEN = ("citizen", "centralword", "card", "event", "ticket", "block", "centralfact", "turn")
SHOWN = (
    "DEDUPLICATING", "HELD", "WAITING_FOR_BLANK", "DELIVERED", "RECORDED", "BLANK_ALLOCATED", "PRINTED",
    "AT_KECAMATAN", "OUT_FOR_DELIVERY", "RETURNED", "CANCELLED", "blocked",
)  # fmt: skip


class Example(NamedTuple):
    """A NIK to try, and what it shows."""

    shows: str
    nik: str


class AlreadyAtIt(Exception):
    """Data demo sedang dibuat oleh perintah lain; tunggu sampai selesai."""

    def __str__(self) -> str:
        return str(self.__doc__)


def seed(cards: int, *, seed: int, today: date) -> list[Example]:
    """Fill the demo's database anew. The same numbers and day give the same people and history.

    Asks for the owner's role. Nothing is to be seen of it until all is there, but for people without cards.
    """
    clock, kelurahan, actors = Clock(today), kelurahan_of_city(), staff.actors()
    orders = [
        Order(kecamatan, fates, f"{seed} {cards} {kecamatan}", today, kelurahan, actors)
        for kecamatan, fates in enumerate(plan.fates(cards, seed), 1)
    ]
    with _alone():
        _run("stage")
        examples = _invent_all(orders)
        with transaction.atomic(using="owner"):
            _run("settle")
            with connections["owner"].cursor() as cursor:
                cursor.execute(TURNS.read_text())
            data_came(at=clock.moment(clock.at(-1, FEED_AT)), using="owner")
        with connections["owner"].cursor() as cursor:
            for table in WRITTEN:
                cursor.execute(f"VACUUM (ANALYZE) tracking_{table}")
    return _sorted(examples)


def _invent_all(orders: list[Order]) -> dict[str, str]:
    """Every kecamatan in a process, the biggest first; of each kind of example the first kecamatan's."""
    processes = min(os.cpu_count() or 1, MOST_PROCESSES)
    with ProcessPoolExecutor(
        processes, mp_context=get_context("fork"), initializer=_begin_process, initargs=(os.getpid(),)
    ) as pool:
        big_first = sorted(orders, key=lambda order: -sum(order.fates.values()))
        found = dict(pool.map(_invent, big_first))
    return {
        shows: nik for kecamatan in sorted(found, reverse=True) for shows, nik in found[kecamatan].items()
    }


def _begin_process(parent: int) -> None:
    """Ends with its parent, and leaves the parent's connections alone (the driver closes none of another process)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    for connection in connections.all(initialized_only=True):
        connection.connection = None
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")


@contextmanager
def _alone() -> Iterator[None]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            raise AlreadyAtIt
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])


def _run(name: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute((SQL / f"{name}.sql").read_text())


def _invent(order: Order) -> tuple[int, dict[str, str]]:
    return order.kecamatan, invent(order, _copy)


def _copy(target: str, lines: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.copy_expert(f"COPY {target} FROM STDIN", io.StringIO(lines))


def _sorted(examples: dict[str, str]) -> list[Example]:
    """Those most asked for first."""
    order = {shows: number for number, shows in enumerate(SHOWN)}
    return sorted(
        (Example(shows, nik) for shows, nik in examples.items()),
        key=lambda e: (order[e.shows.split()[0]], e.shows),
    )
