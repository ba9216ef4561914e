"""Hand-overs as they stand: lists with counts, lines, a card found by what stands on it, where each card is now."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet

from tracking.codes import NoCode, decode, encode
from tracking.stages import Stage

from ..handovers import Outcome, Settled, State
from ..models import Handover, HandoverCard
from .custody import names
from .pieces import NAMED_SERIAL, SERIALS_OF_PIECES

_NUMBER = re.compile(r"([A-Ca-c])\s*-?\s*0*([0-9]{1,9})")
_DIGITS = re.compile(r"[0-9]{3,18}", re.ASCII)


def with_counts(found: QuerySet[Handover]) -> QuerySet[Handover]:
    """Each with `size`, `waiting`, `received`, `missing`, `damaged`; what was left out is not counted."""
    counts = {
        name: Count("lines", filter=Q(lines__outcome=outcome))
        for name, outcome in (
            ("waiting", Outcome.WAITING),
            ("received", Outcome.RECEIVED),
            ("missing", Outcome.MISSING),
            ("damaged", Outcome.DAMAGED),
        )
    }
    size = Count("lines", filter=~Q(lines__outcome=Outcome.LEFT))
    return found.annotate(size=size, **counts).select_related(
        "to_kecamatan", "from_kecamatan", "to_kelurahan", "officer"
    )


class Line(NamedTuple):
    """A card of a hand-over: how it is found, what was said of it, and when."""

    line: int
    card_id: int
    code: str
    number: str
    serial: str
    name: str
    outcome: str
    settled: str
    deadline: date | None
    at: datetime | None
    actor: str

    @property
    def said(self) -> str:
        """What was said of it, for a person."""
        label = str(Outcome(self.outcome).label)
        return f"{label}: {Settled(self.settled).label}" if self.settled else label


_LINES = f"""
    SELECT l.line, l.card_id, coalesce(t.letter || '-' || t.number, ''), {NAMED_SERIAL}, z.name, l.outcome, l.settled,
           l.deadline, l.at, l.actor
    FROM delivery_handovercard l JOIN delivery_piece p ON p.id = l.piece_id
    JOIN tracking_card c ON c.id = l.card_id JOIN tracking_citizen z ON z.id = c.citizen_id
    LEFT JOIN tracking_ticket t ON t.card_id = l.card_id {SERIALS_OF_PIECES}
    WHERE l.handover_id = %(handover)s AND l.outcome = ANY (%(outcomes)s) AND l.line > %(after)s
    ORDER BY {{order}} LIMIT %(most)s
"""


def lines(
    handover: int,
    outcomes: Iterable[Outcome] = tuple(Outcome),
    *,
    after: int = 0,
    most: int = 1_000_000,
    newest: bool = False,
) -> list[Line]:
    """Lines of a hand-over with names, in order or the newest said first: whoever calls for them puts that on record."""
    with connection.cursor() as cursor:
        cursor.execute(
            _LINES.format(order="l.at DESC, l.line DESC" if newest else "l.line"),
            {
                "handover": handover,
                "outcomes": [str(o.value) for o in outcomes],
                "after": after,
                "most": most,
            },
        )
        return [Line(line, card, encode(card), *rest) for line, card, *rest in cursor.fetchall()]


class NotOnTheList(LookupError):
    """Bukan dari daftar ini."""

    def __str__(self) -> str:
        return self.__doc__ or ""


class MoreDigits(LookupError):
    """Ada beberapa kartu dengan angka akhir itu. Ketik lebih banyak angka."""

    def __str__(self) -> str:
        return self.__doc__ or ""


def find(handover: int, text: str) -> HandoverCard:
    """The line that a scan or a few keys mean: the card's code, its queue number, or the blank's last digits."""
    rows = HandoverCard.objects.filter(handover_id=handover).exclude(outcome=Outcome.LEFT)
    typed = text.strip()
    if _DIGITS.fullmatch(typed):
        found = _by_serial(handover, typed)
    elif number := _NUMBER.fullmatch(typed):
        found = _by_number(handover, number[1].upper(), int(number[2]))
    else:
        try:
            found = list(rows.filter(card_id=decode(typed)).values_list("pk", flat=True))
        except NoCode:
            found = []
    if not found:
        raise NotOnTheList
    if len(found) > 1:
        raise MoreDigits
    return rows.get(pk=found[0])


def _by_serial(handover: int, digits: str) -> list[int]:
    return _keys(
        """SELECT l.id FROM delivery_handovercard l JOIN delivery_piece p ON p.id = l.piece_id
        WHERE l.handover_id = %s AND l.outcome <> 'left' AND p.number %% 10::numeric ^ %s = %s LIMIT 2""",
        [handover, len(digits), int(digits)],
    )


def _by_number(handover: int, letter: str, number: int) -> list[int]:
    return _keys(
        """SELECT l.id FROM delivery_handovercard l JOIN tracking_ticket t ON t.card_id = l.card_id
        WHERE l.handover_id = %s AND l.outcome <> 'left' AND (t.letter, t.number) = (%s, %s) LIMIT 2""",
        [handover, letter, number],
    )


def _keys(sql: str, params: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]


class Now(NamedTuple):
    """Where a card of a hand-over is now; `number` is its queue number, or the code of a card without one."""

    line: int
    card_id: int
    number: str
    said: str
    stage: str
    holder: str
    since: datetime | None


def where_now(handover: int) -> list[Now]:
    """Every card of a hand-over, spoiled ones too: its stage, and who has the piece that was handed over."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT l.line, l.card_id, coalesce(t.letter || '-' || t.number, ''), l.outcome, c.stage,
                   p.holder, p.holder_id, p.since
            FROM delivery_handovercard l JOIN delivery_piece p ON p.id = l.piece_id
            JOIN tracking_card c ON c.id = l.card_id LEFT JOIN tracking_ticket t ON t.card_id = l.card_id
            WHERE l.handover_id = %s ORDER BY l.line""",
            [handover],
        )
        rows = cursor.fetchall()
    named = names((row[5], row[6]) for row in rows)
    return [
        Now(
            line,
            card,
            number or encode(card),
            str(Outcome(outcome).label),
            str(Stage(stage).label),
            named[kind, which],
            since,
        )
        for line, card, number, outcome, stage, kind, which, since in rows
    ]


def count_open(found: QuerySet[Handover], outcome: Outcome | None = None) -> tuple[int, datetime | None]:
    """How many cards wait in these hand-overs, and since when the oldest of them."""
    waits = Q(lines__open=True) if outcome is None else Q(lines__outcome=outcome)
    told = found.aggregate(count=Count("lines", filter=waits), since=Min("released_at"), called=Min("at"))
    return told["count"], told["since"] or told["called"]


def missing(kecamatan: int | None) -> QuerySet[HandoverCard]:
    """Missing cards that an office released and has not settled (Disdukcapil: None)."""
    rows = HandoverCard.objects.filter(outcome=Outcome.MISSING, open=True)
    return rows.filter(handover__from_kecamatan=kecamatan).exclude(handover__state=State.WITHDRAWN)
