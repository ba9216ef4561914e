"""When the supply will reach a place in the queue: a plain projection, widened by how wrong it has been so far.

The projection serves the queue day by day with the stock, the planned shipments, and the pace of printing up to
now. It is then made anew for days that have passed, with what was known on them, and compared with what came:
the ratio of the real waiting time to the projected one gives P50 and P90. Nothing here touches the database.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, pairwise
from statistics import mean, median

HORIZON = 730
"""Days looked ahead; whoever comes later is told that nobody can say."""
LEAST_PAST = 3
"""Past shipments without which, and without a plan, nothing is said."""
USUAL_PACE = 500
"""Cards a working day, until the printers have shown their own."""
_LOOKED_BACK = 365
_EVERY = 14
_PACE_DAYS = 60
_LEVELS = (3, 7, 14, 21, 28, 42, 56, 84, 112, 168)
# What a forecast is taken to have been wrong by before it has shown it: right on average, late rather than early.
_PRIOR = (0.7, 1.0, 1.0, 1.2, 1.5, 1.8)


@dataclass(frozen=True)
class Plan:
    """A planned shipment, as it was known from `known` until `ended` (it came, or was called off)."""

    quantity: int
    earliest: date
    latest: date
    known: date
    ended: date | None = None


@dataclass(frozen=True)
class Day:
    """What happened on a day: blanks that arrived, cards that were printed, blanks left at its end."""

    day: date
    arrived: int
    printed: int
    stock: int


@dataclass(frozen=True)
class Curve:
    """How many will have been printed by the end of each day from tomorrow on, likely and surely.

    `likely[n]` is the number of days until the place n of the city's queue is printed with P50; None: unsaid.
    """

    start: date
    cumulative: tuple[int, ...]
    stock: int
    from_stock: tuple[float, float]  # ratios of real to projected time, P50 and P90
    from_supply: tuple[float, float]

    def range_of(self, place: float) -> tuple[date, date] | None:
        """P50 and P90 for a place in the city's queue, or None beyond what can be said."""
        days = bisect_left(self.cumulative, place) + 1
        if days > len(self.cumulative):
            return None
        ratios = self.from_stock if place <= self.stock else self.from_supply
        likely, surely = (max(round(days * ratio), 1) for ratio in ratios)
        return self.start + timedelta(likely), self.start + timedelta(surely)


Working = Callable[[date], bool]


def forecast(past: Sequence[Day], plans: Sequence[Plan], is_working: Working) -> Curve | None:
    """The curve as of the last past day, or None if nobody can say: neither a plan nor three past shipments.

    `past` has every day without a gap, the last one is today.
    """
    if not past or not _can_say(past, plans, len(past) - 1):
        return None
    from_stock, from_supply = _ratios(past, plans, is_working)
    return Curve(
        past[-1].day,
        _projected(past, plans, len(past) - 1, is_working),
        past[-1].stock,
        from_stock,
        from_supply,
    )


def _can_say(past: Sequence[Day], plans: Sequence[Plan], at: int) -> bool:
    arrivals = sum(1 for day in past[: at + 1] if day.arrived > 0)
    return arrivals >= LEAST_PAST or bool(_known(plans, past[at].day))


def _known(plans: Sequence[Plan], today: date) -> list[Plan]:
    return [plan for plan in plans if plan.known <= today and (plan.ended is None or plan.ended > today)]


def _projected(
    past: Sequence[Day], plans: Sequence[Plan], at: int, is_working: Working, horizon: int = HORIZON
) -> tuple[int, ...]:
    """Printed by the end of each coming day, with what was known on the day `at`."""
    today = past[at].day
    coming = _arrivals(past, plans, at, horizon)
    pace = _pace(past, at, is_working)
    stock, printed = past[at].stock, []
    for n in range(1, horizon + 1):
        stock += coming.get(n, 0)
        today_printed = min(pace, stock) if is_working(today + timedelta(n)) else 0
        stock -= today_printed
        printed.append(today_printed)
    return tuple(accumulate(printed))


def _arrivals(past: Sequence[Day], plans: Sequence[Plan], at: int, horizon: int) -> dict[int, int]:
    """Blanks that should come, by days from now: what is planned, then as often and as much as until now."""
    today = past[at].day
    coming: dict[int, int] = {}
    last = 0
    for plan in _known(plans, today):
        middle = ((plan.earliest - today).days + (plan.latest - today).days) // 2
        overdue = max((plan.latest - plan.earliest).days // 2, 7)
        n = middle if middle > 0 else max((plan.latest - today).days, overdue)
        coming[n] = coming.get(n, 0) + plan.quantity
        last = max(last, n)
    came = [day for day in past[: at + 1] if day.arrived > 0][-8:]
    if len(came) >= LEAST_PAST:
        gap = max(round(mean((b.day - a.day).days for a, b in pairwise(came))), 1)
        usual = round(mean(day.arrived for day in came))
        n = last + gap if last else max(gap - (today - came[-1].day).days, gap // 3 + 1)
        while n <= horizon:
            coming[n] = coming.get(n, 0) + usual
            n += gap
    return coming


def _pace(past: Sequence[Day], at: int, is_working: Working) -> int:
    """Cards a working day while there were blanks, stopped days counted too."""
    shown = [
        day.printed
        for before, day in zip(
            past[max(at - _PACE_DAYS, 0) : at], past[max(at - _PACE_DAYS, 0) + 1 : at + 1], strict=True
        )
        if is_working(day.day) and before.stock + day.arrived > 0 and (day.printed or day.stock)
    ]
    return max(round(mean(shown)), 1) if len(shown) >= 3 else USUAL_PACE


def _ratios(
    past: Sequence[Day], plans: Sequence[Plan], is_working: Working
) -> tuple[tuple[float, float], tuple[float, float]]:
    """By what the projection has been wrong, for those whom the stock serves and for those who wait for supply."""
    done = list(accumulate(day.printed for day in past))
    today = len(past) - 1
    wrong: tuple[list[float], list[float]] = ([], [])
    for at in range(today - _EVERY, max(today - _LOOKED_BACK, 0), -_EVERY):
        if not _can_say(past, plans, at):
            continue
        projected = _projected(past, plans, at, is_working, _LEVELS[-1])
        for wanted in {projected[level - 1] for level in _LEVELS} - {0}:
            days = bisect_left(projected, wanted) + 1
            reached = bisect_left(done, done[at] + wanted, lo=at)
            ratios = wrong[wanted > past[at].stock]
            if reached <= today:
                ratios.append((reached - at) / days)
            elif today - at > days:
                ratios.append((today - at) / days * 1.5)  # late already, and not there yet
    return _halfway_and_nine_tenths(wrong[0]), _halfway_and_nine_tenths(wrong[1])


def _halfway_and_nine_tenths(ratios: list[float]) -> tuple[float, float]:
    known = sorted([*ratios, *_PRIOR])
    return median(known), known[min(int(0.9 * len(known)), len(known) - 1)]
