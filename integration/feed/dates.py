"""Dates and times of a feed, as microseconds since 2000-01-01 UTC (as PostgreSQL counts them).

Asia/Jakarta is UTC+7 all year, so a fixed offset is enough and much faster than a zone.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from .copyformat import EPOCH

JAKARTA = timezone(timedelta(hours=7))
SECOND = 1_000_000
DAY = 86_400 * SECOND
_JAKARTA_AHEAD = 7 * 3600 * SECOND
_EPOCH_DAY = date(2000, 1, 1).toordinal()
_FIRST_YEAR = 1900  # earlier is a typing error or a spreadsheet's zero

_INDONESIAN = re.compile(r"(\d\d)([-/])(\d\d)\2(\d{4})(?:[T ] *(\d\d:\d\d(?::\d\d)?))?", re.ASCII)
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d|\d{8})"
    r"(?:[T ](\d\d(?::?\d\d(?::?\d\d(?:[.,]\d+)?)?)?) ?(Z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_CACHED = 50_000  # days and clock times that are kept


class NoDate(ValueError):
    """Not one of the forms of the contract."""


class Dates:
    """Reads dates; remembers days and clock times, which repeat in every feed. Bounded."""

    def __init__(self) -> None:
        self._days: dict[str, int] = {}
        self._clocks: dict[str, int] = {}

    def read(self, text: str) -> tuple[int, int]:
        """First and last microsecond: equal for a time, a whole day apart for a date alone. Or NoDate."""
        days, clocks = self._days, self._clocks
        if len(text) == 19 and text[10] in " T":
            try:
                moment = days[text[:10]] + clocks[text[11:]]
            except KeyError:
                pass
            else:
                return moment, moment
        elif text in days:
            first = days[text]
            return first, first + DAY - 1
        return self._read_new(text)

    def _read_new(self, text: str) -> tuple[int, int]:
        parsed, has_time = parsed_date(text)
        moment = (parsed - EPOCH) // timedelta(microseconds=1)
        for known in (self._days, self._clocks):
            if len(known) > _CACHED:
                known.clear()
        if not has_time:
            if len(text) == 10:
                self._days[text] = moment
            return moment, moment + DAY - 1
        if len(text) == 19 and text[10] in " T" and text[13] == text[16] == ":":
            clock = (parsed.hour * 3600 + parsed.minute * 60 + parsed.second) * SECOND
            self._days[text[:10]] = moment - clock
            self._clocks[text[11:]] = clock
        return moment, moment


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
    return f"{EPOCH + timedelta(microseconds=moment + _JAKARTA_AHEAD):%d-%m-%Y %H:%M}"
