"""Dates and times of a feed, as microseconds since 2000-01-01 UTC (as PostgreSQL counts them).

Asia/Jakarta is UTC+7 all year, so a fixed offset is enough and much faster than a zone.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from .copyformat import EPOCH
from .values import bare

JAKARTA = timezone(timedelta(hours=7))
SECOND = 1_000_000
DAY = 86_400 * SECOND
_JAKARTA_AHEAD = 7 * 3600 * SECOND
_EPOCH_DAY = date(2000, 1, 1).toordinal()
_LAST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
_FIRST_YEAR = 1900  # earlier is a typing error or a spreadsheet's zero

_INDONESIAN = re.compile(r"(\d\d)([-/])(\d\d)\2(\d{4})(?:[T ](\d\d:\d\d(?::\d\d)?))?", re.ASCII)
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d|\d{8})"
    r"(?:[T ](\d\d(?::?\d\d(?::?\d\d(?:[.,]\d+)?)?)?) ?(Z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_REMEMBERED = 50_000  # days
_MINUTES = {f"{h:02}:{m:02}": (h * 60 + m) * 60 * SECOND for h in range(24) for m in range(60)}
_SECONDS = {f":{s:02}": s * SECOND for s in range(60)} | {"": 0}


class NoDate(ValueError):
    """Not one of the forms of the contract."""


class Dates:
    """Reads dates; remembers days, which repeat in every feed."""

    def __init__(self) -> None:
        self._days: dict[str, int] = {}

    def read(self, text: str) -> tuple[int, int]:
        """First and last microsecond: equal for a time, a whole day apart for a date alone. Or NoDate."""
        try:
            first = self._days[text[:10]]
            if len(text) == 10:
                return first, first + DAY - 1
            if text[10] in " T":
                first += _MINUTES[text[11:16]] + _SECONDS[text[16:]]
                return first, first
        except KeyError:
            pass
        trimmed = bare(text)
        return self._read_new(text) if trimmed == text else self.read(trimmed)

    def _read_new(self, text: str) -> tuple[int, int]:
        parsed, has_time = parsed_date(text)
        moment = (parsed - EPOCH) // timedelta(microseconds=1)
        if parsed.tzinfo is JAKARTA and (text[4] == "-" or text[2] in "-/"):
            if len(self._days) > _REMEMBERED:
                self._days.clear()
            midnight = parsed.replace(hour=0, minute=0, second=0, microsecond=0)
            self._days[text[:10]] = (midnight - EPOCH) // timedelta(microseconds=1)
        return (moment, moment) if has_time else (moment, moment + DAY - 1)


def parsed_date(text: str) -> tuple[datetime, bool]:
    """The moment (midnight in Jakarta for a date alone), and whether a time was given."""
    try:
        if match := _INDONESIAN.fullmatch(text):
            day, _, month, year, clock = match.groups()
            parsed = datetime.fromisoformat(f"{year}-{month}-{day}T{clock or '00:00'}")
        elif match := _ISO.fullmatch(text):
            on, clock, zone = match.groups()
            parsed = datetime.fromisoformat(f"{on}T{clock or '00:00'}{(zone or '').upper()}")
        else:
            raise NoDate
    except ValueError as error:
        raise NoDate from error
    if parsed.year < _FIRST_YEAR:
        raise NoDate
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=JAKARTA)), bool(clock)


def end_of_tomorrow(now: datetime | None = None) -> int:
    """The last microsecond of tomorrow in Jakarta."""
    today = (now or datetime.now(UTC)).astimezone(JAKARTA).toordinal()
    return (today + 2 - _EPOCH_DAY) * DAY - _JAKARTA_AHEAD - 1


def shown_moment(moment: int) -> str:
    """As a clock in Jakarta shows it; the last minute there is, where a zone would push it past the year 9999."""
    return f"{EPOCH + timedelta(microseconds=min(moment + _JAKARTA_AHEAD, _LAST)):%d-%m-%Y %H:%M}"
