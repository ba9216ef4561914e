"""On which days the office works: it prints on them, and deadlines are counted in them."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

import holidays

SATURDAY = 5

_closures: list[Callable[[], Iterable[date]]] = []


def register_closures(find: Callable[[], Iterable[date]]) -> None:
    """A room that keeps cuti bersama and other closed days says where they are."""
    _closures.append(find)


def working_days() -> Callable[[date], bool]:
    """Whether the office works on a day: no weekend, no national holiday, not closed (cuti bersama and the like)."""
    national = holidays.country_holidays("ID")
    closed = {day for find in _closures for day in find()}

    def is_working(day: date) -> bool:
        return day.weekday() < SATURDAY and day not in closed and day not in national

    return is_working


def after(day: date, count: int) -> date:
    """The day that is so many working days after this one."""
    is_working = working_days()
    while count:
        day += timedelta(days=1)
        count -= is_working(day)
    return day
