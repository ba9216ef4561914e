"""Dates and figures as the pages write them: 5 Oktober 2017 pukul 10.42; 98.213; in English 98,213."""

from datetime import UTC, date, datetime, timedelta, timezone

AHEAD = 7 * 3600
"""Seconds that Jakarta's clock is ahead of UTC."""
JAKARTA = timezone(timedelta(seconds=AHEAD))

_ID = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
_EN = "January February March April May June July August September October November December"
_DAYS = {"id": ("hari ini", "kemarin"), "en": ("today", "yesterday")}
_MONTHS = {"id": _ID.split(), "en": _EN.split()}


def at(epoch: int) -> datetime:
    """That moment, as Jakarta's clock shows it."""
    return datetime.fromtimestamp(epoch, JAKARTA)


def local(moment: datetime) -> datetime:
    return moment.astimezone(JAKARTA)


def day(moment: date, language: str) -> str:
    return f"{moment.day} {_MONTHS[language][moment.month - 1]} {moment.year}"


def span(first: date, last: date, language: str) -> str:
    """5–19 Oktober 2017; what both days share is said once."""
    if first == last:
        return day(last, language)
    month, other = (_MONTHS[language][one.month - 1] for one in (first, last))
    if first.year != last.year:
        return f"{day(first, language)} – {day(last, language)}"
    if month != other:
        return f"{first.day} {month} – {day(last, language)}"
    return f"{first.day}–{day(last, language)}"


def clock(moment: datetime, language: str) -> str:
    return f"pukul {moment:%H.%M}" if language == "id" else f"{moment:%H:%M}"


def full(moment: datetime, language: str) -> str:
    separator = " " if language == "id" else ", "
    return f"{day(moment, language)}{separator}{clock(moment, language)}"


def ago(moment: datetime, language: str, today: date) -> str:
    """How old: hari ini pukul 02.00; kemarin pukul 02.00; before that the day alone."""
    days = (today - moment.date()).days
    if days > 1:
        return day(moment, language)
    separator = " " if language == "id" else ", "
    return f"{_DAYS[language][days == 1]}{separator}{clock(moment, language)}"


def figure(number: int, language: str) -> str:
    text = f"{number:,}"
    return text.replace(",", ".") if language == "id" else text


def now() -> datetime:
    return datetime.now(UTC).astimezone(JAKARTA)
