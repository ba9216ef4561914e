"""Reads of the public pages: a look-up, offices, figures. Figures come from counters alone."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from ..models import Freshness, Kecamatan, Office, StageCount
from ..models.public import DISDUKCAPIL
from ..stages import Stage
from . import dates


class Found(NamedTuple):
    """The answer of tracking_lookup(): a card, or nothing and when data last came; or how long to wait."""

    wait: float
    busy: bool
    card_id: int | None
    version: int
    data_at: datetime | None


class Tile(NamedTuple):
    """A figure with its name, its moment and the page behind it."""

    figure: str
    name: str
    page: str


class Bar(NamedTuple):
    """A stage, how many cards are in it, and the length of its bar out of 100."""

    name: str
    figure: str
    length: int


class Figures(NamedTuple):
    """What /statistik/ shows."""

    share: str
    served: str
    outside: str
    all: str
    stages: list[Bar]
    places: list[tuple[str, list[str]]]
    columns: list[str]


def look_up(arguments: list[Any]) -> Found:
    """The card of a NIK, within the limits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM tracking_lookup(%s::uuid[], %s, %s, %s, %s, %s::uuid[])", arguments)
        return Found._make(cursor.fetchone())


def main_office() -> Office | None:
    """Where a citizen is sent when nothing nearer is known."""
    return Office.objects.filter(id=DISDUKCAPIL).first()


def offices() -> list[Office]:
    return list(Office.objects.all())


def moment(language: str) -> str:
    """Now, as these figures are: counters are exact at every moment."""
    return dates.full(dates.now(), language)


def data_at(language: str) -> str:
    """When data last came from the centre; empty before the first."""
    row = Freshness.objects.first()
    return dates.full(dates.local(row.at), language) if row else ""


def tiles(language: str) -> list[Tile]:
    """Three figures for the first page."""
    count = _by_stage()
    return [
        Tile(dates.figure(count[Stage.DEDUPLICATING], language), _("sedang dicocokkan"), "statistics"),
        Tile(dates.figure(count[Stage.WAITING_FOR_BLANK], language), _("menunggu blanko"), "queues"),
        Tile(dates.figure(count[Stage.DELIVERED], language), _("sudah diterima"), "statistics"),
    ]


def statistics(language: str) -> Figures:
    """Stages of the whole city and of each kecamatan; cards outside the ledger apart."""
    names = dict(Kecamatan.objects.values_list("id", "name"))
    by_place: dict[int, dict[str, int]] = {key: dict.fromkeys(Stage.values, 0) for key in names}
    outside = 0
    for row in StageCount.objects.all():
        by_place[row.kecamatan_id][row.stage] += row.n
        outside += row.n if row.outside and row.stage == Stage.DELIVERED else 0
    total = {stage: sum(counts[stage] for counts in by_place.values()) for stage in Stage.values}
    divisor = sum(total.values()) - total[Stage.CANCELLED]
    most = max(total.values()) or 1
    return Figures(
        share=_percent(total[Stage.DELIVERED], divisor, language),
        served=dates.figure(total[Stage.DELIVERED], language),
        outside=dates.figure(outside, language),
        all=dates.figure(divisor, language),
        stages=[
            Bar(str(stage.label), dates.figure(total[stage], language), round(100 * total[stage] / most))
            for stage in Stage
        ],
        places=[
            (name, [dates.figure(by_place[key][stage], language) for stage in Stage])
            for key, name in names.items()
        ],
        columns=[str(stage.label) for stage in Stage],
    )


def _percent(part: int, whole: int, language: str) -> str:
    """With one decimal, rounded down: 100 means all."""
    if not whole:
        return "–"
    tenths = 1000 * part // whole
    return f"{tenths // 10}{',' if language == 'id' else '.'}{tenths % 10}%"


def _by_stage() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT stage, sum(n) FROM tracking_stagecount GROUP BY stage")
        return dict.fromkeys(Stage.values, 0) | {stage: int(n) for stage, n in cursor.fetchall()}
