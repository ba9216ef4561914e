"""Reads of what was published: which days, their roots and files, and figures over time.

For pages: `days`, `newest`, `trend`, `queue_trend`. All of it says how things stood at the end of a day, and costs what
it gives, however large the city is.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from ..models import Publication, PublishedFile
from ..stages import Stage


class TrendPoint(NamedTuple):
    """How many cards were in each stage at the end of a day, in the city or in one kecamatan; and outside the ledger."""

    day: date
    stages: dict[str, int]
    delivered_outside: int

    @property
    def cards(self) -> int:
        """All but the cancelled."""
        return sum(self.stages.values()) - self.stages[Stage.CANCELLED]


class QueuePoint(NamedTuple):
    """One kecamatan's queue at the end of a day: who waits in line, who was served on it, and out of turn."""

    day: date
    waiting: int
    served: int
    exceptions: int


def newest() -> Publication | None:
    """The last published day."""
    return Publication.objects.order_by("-day").first()


def days(most: int = 1_000_000) -> list[Publication]:
    """Published days, the newest first."""
    return list(Publication.objects.order_by("-day")[:most])


def published(day: date) -> Publication | None:
    return Publication.objects.filter(day=day).first()


def files_of(day: date) -> list[PublishedFile]:
    """The files of a day, in the order of the public log."""
    return list(PublishedFile.objects.filter(day=day).order_by("place"))


def file_of(day: date, name: str) -> PublishedFile | None:
    """One file by its name without its ending (`progres`, `antrean/bekasi-timur`)."""
    return PublishedFile.objects.filter(day=day, name=name).first()


def integrity() -> dict[str, Any]:
    """What integritas.json says: every day with its roots and the public root before it."""
    rows = Publication.objects.order_by("day").values_list("day", "public_root", "private_root", "events")
    said: list[dict[str, Any]] = []
    for day, public, private, events in rows:
        said.append(
            {
                "date": str(day),
                "public_root": bytes(public).hex(),
                "private_root": bytes(private).hex(),
                "events": events,
                "previous": said[-1]["public_root"] if said else None,
            }
        )
    return {"days": said}


def trend(since: date, until: date, kecamatan: int | None = None) -> list[TrendPoint]:
    """Stages at the end of each published day between two, both included; of one kecamatan, or of the city."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT day, stage, sum(n), sum(outside) FROM tracking_publishedcount"
            " WHERE day BETWEEN %s AND %s AND kecamatan_id = coalesce(%s, kecamatan_id) GROUP BY 1, 2 ORDER BY 1",
            [since, until, kecamatan],
        )
        return _points(cursor.fetchall())


def _points(rows: Iterable[tuple[date, str, int, int]]) -> list[TrendPoint]:
    found: dict[date, TrendPoint] = {}
    for day, stage, n, outside in rows:
        point = found.setdefault(day, TrendPoint(day, dict.fromkeys(Stage.values, 0), 0))
        point.stages[stage] = int(n)
        if stage == Stage.DELIVERED:
            found[day] = point._replace(delivered_outside=int(outside))
    return list(found.values())


def queue_trend(since: date, until: date, kecamatan: int | None = None) -> list[QueuePoint]:
    """A queue at the end of each published day between two; of one kecamatan, or of the city."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT day, sum(waiting), sum(served), sum(exceptions) FROM tracking_publishedqueue"
            " WHERE day BETWEEN %s AND %s AND kecamatan_id = coalesce(%s, kecamatan_id) GROUP BY 1 ORDER BY 1",
            [since, until, kecamatan],
        )
        return [QueuePoint(day, *map(int, figures)) for day, *figures in cursor.fetchall()]
