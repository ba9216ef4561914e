"""Make the day's forecast: from what came, was printed and is planned to a range for every queue number."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from tracking.calendar import working_days
from tracking.models import Forecast, ForecastRange, QueueHead
from tracking.models.forecast import EVERYBODY_AFTER

from ..forecast import Curve, Day, Plan, forecast
from ..models import PlannedShipment

ACCURACY_DAYS = 90
PROMISED_BEFORE = 28
"""A range counts as promised on the first forecast within so many days before the print."""
_FINE = 30  # days ahead that are told apart one by one; after them, weeks


class Accuracy(NamedTuple):
    """Of so many cards that had been promised a range, so many were printed by its end."""

    promised: int
    in_time: int


def refresh(*, today: date | None = None) -> Forecast:
    """Compute the ranges of all who wait, and keep them with the day. Costs by kecamatan, not by who waits."""
    day = today or timezone.localdate()
    past, plans = _past(day), _plans()
    curve = forecast(past, plans, working_days())
    with transaction.atomic():
        made = Forecast.objects.create(
            day=day,
            why="" if curve else Forecast.Why.NO_SUPPLY_KNOWN,
            basis={
                "stock": past[-1].stock if past else 0,
                "plans": [[p.quantity, str(p.earliest), str(p.latest)] for p in plans if p.ended is None],
                "arrivals": sum(1 for one in past if one.arrived > 0),
                "ratios": curve.ratios if curve else None,
                "accuracy": accuracy()._asdict(),
            },
        )
        if curve:
            ForecastRange.objects.bulk_create(_ranges(made.pk, curve))
    return made


def accuracy() -> Accuracy:
    """How true the promises of the last months were."""
    with connection.cursor() as cursor:
        cursor.execute(_ACCURACY, {"days": ACCURACY_DAYS, "before": PROMISED_BEFORE})
        return Accuracy(*cursor.fetchone())


def _ranges(forecast_id: int, curve: Curve) -> list[ForecastRange]:
    waiting: dict[int, dict[str, int]] = {}
    for head in QueueHead.objects.all():
        waiting.setdefault(head.kecamatan_id, {})[head.letter] = head.waiting
    total = sum(sum(letters.values()) for letters in waiting.values())
    levels = sorted({n for at, n in enumerate(curve.cumulative) if at < _FINE or at % 7 == 6})
    rows: list[ForecastRange] = []
    for kecamatan, letters in sorted(waiting.items()):
        mine = sum(letters.values())
        # blanks are divided by need: the city's queue passes a kecamatan in proportion to who waits there
        scale = max(total, 1) / max(mine, 1)
        places = sorted({int(level / scale) for level in levels} - {0})
        rows += _of_kecamatan(forecast_id, curve, kecamatan, letters, [p for p in places if p <= mine], scale)
    return rows


def _of_kecamatan(
    forecast_id: int, curve: Curve, kecamatan: int, letters: dict[str, int], places: list[int], scale: float
) -> list[ForecastRange]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tracking_letters()")
        order = cursor.fetchone()[0]
        cursor.execute("SELECT * FROM blanks_numbers_at(%s::smallint, %s)", [kecamatan, places])
        found = [
            (letter, number, curve.range_of(place * scale)) for place, letter, number in cursor.fetchall()
        ]
    before = 0
    for letter in order:
        before += letters.get(letter, 0)
        found.append((letter, EVERYBODY_AFTER, curve.range_of((before + 1) * scale)))
    return [
        ForecastRange(
            forecast_id=forecast_id,
            kecamatan_id=kecamatan,
            letter=letter,
            up_to=number,
            likely=given and given[0],
            surely=given and given[1],
        )
        for letter, number, given in found
    ]


def _plans() -> list[Plan]:
    return [
        Plan(
            plan.quantity,
            plan.earliest,
            plan.latest,
            timezone.localdate(plan.at),
            timezone.localdate(plan.ended_at) if plan.ended_at else None,
        )
        for plan in PlannedShipment.objects.all()
    ]


def _past(today: date) -> list[Day]:
    """Every day from the first movement until today: what came, what became cards, what was left."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS)
        moved: dict[date, tuple[Any, ...]] = {row[0]: row for row in cursor.fetchall()}
    if not moved:
        return []
    days, stock, day = [], 0, min(moved)
    while day <= today:
        _, arrived, used, change = moved.get(day, (day, 0, 0, 0))
        stock += int(change)
        days.append(Day(day, max(int(arrived), 0), max(int(used), 0), stock))
        day += timedelta(1)
    return days


_DAYS = """
SELECT (m.at AT TIME ZONE 'Asia/Jakarta')::date,
    sum(CASE WHEN m.cause IN ('received', 'surplus') THEN m.quantity WHEN m.cause = 'short' THEN -m.quantity ELSE 0 END),
    sum(CASE m.cause WHEN 'allocated' THEN m.quantity WHEN 'returned' THEN -m.quantity ELSE 0 END),
    sum(CASE WHEN t.place IN ('store', 'quota') THEN m.quantity ELSE 0 END
      - CASE WHEN f.place IN ('store', 'quota') THEN m.quantity ELSE 0 END)
FROM blanks_movement m JOIN blanks_account f ON f.id = m.from_account_id JOIN blanks_account t ON t.id = m.to_account_id
GROUP BY 1
"""
_ACCURACY = """
WITH days AS (SELECT DISTINCT ON (day) id, day FROM tracking_forecast ORDER BY day, id)
SELECT count(*), count(*) FILTER (WHERE printed <= surely) FROM (
    SELECT (b.at AT TIME ZONE 'Asia/Jakarta')::date AS printed, (
        SELECT r.surely FROM days d JOIN tracking_forecastrange r ON r.forecast_id = d.id
        WHERE d.day >= (greatest(t.drawn_at, b.at - %(before)s * interval '1 day') AT TIME ZONE 'Asia/Jakarta')::date
            AND d.day < (b.at AT TIME ZONE 'Asia/Jakarta')::date
            AND r.kecamatan_id = b.kecamatan_id AND r.letter = c.letter AND r.up_to >= c.number AND r.surely IS NOT NULL
        ORDER BY d.day, r.up_to LIMIT 1) AS surely
    FROM blanks_printbatch b JOIN blanks_batchcard c ON c.batch_id = b.id AND NOT c.exception
    JOIN tracking_ticket t ON t.card_id = c.card_id
    WHERE b.at > now() - %(days)s * interval '1 day') served
WHERE surely IS NOT NULL
"""
