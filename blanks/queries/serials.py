"""Where serials are and were: looked up by what stands on the blank."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from staff.typed import number_in

from ..ledger import FREE
from ..models import Document, Range, Series
from ..models.serial import on_one_line
from ..serials import SerialText
from ..spans import Span

MOST_CHOSEN = 500
"""Spoiled blanks that one page offers at once."""


class Found(NamedTuple):
    """A serial: whether it was ever received, where it is now, and the card it was printed for."""

    serial: SerialText
    received: bool
    place: str
    card_id: int | None


def look_up(named: Sequence[SerialText]) -> list[Found]:
    """Where each of these is now, in the same order."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_UP, [[one.prefix for one in named], [one.number for one in named]])
        rows = cursor.fetchall()
    return [
        Found(SerialText(one.prefix, one.number, width or one.width), width is not None, place, card)
        for one, (width, place, card) in zip(named, rows, strict=True)
    ]


_LOOK_UP = f"""
SELECT r.width, coalesce(s.place, '{FREE}'), s.card_id
FROM unnest(%s::text[], %s::bigint[]) WITH ORDINALITY u (prefix, number, n)
LEFT JOIN blanks_series x ON x.prefix = u.prefix
LEFT JOIN blanks_range r ON r.span @> ({on_one_line("x.id", "u.number")})
LEFT JOIN blanks_serial s ON s.series_id = x.id AND s.number = u.number
ORDER BY u.n
"""


class Received(NamedTuple):
    """Serials of a list that came before, and with which document."""

    span: Span
    document: Document


def received_before(spans: Iterable[Span]) -> list[Received]:
    """For each span the first range, if any, that has one of its serials."""
    found = []
    series = dict(Series.objects.values_list("prefix", "id"))
    for span in spans:
        rows = Range.objects.filter(
            series_id=series.get(span.prefix, 0), first__lte=span.last, last__gte=span.first
        )
        if before := rows.select_related("document").order_by("first").first():
            first, last = max(before.first, span.first), min(before.last, span.last)
            found.append(Received(span._replace(first=first, last=last), before.document))
    return found


class Spoiled(NamedTuple):
    """A blank that waits for the shredder."""

    key: str
    serial: str
    since: datetime
    card_id: int | None


def spoiled(most: int = MOST_CHOSEN) -> list[Spoiled]:
    """Spoiled blanks that are there now, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_SPOILED, [most])
        return [Spoiled(*row) for row in cursor.fetchall()]


_SPOILED = f"""
SELECT s.series_id || ':' || s.number, x.prefix || lpad(s.number::text, greatest(r.width, length(s.number::text)), '0'),
       m.at, s.card_id
FROM blanks_serial s JOIN blanks_series x ON x.id = s.series_id
JOIN blanks_range r ON r.span @> ({on_one_line("s.series_id", "s.number")})
JOIN blanks_serialmove m ON m.id = s.move_id
WHERE s.place = 'spoiled' ORDER BY m.id LIMIT %s
"""


def by_keys(keys: Iterable[str]) -> list[SerialText]:
    """Serials by the keys that `spoiled` gave; what is no key is left out."""
    pairs = [key.partition(":") for key in keys]
    known = [(number_in(a, 4), number_in(b)) for a, _colon, b in pairs]
    prefixes = dict(Series.objects.values_list("id", "prefix"))
    return [
        SerialText(prefixes[series], number, 1)
        for series, number in known
        if series in prefixes and number is not None
    ]


class Move(NamedTuple):
    """One line of a serial's history."""

    at: datetime
    from_place: str
    to_place: str
    cause: str
    reason: str
    actor: str
    document_id: int | None
    document: str
    card_id: int | None
    batch_id: int | None


def history(serial: SerialText) -> list[Move]:
    """Each time that a blank came somewhere else, the oldest first; its receipt is not among them."""
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, [serial.number, serial.prefix])
        return [Move(*row) for row in cursor.fetchall()]


# What a card's step did has no movement of its own where the blank stays in the account; the batch is the one
# in which the serial was said.
_HISTORY = """
SELECT v.at, v.from_place, v.to_place, coalesce(m.cause, ''), coalesce(m.reason, ''),
       coalesce(m.actor, e.actor, ''), m.document_id, coalesce(d.number, ''), v.card_id,
       CASE WHEN v.to_place <> 'free' THEN e.batch_id END
FROM blanks_series x JOIN blanks_serialmove v ON v.series_id = x.id AND v.number = %s
LEFT JOIN blanks_movement m ON m.id = v.movement_id
LEFT JOIN blanks_document d ON d.id = m.document_id
LEFT JOIN LATERAL (
    SELECT r.batch_id, r.actor FROM blanks_batchcard b
    JOIN blanks_result r ON r.batch_id = b.batch_id AND r.card_id = b.card_id
    WHERE b.card_id = v.card_id AND r.series_id = v.series_id AND r.number = v.number AND r.at = v.at
    LIMIT 1) e ON m.document_id IS NULL
WHERE x.prefix = %s ORDER BY v.id
"""
