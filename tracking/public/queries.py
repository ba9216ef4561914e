"""Reads of the public pages: a look-up, offices, figures. Figures come from counters alone."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from ..models import Office
from ..models.public import DISDUKCAPIL
from ..stages import Stage


class Found(NamedTuple):
    """The answer of tracking_lookup(): a card, or nothing and when data last came; or how long to wait."""

    wait: float
    busy: bool
    card_id: int | None
    version: int
    data_at: datetime | None


class Tile(NamedTuple):
    """A figure with its name and the page behind it."""

    figure: int
    name: str
    page: str


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


def tiles() -> list[Tile]:
    """Three figures for the first page and the widget."""
    count = _by_stage()
    return [
        Tile(count[Stage.DEDUPLICATING], _("sedang dicocokkan"), "statistics"),
        Tile(count[Stage.WAITING_FOR_BLANK], _("menunggu blanko"), "queues"),
        Tile(count[Stage.DELIVERED], _("sudah diterima"), "statistics"),
    ]


def _by_stage() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT stage, sum(n) FROM tracking_stagecount GROUP BY stage")
        return dict.fromkeys(Stage.values, 0) | {stage: int(n) for stage, n in cursor.fetchall()}
