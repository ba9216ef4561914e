"""The files of a day: which there are, and how their lines are written, kept and hashed.

The public log is all lines of all files in their order, each behind its file's name; its tree's leaf 0 is the root
of the day before. So every published row is under the root, and whoever has the files has the log.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection

from ..models import PublishedFile, PublishedPart
from ..spreadsheets import csv_line
from ..stages import AT_TICKETS_KECAMATAN, Stage
from .merkle import Tree

PART = 1 << 20  # characters kept in one row, about
FIRST, LAST = "hari", "antrean/"
_NAMED = re.compile(r"^-- file: (\S+)\n-- ([^\n]+)\n(.*?)(?=^-- file: |\Z)", re.MULTILINE | re.DOTALL)
_OWN_PERCENT = re.compile(r"%(?!\()")

Rows = Iterable[Iterable[object]]


class Day(NamedTuple):
    """A day that is being closed."""

    day: date
    before: date | None
    until: datetime

    def facts(self) -> dict[str, Any]:
        """What the queries are told."""
        return {
            **self._asdict(),
            "stages": [str(stage) for stage in Stage],
            "at_tickets": [str(stage) for stage in AT_TICKETS_KECAMATAN],
        }


class File(NamedTuple):
    """A file by its name, without its ending: one query gives its rows, or a function of the day."""

    name: str
    header: str
    rows: str | Callable[[Day], Rows]


_files: list[File] = []
_sets: list[tuple[str, str]] = [("event", "tracking_event")]


def register(path: Path, *more: File, sets: Iterable[tuple[str, str]] = ()) -> None:
    """Another room's files: queries in a file of the same form, functions, and the tables that they take a day from.

    `sets`: (source, table) of append-only tables with `id` and `at`; the day's rows are in tracking_publishedset.
    """
    _sets.extend(one for one in sets if one not in _sets)
    known = {file.name for file in _files}
    found = [File(name, header, query.strip()) for name, header, query in _NAMED.findall(path.read_text())]
    _files.extend(file for file in (*found, *more) if file.name not in known)


def files() -> list[File]:
    """All but the day's own line and the queues' logs, in the order of the public log."""
    return list(_files)


def sets() -> list[tuple[str, str]]:
    return list(_sets)


class Log:
    """The public log of one day, as its files are written one after the other."""

    def __init__(self, day: Day, previous: bytes) -> None:
        self.day = day
        self.tree = Tree()
        self.tree.add(previous)
        self.place = 0

    @property
    def lines(self) -> int:
        return self.tree.size - 1

    def write(self, file: File) -> None:
        """Write a file of this day, all its lines."""
        target = _Written(self, file.name)
        if isinstance(file.rows, str):
            with connection.cursor() as cursor:
                query = cursor.mogrify(_OWN_PERCENT.sub("%%", file.rows), self.day.facts()).decode()
                cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv)", target)
        else:
            for row in file.rows(self.day):
                target.write(csv_line(row).rstrip("\r\n").encode() + b"\n")
        target.end(file.header)


class _Written:
    """Takes lines of CSV, keeps them in parts and hashes each."""

    def __init__(self, log: Log, name: str) -> None:
        self._log, self._name = log, name
        self._prefix = b"\x00" + f"{name},".encode()
        self._parts = self._held = self._lines = self._size = 0
        self._kept: list[bytes] = []
        self._digest = sha256()

    def write(self, data: bytes) -> int:
        """Whole lines; no field has a line break in it."""
        add, prefix = self._log.tree.add_hash, self._prefix
        for line in data.splitlines():
            add(sha256(prefix + line).digest())
            self._lines += 1
        self._kept.append(data)
        self._held += len(data)
        if self._held >= PART:
            self._keep()
        return len(data)

    def end(self, header: str) -> None:
        self._keep()
        digest = sha256(f"{header}\n".encode() + self._digest.digest()).hexdigest()
        PublishedFile.objects.create(
            day=self._log.day.day, name=self._name, place=self._log.place, header=header,
            lines=self._lines, size=self._size + len(header) + 1, digest=digest,
        )  # fmt: skip
        self._log.place += 1

    def _keep(self) -> None:
        if not self._held:
            return
        data = b"".join(self._kept)
        self._digest.update(data)
        self._size += len(data)
        PublishedPart.objects.create(
            day=self._log.day.day, name=self._name, n=self._parts, text=data.decode()
        )
        self._parts, self._held = self._parts + 1, 0
        self._kept.clear()


def text_of(file: PublishedFile) -> Iterator[str]:
    """A published file from its header on, part by part."""
    yield f"{file.header}\n"
    for n in range(-(-file.size // PART) + 1):
        part = PublishedPart.objects.filter(day=file.day, name=file.name, n=n).first()
        if part is None:
            return
        yield part.text


def log_of(day: date) -> Iterator[str]:
    """The public log of a day: all lines of its files, each behind its file's name."""
    for file in PublishedFile.objects.filter(day=day).order_by("place"):
        parts = text_of(file)
        next(parts)
        for part in parts:
            yield "".join(f"{file.name},{line}\n" for line in part.splitlines())


register(Path(__file__).with_name("files.sql"))
