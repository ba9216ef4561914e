"""When the supply will reach a place in the queue: a plain projection, widened by how wrong it has been so far.

The projection serves the queue day by day with the stock, the planned shipments, and the pace of printing up to
now. While blanks are rationed that pace says how few there were, not how fast the printers are: more blanks are
printed faster, so that they last until the next shipment, up to the best pace ever shown. The projection is then
made anew for days that have passed, with what was known on them, and compared with what came: the ratio of
the real waiting time to the projected one gives P50 and P90. Nothing here touches the database.
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
_LOOKED_BACK = 500
_BEST_OF = 365
_EVERY = 14
_PACE_DAYS = 60
_BEST_DAYS = 28  # the best pace is that of the best four weeks
_SPREAD_DAYS = 60  # nobody makes a shipment last longer than this on purpose
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


Ratios = tuple[float, float]
"""Of real to projected time, P50 and P90."""


@dataclass(frozen=True)
class Curve:
    """How many will have been printed by the end of each day from tomorrow on, likely and surely.

    `likely[n]` is the number of days until the place n of the city's queue is printed with P50; None: unsaid.
    """

    start: date
    cumulative: tuple[int, ...]
    stock: int
    planned: int
    ratios: tuple[
        Ratios, Ratios, Ratios
    ]  # for whom the stock serves, planned shipments, those that nobody has promised

    def range_of(self, place: float) -> tuple[date, date] | None:
        """P50 and P90 for a place in the city's queue, or None beyond what can be said."""
        if bisect_left(self.cumulative, place) >= len(self.cumulative):
            return None
        likely = surely = 1
        # never before those whom a surer supply serves
        for served, (half, nine_tenths) in zip(
            (self.stock, self.stock + self.planned, place), self.ratios, strict=True
        ):
            days = bisect_left(self.cumulative, min(place, served)) + 1
            likely, surely = max(likely, round(days * half)), max(surely, round(days * nine_tenths))
            if place <= served:
                break
        return self.start + timedelta(likely), self.start + timedelta(surely)


Working = Callable[[date], bool]


def forecast(past: Sequence[Day], plans: Sequence[Plan], is_working: Working) -> Curve | None:
    """The curve as of the last past day, or None if nobody can say: neither a plan nor three past shipments.

    `past` has every day without a gap, the last one is today.
    """
    if not past or not _can_say(past, plans, len(past) - 1):
        return None
    return Curve(
        past[-1].day,
        _projected(past, plans, len(past) - 1, is_working),
        past[-1].stock,
        _promised(plans, past[-1].day),
        _ratios(past, plans, is_working),
    )


def _can_say(past: Sequence[Day], plans: Sequence[Plan], at: int) -> bool:
    arrivals = sum(1 for day in past[: at + 1] if day.arrived > 0)
    return arrivals >= LEAST_PAST or bool(_known(plans, past[at].day))


def _known(plans: Sequence[Plan], today: date) -> list[Plan]:
    return [plan for plan in plans if plan.known <= today and (plan.ended is None or plan.ended > today)]


def _promised(plans: Sequence[Plan], today: date) -> int:
    return sum(plan.quantity for plan in _known(plans, today))


def _projected(
    past: Sequence[Day], plans: Sequence[Plan], at: int, is_working: Working, horizon: int = HORIZON
) -> tuple[int, ...]:
    """Printed by the end of each coming day, with what was known on the day `at`."""
    today = past[at].day
    coming = _arrivals(past, plans, at, horizon)
    usual = _pace(past, at, is_working)
    best = max(usual, _best_pace(past, at, is_working))
    stock, printed, pace = past[at].stock, [], usual
    for n in range(1, horizon + 1):
        stock += coming.get(n, 0)
        if n == 1 or n in coming:
            days = min((day - n for day in coming if day > n), default=_SPREAD_DAYS)
            pace = max(usual, min(best, stock * 7 // (5 * min(days, _SPREAD_DAYS))))
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
    """Cards a working day while there were blanks, stopped days counted too; what a weekend printed is theirs as well."""
    first = max(at - _PACE_DAYS, 0)
    days = [
        day
        for before, day in zip(past[first:at], past[first + 1 : at + 1], strict=True)
        if before.stock + day.arrived > 0 and (day.printed or day.stock)
    ]
    worked = sum(1 for day in days if is_working(day.day))
    return max(round(sum(day.printed for day in days) / worked), 1) if worked >= 3 else USUAL_PACE


def _best_pace(past: Sequence[Day], at: int, is_working: Working) -> int:
    """Cards a working day in the best four weeks of the last year: what the printers can do if there are blanks."""
    days = past[max(at - _BEST_OF, 0) : at + 1]
    printed = list(accumulate((day.printed for day in days), initial=0))
    worked = list(accumulate((is_working(day.day) for day in days), initial=0))
    return max(
        (
            (printed[n] - printed[n - _BEST_DAYS]) // max(worked[n] - worked[n - _BEST_DAYS], 1)
            for n in range(_BEST_DAYS, len(printed))
        ),
        default=0,
    )


def _ratios(past: Sequence[Day], plans: Sequence[Plan], is_working: Working) -> tuple[Ratios, Ratios, Ratios]:
    """By what the projection has been wrong: of those whom the stock served, plans, and what only used to come."""
    done = list(accumulate(day.printed for day in past))
    today = len(past) - 1
    wrong: tuple[list[float], ...] = ([], [], [])
    for at in range(today - _EVERY, max(today - _LOOKED_BACK, 0), -_EVERY):
        if not _can_say(past, plans, at):
            continue
        projected = _projected(past, plans, at, is_working, _LEVELS[-1])
        stock, planned = past[at].stock, _promised(plans, past[at].day)
        for wanted in {projected[level - 1] for level in _LEVELS} - {0}:
            days = bisect_left(projected, wanted) + 1
            reached = bisect_left(done, done[at] + wanted, lo=at)
            ratios = wrong[(wanted > stock) + (wanted > stock + planned)]
            if reached <= today:
                ratios.append((reached - at) / days)
            elif today - at > days:
                ratios.append((today - at) / days * 1.5)  # late already, and not there yet
    stocked, promised, hoped = map(_halfway_and_nine_tenths, wrong)
    return stocked, promised, hoped


def _halfway_and_nine_tenths(ratios: list[float]) -> Ratios:
    known = sorted([*ratios, *_PRIOR])
    return median(known), known[min(int(0.9 * len(known)), len(known) - 1)]
