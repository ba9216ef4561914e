"""From a number of cards to a database full of them: processes invent, PostgreSQL settles."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connections, transaction

from ..models import Freshness
from . import plan, staff
from .clock import FEED_AT, Clock
from .kecamatan import Order, invent, kelurahan_of_city

SQL = Path(__file__).parent / "sql"
SOURCE = "pusat"  # whose nightly files tell what the centre knows
ONE_AT_A_TIME = 0x656B7464
SHOWN = (
    "DEDUPLICATING", "HELD", "WAITING_FOR_BLANK", "DELIVERED", "RECORDED", "BLANK_ALLOCATED", "PRINTED",
    "AT_KECAMATAN", "OUT_FOR_DELIVERY", "RETURNED", "CANCELLED", "blocked",
)  # fmt: skip


class Example(NamedTuple):
    """A NIK to try, and what it shows."""

    shows: str
    nik: str


def seed(cards: int, *, seed: int, today: date) -> list[Example]:
    """Fill the demo's database anew. The same numbers and day give the same people and history.

    Asks for the owner's role. Nothing is to be seen of it until all is there, but for people without cards.
    """
    connections.close_all()  # no process inherits a connection
    with _processes() as pool:
        clock = Clock(today)
        actors = staff.actors()
        kelurahan = kelurahan_of_city()
        orders = [
            Order(kecamatan, fates, f"{seed} {cards} {kecamatan}", today, kelurahan, actors)
            for kecamatan, fates in enumerate(plan.fates(cards, seed), 1)
        ]
        with _alone():
            _run("stage")
            examples: dict[str, str] = {}
            order = sorted(orders, key=lambda o: -sum(o.fates.values()))
            found = dict(pool.imap_unordered(_invent, order))
            for kecamatan in sorted(found):
                examples = found[kecamatan] | examples
            with transaction.atomic(using="owner"):
                _run("settle")
                Freshness.objects.using("owner").update_or_create(
                    id=1, defaults={"at": clock.moment(clock.at(-1, FEED_AT))}
                )
            for table in ("citizen", "card", "event", "ticket", "block", "centralfact"):
                with connections["owner"].cursor() as cursor:
                    cursor.execute(f"VACUUM (ANALYZE) tracking_{table}")
    return _sorted(examples)


@contextmanager
def _processes() -> Iterator[Any]:
    processes = max(1, min(os.cpu_count() or 1, 8))
    with get_context("fork").Pool(processes, maxtasksperchild=None) as pool:
        yield pool


@contextmanager
def _alone() -> Iterator[None]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
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
    with _cursor() as cursor:
        cursor.copy_expert(f"COPY {target} FROM STDIN", io.StringIO(lines))


@cache
def _prepared() -> Any:
    connection = connections["owner"]
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    return connection


def _cursor() -> Any:
    return _prepared().cursor()


def _sorted(examples: dict[str, str]) -> list[Example]:
    """Those most asked for first."""
    order = {shows: number for number, shows in enumerate(SHOWN)}
    return sorted(
        (Example(shows, nik) for shows, nik in examples.items()),
        key=lambda e: (order[e.shows.split()[0]], e.shows),
    )
