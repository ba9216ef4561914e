"""On which days the office prints."""

from collections.abc import Callable
from datetime import date

import holidays

from .models import Closure

SATURDAY = 5


def working_days() -> Callable[[date], bool]:
    """Whether the office works on a day: no weekend, no national holiday, not closed (cuti bersama and the like)."""
    national = holidays.country_holidays("ID")
    closed = set(Closure.objects.values_list("day", flat=True))

    def is_working(day: date) -> bool:
        return day.weekday() < SATURDAY and day not in closed and day not in national

    return is_working
