"""What `/antrean/` and its pages by kecamatan say: whose turn it is, what is there to print on, what will come.

Every figure is a counter, or one of the few last rows of a list: the pages cost the same at any number of cards.
"""

from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from ..models import Forecast, Freshness, Kecamatan, LetterRule, QueueHead
from ..models.forecast import EVERYBODY_AFTER
from ..stages import Letter
from . import dates
from .supply import Batch, Division, Exceptions, Plan, supply

BATCHES = 5
"""Batches shown for a kecamatan."""
RANGES = 6
"""Steps in which the expected dates of a letter are shown."""

_STEPS = """
SELECT letter, CASE WHEN everybody THEN 0 ELSE max(up_to) END,
    (array_agg(likely ORDER BY up_to))[1], (array_agg(surely ORDER BY up_to DESC))[1]
FROM (SELECT letter, up_to, likely, surely, everybody,
             (row_number() OVER (w ORDER BY up_to) - 1) / ((count(*) OVER w + %(most)s - 1) / %(most)s) AS step
      FROM (SELECT *, up_to = %(everybody)s AS everybody FROM tracking_forecastrange) r
      WHERE forecast_id = %(forecast)s AND kecamatan_id = %(kecamatan)s AND (everybody OR likely IS NOT NULL)
      WINDOW w AS (PARTITION BY letter, everybody)) r
GROUP BY letter, everybody, step ORDER BY letter, everybody, step
"""


class Head(NamedTuple):
    """One letter's queue: the number last printed in turn (0: none yet), who waits, the last number drawn."""

    letter: str
    printed: int
    waiting: int
    blocked: int
    last: int

    @property
    def label(self) -> str:
        return str(Letter(self.letter).label)


class Queue(NamedTuple):
    """The queue of a kecamatan: its letters in the order in which they are served, its blanks, when data last came."""

    name: str
    slug: str
    heads: list[Head]
    blanks: int
    data_at: datetime | None

    @property
    def waiting(self) -> int:
        return sum(head.waiting for head in self.heads)

    @property
    def blocked(self) -> int:
        return sum(head.blocked for head in self.heads)

    @property
    def printed(self) -> list[Head]:
        """The letters of which something was printed."""
        return [head for head in self.heads if head.printed]


class Expected(NamedTuple):
    """Numbers of a letter up to `up_to` (0: whoever draws one now), likely and surely printed; None: nobody can say."""

    letter: str
    up_to: int
    likely: date | None
    surely: date | None


class Outlook(NamedTuple):
    """The last forecast: when it was made, how true those before it were, and what it says of a kecamatan."""

    day: date
    promised: int
    in_time: int
    expected: list[Expected]

    @property
    def of_hundred(self) -> int:
        """Of a hundred promises so many were kept, rounded down."""
        return 100 * self.in_time // self.promised if self.promised else 0


class Whole(NamedTuple):
    """`/antrean/`."""

    rows: list[Queue]
    store: int
    exceptions: Exceptions
    division: Division | None
    plans: list[Plan]
    outlook: Outlook | None
    rule: LetterRule | None

    @property
    def longest_unheard_of(self) -> Queue | None:
        """The kecamatan whose data is oldest, of those with any."""
        heard = [(row.data_at, row.slug, row) for row in self.rows if row.data_at]
        return min(heard)[2] if heard else None


class One(NamedTuple):
    """`/antrean/<kecamatan>/`. `exceptions`: here, this month and the one before."""

    queue: Queue
    batches: list[Batch]
    exceptions: tuple[int, int]
    division: Division | None
    plans: list[Plan]
    outlook: Outlook | None
    rule: LetterRule | None

    @property
    def given(self) -> object:
        """What this kecamatan got in the last division."""
        rows = self.division.rows if self.division else []
        return next((row for row in rows if row.slug == self.queue.slug), None)


def whole() -> Whole:
    """Every kecamatan."""
    known, rule = supply(), rule_in_force()
    return Whole(
        _queues(list(Kecamatan.objects.all()), rule),
        known.store(),
        known.exceptions(),
        known.division(),
        list(known.plans()),
        _outlook(None),
        rule,
    )


def one(slug: str) -> One | None:
    """One kecamatan; None if there is no such one."""
    place = Kecamatan.objects.filter(slug=slug).first()
    if place is None:
        return None
    known, rule = supply(), rule_in_force()
    return One(
        _queues([place], rule)[0],
        list(known.batches(place.id, BATCHES)),
        known.exceptions().kecamatan.get(place.id, (0, 0)),
        known.division(),
        list(known.plans()),
        _outlook(place.id),
        rule,
    )


def rule_in_force() -> LetterRule | None:
    """The order of letters today."""
    return LetterRule.objects.filter(valid_from__lte=dates.now().date()).first()


def _queues(places: list[Kecamatan], rule: LetterRule | None) -> list[Queue]:
    known = supply()
    printed, blanks, fresh = (
        known.printed([place.id for place in places]),
        known.quotas(),
        Freshness.objects.in_bulk(),
    )
    heads: dict[int, dict[str, QueueHead]] = {}
    for row in QueueHead.objects.filter(kecamatan_id__in=[place.id for place in places]):
        heads.setdefault(row.kecamatan_id, {})[row.letter] = row
    return [
        Queue(
            place.name,
            place.slug,
            [
                Head(
                    letter,
                    printed.get((place.id, letter), 0),
                    head.waiting,
                    head.blocked,
                    head.last_number,
                )
                for letter in (rule.letters if rule else Letter.values)
                if (head := heads.get(place.id, {}).get(letter))
            ],
            blanks.get(place.id, 0),
            dates.local(fresh[place.id].at) if place.id in fresh else None,
        )
        for place in places
    ]


def _outlook(kecamatan_id: int | None) -> Outlook | None:
    """None before the first forecast."""
    made = Forecast.objects.order_by("-id").first()
    if made is None:
        return None
    true = made.basis.get("accuracy") or {}
    return Outlook(
        made.day,
        true.get("promised", 0),
        true.get("in_time", 0),
        _stepwise(made.pk, kecamatan_id) if kecamatan_id else [],
    )


def _stepwise(forecast_id: int, kecamatan_id: int) -> list[Expected]:
    """A few steps of many: each from the likely day of its first range to the sure day of its last."""
    with connection.cursor() as cursor:
        told = {
            "forecast": forecast_id,
            "kecamatan": kecamatan_id,
            "everybody": EVERYBODY_AFTER,
            "most": RANGES,
        }
        cursor.execute(_STEPS, told)
        return [Expected(*row) for row in cursor.fetchall()]
