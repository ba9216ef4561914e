"""A back-test of the forecast on invented histories: nine of ten promises are kept, whatever the supply is like."""

from bisect import bisect_left
from datetime import date, timedelta
from itertools import accumulate
from random import Random

import pytest

from blanks.forecast import HORIZON, Day, Plan, forecast

START = date(2015, 1, 1)
DAYS = 1100
PATTERNS = {
    # days between shipments, quantity, window of the plan, days late, known how long before
    "monthly and on time": lambda r: (
        r.randint(25, 35),
        r.randint(6000, 9000),
        r.randint(5, 20),
        r.randint(-5, 10),
        60,
    ),
    "late tenders": lambda r: (
        r.randint(30, 60),
        r.randint(5000, 12000),
        r.randint(7, 30),
        int(r.expovariate(1 / 20)),
        60,
    ),
    "erratic": lambda r: (
        r.choice([7, 14, 40, 90]),
        r.choice([1000, 3000, 20000]),
        20,
        r.randint(-10, 40),
        30,
    ),
    "never planned": lambda r: (r.randint(20, 50), r.randint(4000, 9000), 0, 0, None),
    "few and large": lambda r: (r.randint(100, 160), r.randint(30000, 60000), 30, r.randint(-5, 45), 90),
}
PLACES = (200, 1000, 3000, 6000, 10000, 20000)


def is_working(day: date) -> bool:
    return day.weekday() < 5


def history(random: Random, pattern: str) -> tuple[list[Day], list[Plan]]:
    """Three years with a queue that never ends; the printer stops three times for up to 25 days."""
    arrivals: dict[int, int] = {}
    plans, due = [], 10
    while due < DAYS:
        gap, quantity, window, late, known = PATTERNS[pattern](random)
        due += gap
        came = due + (late if known else 0)
        arrivals[came] = arrivals.get(came, 0) + quantity
        if known:
            plans.append(Plan(quantity, on(due - window), on(due), on(max(0, due - known)), on(came)))
    stopped: set[int] = set()
    for _ in range(3):
        first = random.randint(200, DAYS - 100)
        stopped |= set(range(first, first + random.randint(5, 25)))
    pace, stock, past = random.randint(200, 800), 0, []
    for n in range(DAYS):
        stock += arrivals.get(n, 0)
        works = is_working(on(n)) and n not in stopped
        printed = min(stock, max(0, int(random.gauss(pace, pace * 0.15)))) if works else 0
        stock -= printed
        past.append(Day(on(n), arrivals.get(n, 0), printed, stock))
    return past, plans


def on(n: int) -> date:
    return START + timedelta(n)


def kept(pattern: str) -> list[bool]:
    """Of many promises made over a year and a half, which were kept."""
    found = []
    for number in range(6):
        past, plans = history(Random(f"{pattern} {number}"), pattern)
        done = list(accumulate(day.printed for day in past))
        for at in range(150, 700, 30):
            curve = forecast(past[: at + 1], plans, is_working)
            for place in PLACES if curve else ():
                given = curve.range_of(place)
                reached = bisect_left(done, done[at] + place)
                if given and reached < len(done):
                    found.append(past[reached].day <= given[1])
    return found


@pytest.mark.parametrize("pattern", PATTERNS)
def test_nine_of_ten_ranges_hold(pattern: str) -> None:
    promises = kept(pattern)
    assert len(promises) > 400
    assert 0.85 <= sum(promises) / len(promises) <= 0.95


def test_over_all_patterns_nine_of_ten_ranges_hold() -> None:
    promises = [one for pattern in PATTERNS for one in kept(pattern)]
    assert 0.87 <= sum(promises) / len(promises) <= 0.93


def rationed() -> list[Day]:
    """Half a year of plenty, 600 a working day; then rounds every second weekend with what came two months before."""
    past, stock = [], 0
    for n in range(360):
        arrived = (13_000 if n % 30 == 1 else 0) if n < 180 else (4_000 if n % 56 == 1 else 0)
        stock += arrived
        printed = min(600 if n < 180 and is_working(on(n)) else 0, stock)
        if n >= 180 and n % 14 < 2:
            printed = min(500, stock)
        stock -= printed
        past.append(Day(on(n), arrived, printed, stock))
    return past


def test_rationing_is_no_slow_printer() -> None:
    past = rationed()
    plan = Plan(40_000, on(375), on(385), known=on(340))
    curve = forecast(past, [plan], is_working)
    assert curve
    given = curve.range_of(past[-1].stock + 20_000)
    assert given
    # it comes in three weeks, and 20,000 are printed in 34 working days at the pace of the plenty
    assert on(395) < given[0] < on(440)
    assert given[1] < on(490)


def test_what_a_weekend_printed_counts() -> None:
    """Else an office that prints on Saturdays alone has hardly any pace."""
    past = [
        Day(on(n), 60_000 if n == 1 else 0, 700 if n > 1 and on(n).weekday() == 5 else 0, 60_000)
        for n in range(120)
    ]
    curve = forecast(past, [Plan(9000, on(130), on(140), known=on(1))], is_working)
    assert curve
    week = curve.cumulative[6]
    assert 650 <= week <= 750


def test_without_a_plan_and_three_shipments_nothing_is_said() -> None:
    past = [Day(on(n), 500 if n in (1, 9) else 0, 100, 300) for n in range(20)]
    assert forecast(past, [], is_working) is None
    assert forecast([], [], is_working) is None


def test_a_third_shipment_or_a_plan_is_enough_to_say_something() -> None:
    past = [Day(on(n), 500 if n in (1, 9) else 0, 100, 300) for n in range(20)]
    plan = Plan(5000, on(30), on(40), known=on(15))
    assert forecast(past, [plan], is_working)
    third = [*past, Day(on(20), 500, 0, 800)]
    assert forecast(third, [], is_working)


def test_a_plan_that_was_called_off_says_nothing_any_more() -> None:
    past = [Day(on(n), 0, 0, 0) for n in range(20)]
    assert forecast(past, [Plan(5000, on(30), on(40), known=on(5), ended=on(10))], is_working) is None


def test_a_better_place_is_never_promised_later() -> None:
    past, plans = history(Random("order"), "late tenders")
    curve = forecast(past[:600], plans, is_working)
    assert curve
    ranges = [curve.range_of(place) for place in range(1, 30000, 500)]
    said = [given for given in ranges if given]
    assert said == sorted(said)


def test_beyond_what_the_supply_can_reach_nothing_is_said() -> None:
    past = [Day(on(n), 0, 0, 0) for n in range(20)]
    curve = forecast(past, [Plan(1000, on(30), on(40), known=on(5))], is_working)
    assert curve
    assert curve.range_of(1000) and curve.range_of(1001) is None
    assert len(curve.cumulative) == HORIZON
