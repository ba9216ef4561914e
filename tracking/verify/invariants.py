"""Runs the named queries of invariants.sql in one snapshot, while the site goes on writing."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, transaction

from ..stages import (
    AT_TICKETS_KECAMATAN,
    CORRECTION_REASONS,
    FINAL,
    LED_BY_LEDGER,
    LETTER_OF_KIND,
    STEPS,
    Stage,
)
from . import door

FINDINGS_AN_INVARIANT = 20
_NAMED = re.compile(r"^-- name: (\w+)\n((?:-- [^\n]*\n)+)(.*?)(?=^-- name: |\Z)", re.MULTILINE | re.DOTALL)


class Invariant(NamedTuple):
    """One query, or a function of a cursor: a row for each thing that breaks it. `room` is whose it is."""

    name: str
    why: str
    sql: str
    room: str
    recount: Callable[[Any], Iterator[str]] | None = None


class Problem(NamedTuple):
    """One thing that differs."""

    invariant: str
    what: str


class Report(NamedTuple):
    """How many invariants were checked, and what breaks them."""

    checked: int
    problems: list[Problem]

    @property
    def ok(self) -> bool:
        return not self.problems

    def as_json(self) -> str:
        problems = [problem._asdict() for problem in self.problems]
        return json.dumps({"ok": self.ok, "checked": self.checked, "problems": problems}, ensure_ascii=False)


_OWN_PERCENT = re.compile(r"%(?!\()")  # of format() and of arithmetic: not ours to fill
_files = [Path(__file__).with_name("invariants.sql")]
_lists: list[Callable[[], dict[str, Any]]] = []
_recounts: list[Invariant] = []


def register(file: Path, lists: Callable[[], dict[str, Any]] = dict) -> None:
    """Another room's invariants, in a file of the same form, and the lists of its code that they compare with."""
    if file not in _files:
        _files.append(file)
        _lists.append(lists)


def register_recount(invariant: Invariant) -> None:
    """An invariant that a query alone can't recount."""
    if invariant not in _recounts:
        _recounts.append(invariant)


def invariants() -> list[Invariant]:
    """All of them: the queries, then what is recounted in other ways."""
    return [*_queries(), *_recounts]


def _queries() -> list[Invariant]:
    return [
        Invariant(
            name, why.replace("-- ", "").strip(), _OWN_PERCENT.sub("%%", sql.strip()), file.parent.parent.name
        )
        for file in _files
        for name, why, sql in _NAMED.findall(file.read_text())
    ]


def verify(tell: Callable[[Invariant], None] = lambda invariant: None) -> Report:
    """All invariants, of one moment. `tell` is called before each."""
    with _snapshot() as cursor:
        return check(cursor, tell)


def check(cursor: Any, tell: Callable[[Invariant], None] = lambda invariant: None) -> Report:
    """The same with a cursor of the caller's, in the transaction it is in."""
    checks, facts = invariants(), _facts()
    problems: list[Problem] = []
    for invariant in checks:
        tell(invariant)
        if invariant.recount:
            odd = islice(invariant.recount(cursor), FINDINGS_AN_INVARIANT)
            problems += [Problem(invariant.name, what) for what in odd]
            continue
        cursor.execute(
            f"SELECT what, count(*) OVER () FROM ({invariant.sql}) found LIMIT {FINDINGS_AN_INVARIANT}", facts
        )
        found = cursor.fetchall()
        problems += [Problem(invariant.name, what) for what, _ in found]
        if found and found[0][1] > len(found):
            problems.append(Problem(invariant.name, f"… dan {found[0][1] - len(found)} lagi"))
    return Report(len(checks), problems)


@contextmanager
def _snapshot() -> Iterator[Any]:
    nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if not nested:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT set_config('work_mem', '128MB', true), set_config('jit', 'off', true)")
        yield cursor


def _facts() -> dict[str, Any]:
    """The lists of the code that the queries compare with."""
    return {
        "steps": json.dumps([step._asdict() for step in STEPS]),
        "letters": json.dumps({str(kind): str(letter) for kind, letter in LETTER_OF_KIND.items()}),
        "correction_reasons": [str(reason) for reason in CORRECTION_REASONS],
        "led_by_ledger": [str(stage) for stage in LED_BY_LEDGER],
        "at_tickets_kecamatan": [str(stage) for stage in AT_TICKETS_KECAMATAN],
        "stages": Stage.values,
        "final": [str(stage) for stage in FINAL],
        **door.parts(),
        **{name: value for lists in _lists for name, value in lists().items()},
    }
