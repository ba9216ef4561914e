"""What an office sees at its counter: cards to collect, papers taken back, cards that the centre says are here."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Min, QuerySet

from tracking.models import Card
from tracking.stages import Stage

from ..models.counter import Paper, PaperList

# Papers of booked visits and of collections that stand, each but once; `%(kecamatan)s` is where the card was handed over.
_TAKEN = """
    SELECT t.card_id, t.kind, min(t.at) AS taken_at FROM (
        SELECT c.card_id, k.kind, c.at FROM delivery_collection c
        JOIN tracking_event e ON e.card_id = c.card_id AND e.id = c.event_id
        CROSS JOIN LATERAL (VALUES ('old_card', c.took_old_card), ('suket', c.took_suket),
                                   ('police_letter', c.took_police_letter)) k (kind, took)
        WHERE k.took AND delivery_kecamatan_of(c.actor) = %(kecamatan)s
          AND NOT EXISTS (SELECT FROM tracking_event x WHERE x.card_id = c.card_id AND x.corrects = c.event_id)
        UNION ALL
        SELECT r.card_id, k.kind, a.at FROM delivery_attempt a
        JOIN delivery_roundcard r ON r.id = a.place_id JOIN delivery_round d ON d.id = r.round_id
        CROSS JOIN LATERAL (VALUES ('old_card', a.took_old_card), ('suket', a.took_suket),
                                   ('police_letter', a.took_police_letter)) k (kind, took)
        WHERE k.took AND a.verdict = 'booked' AND d.kecamatan_id = %(kecamatan)s) t
    WHERE NOT EXISTS (SELECT FROM delivery_listedpaper l WHERE (l.card_id, l.kind) = (t.card_id, t.kind))
    GROUP BY 1, 2
"""
LIST_PAPERS = f"""
    INSERT INTO delivery_listedpaper (list_id, card_id, kind, taken_at)
    SELECT %(list)s, card_id, kind, taken_at FROM ({_TAKEN}) t ORDER BY card_id, kind
"""


class Taken(NamedTuple):
    """Papers that are not yet on a list: how many of each kind, and since when the oldest waits."""

    old_card: int
    suket: int
    police_letter: int
    oldest: datetime | None

    @property
    def all(self) -> int:
        return self.old_card + self.suket + self.police_letter


def taken(kecamatan: int) -> Taken:
    """Papers that wait at a kecamatan to be listed."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kind, count(*), min(taken_at) FROM ({_TAKEN}) t GROUP BY 1", {"kecamatan": kecamatan}
        )
        found = {kind: (count, oldest) for kind, count, oldest in cursor.fetchall()}
    counts = {kind: found.get(kind, (0, None))[0] for kind in Paper.values}
    return Taken(**counts, oldest=min((oldest for _count, oldest in found.values()), default=None))


def lists(kecamatan: int | None) -> QuerySet[PaperList]:
    """Lists of papers, newest first; of one kecamatan or of all."""
    found = PaperList.objects.select_related("kecamatan").order_by("-pk")
    return found if kecamatan is None else found.filter(kecamatan_id=kecamatan)


# Since when it lies here: what the centre said of a card that was found may be years old. Oldest first, so that the oldest
# of those counted is the oldest of all; and no more cards are looked at than are counted (see _THERE of rounds.py).
_RETURNED = """
WITH held AS MATERIALIZED (
    SELECT card_id, since FROM delivery_piece WHERE current AND holder = 'kecamatan' AND holder_id = %s)
SELECT count(*), min(since) FROM (
    SELECT p.since FROM (SELECT * FROM held ORDER BY since) p JOIN tracking_card c ON c.id = p.card_id
    WHERE c.stage = 'RETURNED' AND NOT c.blocked
    ORDER BY p.since LIMIT %s) x
"""


def count_returned(kecamatan: int, most: int) -> tuple[int, datetime | None]:
    """Cards that came back from a round and wait at this kecamatan for their citizen; since when the oldest.

    Counted up to a little more than `most`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RETURNED, [kecamatan, most + 1])
        count, oldest = cursor.fetchone()
    return count, oldest


def said_to_be_here(cards: QuerySet[Card]) -> QuerySet[Card]:
    """Cards outside the ledger that the centre says were shipped, and nobody has found or given up."""
    return cards.filter(stage=Stage.AT_KECAMATAN, outside_ledger=True, outside_confirmed=False)


def count_said_to_be_here(kecamatan: int, most: int) -> tuple[int, datetime | None]:
    """How many, counted up to a little more than `most`; since when the oldest, unless there are more."""
    found = said_to_be_here(Card.objects.filter(place=kecamatan)).order_by()[: most + 1].values("since")
    told = found.aggregate(n=Count("since"), oldest=Min("since"))
    return told["n"], told["oldest"] if told["n"] <= most else None
