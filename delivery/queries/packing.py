"""What can be packed at Disdukcapil: printed cards in its hands that no block keeps and no hand-over has."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from tracking.codes import NoCode, decode
from tracking.models import Kecamatan

_READY = """
    FROM delivery_piece p JOIN tracking_card c ON c.id = p.card_id
    WHERE p.current AND p.holder = 'operator' AND c.stage = 'PRINTED' AND NOT c.blocked
        AND NOT EXISTS (SELECT FROM delivery_handovercard l WHERE l.card_id = c.id AND l.open)
"""


class Ready(NamedTuple):
    """Cards of a kecamatan that wait to be packed, since when the oldest."""

    kecamatan: Kecamatan
    cards: int
    oldest: datetime | None


def ready() -> list[Ready]:
    """One for each kecamatan."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT c.kecamatan_id, count(*), min(p.since) {_READY} GROUP BY 1")
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    return [
        Ready(kecamatan, *found.get(kecamatan.pk, (0, None)))
        for kecamatan in Kecamatan.objects.order_by("code")
    ]


class OfBatch(NamedTuple):
    """A print batch with cards to pack for a kecamatan."""

    batch: int
    at: datetime
    cards: int


def batches(kecamatan: int) -> list[OfBatch]:
    """The batches that printed them, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT b.batch_id, min(x.at), count(*) FROM (SELECT c.id {_READY} AND c.kecamatan_id = %s) r
            JOIN LATERAL (SELECT max(y.batch_id) AS batch_id FROM blanks_batchcard y WHERE y.card_id = r.id) b ON true
            JOIN blanks_printbatch x ON x.id = b.batch_id GROUP BY 1 ORDER BY 1 DESC LIMIT 50""",
            [kecamatan],
        )
        return [OfBatch(*row) for row in cursor.fetchall()]


def packable(kecamatan: int, cards: Sequence[int]) -> set[int]:
    """Which of these can be packed for a kecamatan now."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id {_READY} AND c.kecamatan_id = %s AND c.id = ANY (%s)", [kecamatan, list(cards)]
        )
        return {row[0] for row in cursor.fetchall()}


def by_scan(kecamatan: int, text: str) -> list[int]:
    """Cards to pack that a scan means: the code of a card, or the last digits of its blank (three or more)."""
    typed = text.strip()
    if typed.isascii() and typed.isdigit() and 3 <= len(typed) <= 18:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT c.id {_READY} AND c.kecamatan_id = %s AND p.number %% 10::numeric ^ %s = %s LIMIT 2",
                [kecamatan, len(typed), int(typed)],
            )
            return [row[0] for row in cursor.fetchall()]
    try:
        return list(packable(kecamatan, [decode(typed)]))
    except NoCode:
        return []
