"""The demo's time: everything happened before the midnight (Jakarta) that begins `today`."""

from datetime import UTC, date, datetime, timedelta
from random import Random

DAY, HOUR, MINUTE = 86_400, 3_600, 60
JAKARTA = 7 * HOUR
INSTALLED = -360
"""The day on which the office began to use this site: all older cards came in that night."""
SHORTAGE = -150
"""From this day on there are hardly any blanks."""
FEED_AT = 23 * HOUR + 30 * MINUTE
OFFICE_OPENS, OFFICE_HOURS = 8 * HOUR, 8 * HOUR


class Clock:
    """Days are counted from today (yesterday is -1); times are seconds since 1970."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.midnight = int(datetime(today.year, today.month, today.day, tzinfo=UTC).timestamp()) - JAKARTA
        self._days: dict[int, str] = {}
        self._times = [f" {h:02}:{m:02}:{s:02}+07" for h in range(24) for m in range(60) for s in range(60)]

    def at_office(self, day: int, random: Random) -> int:
        """Some time in office hours."""
        return self.midnight + day * DAY + OFFICE_OPENS + int(random.random() * OFFICE_HOURS)

    def by_day(self, moment: int) -> int:
        """The same day, but not at night; what was later stays later."""
        day, second = divmod(moment - self.midnight, DAY)
        return self.at(day, OFFICE_OPENS + second * (OFFICE_HOURS + HOUR) // DAY)

    def at(self, day: int, second: int) -> int:
        return self.midnight + day * DAY + second

    def feed_after(self, moment: int) -> int:
        """The nightly file that first tells of this moment; the first file tells all that was before."""
        day = self.day(moment + DAY - FEED_AT)
        return self.at(max(day, INSTALLED), FEED_AT)

    def day(self, moment: int) -> int:
        return (moment - self.midnight) // DAY

    def batch(self, feed: int) -> int:
        """The running number of a nightly file."""
        return self.day(feed) - INSTALLED + 1

    def moment(self, at: int) -> datetime:
        return datetime.fromtimestamp(at, UTC)

    def text(self, moment: int) -> str:
        """A moment as PostgreSQL reads it, in Jakarta's time."""
        day, second = divmod(moment + JAKARTA, DAY)
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = str(date(1970, 1, 1) + timedelta(days=day))
        return known + self._times[second]


def busy_day(random: Random, first: int, last: int) -> int:
    """A day of recording between these: it comes in waves, as schools and mobile teams have their weeks."""
    for _ in range(4):
        day = first + int(random.random() * (last - first + 1))
        wave = day % 45
        if random.random() < (1.0 if wave < 12 else 0.35):
            return day
    return day


def days(of: date) -> int:
    """Seconds since 1970 of a day's beginning in Jakarta."""
    return int(datetime(of.year, of.month, of.day, tzinfo=UTC).timestamp()) - JAKARTA
