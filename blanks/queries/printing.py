"""What is printed: who is next, what each batch holds, what came of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from tracking.codes import NoCode, decode
from tracking.models import Card, Kecamatan

from ..ledger import QUOTAS
from ..models import BatchCard, Late, PrintBatch, Reject
from ..models.serial import on_one_line

_NUMBER = re.compile(r"([A-Ca-c])\s*-?\s*0*([0-9]{1,9})")


@dataclass(frozen=True)
class Queue:
    """The queue of one kecamatan and the blanks it has."""

    kecamatan: Kecamatan
    waiting: int
    blocked: int
    quota: int
    open_batches: int
    open_cards: int
    oldest: datetime | None

    @property
    def printable(self) -> int:
        """How many the next batches can take before blanks or cards run out."""
        return min(self.waiting, self.quota)


def queues(kecamatan: int | None = None) -> list[Queue]:
    """One for each kecamatan, or for one. All from counters but the batches that are open."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT k.id, coalesce(h.waiting, 0), coalesce(h.blocked, 0), a.balance, coalesce(b.batches, 0),
                   coalesce(b.cards, 0), b.oldest
            FROM tracking_kecamatan k JOIN blanks_account a ON a.id = %s + k.id
            LEFT JOIN (SELECT kecamatan_id, sum(waiting) AS waiting, sum(blocked) AS blocked
                       FROM tracking_queuehead GROUP BY 1) h ON h.kecamatan_id = k.id
            LEFT JOIN (SELECT p.kecamatan_id, count(DISTINCT p.id) AS batches, count(*) AS cards, min(p.at) AS oldest
                       FROM blanks_batchcard c JOIN blanks_printbatch p ON p.id = c.batch_id
                       WHERE c.open GROUP BY 1) b ON b.kecamatan_id = k.id
            WHERE k.id = coalesce(%s, k.id) ORDER BY k.code""",
            [QUOTAS, kecamatan],
        )
        rows = cursor.fetchall()
    places = Kecamatan.objects.in_bulk()
    return [
        Queue(places[key], int(waiting), int(blocked), int(quota), int(batches), int(cards), oldest)
        for key, waiting, blocked, quota, batches, cards, oldest in rows
    ]


class BatchLine(NamedTuple):
    """One card of a batch: its number, whether it is still open, and what the printer last said of it."""

    line: int
    card_id: int
    number: str
    exception: bool
    open: bool
    left_to: str | None
    left_why: str | None
    outcome: str | None
    serial: str
    late: bool


_LINES = f"""
    SELECT b.line, b.card_id, b.letter || '-' || b.number, b.exception, b.open, b.left_to, b.left_why, r.outcome,
           coalesce(s.prefix || lpad(r.number::text, greatest(g.width, length(r.number::text)), '0'), ''),
           EXISTS (SELECT FROM blanks_late l WHERE l.result_id = r.id)
    FROM blanks_batchcard b
    LEFT JOIN LATERAL (SELECT * FROM blanks_result x WHERE x.batch_id = b.batch_id AND x.card_id = b.card_id
                       ORDER BY x.id DESC LIMIT 1) r ON true
    LEFT JOIN blanks_series s ON s.id = r.series_id
    LEFT JOIN blanks_range g ON g.series_id = r.series_id
        AND g.span @> ({on_one_line("r.series_id", "r.number")})
    WHERE b.batch_id = %s AND b.line > %s ORDER BY b.line LIMIT %s
"""


def lines(batch: PrintBatch, *, after: int = 0, most: int = 1_000_000) -> list[BatchLine]:
    """The cards of a batch as they stand, in the order in which they are printed."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [batch.pk, after, most])
        return [BatchLine(*row) for row in cursor.fetchall()]


class Finder:
    """Finds the cards of one batch by what stands on the sheet: the card's code or its queue number."""

    def __init__(self, batch: PrintBatch) -> None:
        rows = batch.cards.values_list("letter", "number", "card_id")
        self._cards = {(letter, number): card for letter, number, card in rows}
        self._own = set(self._cards.values())

    def card(self, text: str) -> int | None:
        """The card, or None for one that is not of this batch."""
        if number := _NUMBER.fullmatch(text.strip()):
            return self._cards.get((number[1].upper(), int(number[2])))
        try:
            card = decode(text)
        except NoCode:
            return None
        return card if card in self._own else None


def with_open(batches: Iterable[PrintBatch]) -> list[PrintBatch]:
    """The batches, each with how many of its cards are still open, as `left`."""
    known: list[Any] = list(batches)
    left: dict[int, int] = {}
    rows = BatchCard.objects.filter(batch_id__in=[batch.pk for batch in known], open=True)
    for batch_id in rows.values_list("batch_id", flat=True):
        left[batch_id] = left.get(batch_id, 0) + 1
    for batch in known:
        batch.left = left.get(batch.pk, 0)
    return known


def open_batches() -> QuerySet[PrintBatch]:
    """Batches of which the printer has not said all."""
    return PrintBatch.objects.filter(pk__in=BatchCard.objects.filter(open=True).values("batch_id"))


def open_rejects(batch: PrintBatch | None = None) -> QuerySet[Reject]:
    """Refused results that nobody has put right: the card is still open in its batch, or nobody knows which it was."""
    still_open = BatchCard.objects.filter(open=True)
    rows = Reject.objects.filter(batch_id__in=still_open.values("batch_id"))
    if batch:
        rows = rows.filter(batch=batch)
    unknown = rows.filter(card_id__isnull=True)
    return unknown | rows.filter(card_id__in=still_open.values("card_id"))


def unsettled() -> QuerySet[Late]:
    """Results that came for a card which had left its batch, and that nobody has looked into."""
    return Late.objects.filter(settled_at__isnull=True).select_related(
        "result__batch__kecamatan", "result__series"
    )


def stages(cards: Iterable[int]) -> dict[int, str]:
    """Where cards are now."""
    found = Card.objects.in_bulk(list(cards))
    return {key: str(card.get_stage_display()) for key, card in found.items()}  # type: ignore[attr-defined]


class SheetLine(NamedTuple):
    """A card on the print sheet. Its name is shown, so whoever calls for it puts that on record."""

    line: int
    card_id: int
    number: str
    name: str
    exception: bool


def sheet(batch: PrintBatch) -> list[SheetLine]:
    """The cards of a batch that are to be printed, with their names."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT b.line, b.card_id, b.letter || '-' || b.number, p.name, b.exception
            FROM blanks_batchcard b JOIN tracking_card c ON c.id = b.card_id
            JOIN tracking_citizen p ON p.id = c.citizen_id
            WHERE b.batch_id = %s AND b.open ORDER BY b.line""",
            [batch.pk],
        )
        return [SheetLine(*row) for row in cursor.fetchall()]
