"""Many serials as people write them: `101, 105-110`."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from . import serials
from .serials import SerialText

MOST_NAMED = 20_000
"""Serials that one document names one by one; a range that is received may be of any length."""

_BETWEEN = re.compile(r"[,;\n]+")
_TWO = re.compile(r"\d\s+\d")
# the plain hyphen last: it may be part of a prefix
_THROUGH = (
    re.compile(r"(.+?)\s*(?:\bs\.?\s?/?d\.?\s|\bsampai\b|\.\.+|–|—)\s*(.+)", re.IGNORECASE),
    re.compile(r"(.+?)\s-\s(.+)"),
    re.compile(r"(.*\d)\s*-\s*(.*\d)"),
)


class NoSpans(ValueError):
    """A list of serials that cannot be read; its text says which part and how to write it."""


class Span(NamedTuple):
    """Serials from first to last of one series, as they stand on the blanks."""

    prefix: str
    first: int
    last: int
    width: int

    @classmethod
    def of(cls, first: str, quantity: int) -> "Span":
        """So many serials from one on, as it is written; NoSerial if it is none."""
        start = serials.read(first)
        return cls(start.prefix, start.number, start.number + quantity - 1, start.width)

    @property
    def quantity(self) -> int:
        return self.last - self.first + 1

    def __str__(self) -> str:
        first = f"{self.prefix}{self.first:0{self.width}}"
        return first if self.first == self.last else f"{first}–{self.prefix}{self.last:0{self.width}}"

    def overlaps(self, other: "Span") -> bool:
        return self.prefix == other.prefix and self.first <= other.last and other.first <= self.last


def read(text: str) -> list[Span]:
    """The spans of a list, or NoSpans. None overlaps another."""
    spans: list[Span] = []
    for piece in filter(None, (one.strip() for one in _BETWEEN.split(text))):
        span = _span(piece)
        if twice := next((one for one in spans if one.overlaps(span)), None):
            raise NoSpans(_("%(one)s dan %(other)s tumpang tindih.") % {"one": twice, "other": span})
        spans.append(span)
    return spans


def between(first: str, last: str) -> Span:
    """From one serial to another, the last one of the same series and not before the first."""
    start, end = _serial(first), _serial(last)
    if end.prefix not in ("", start.prefix):
        raise NoSpans(_("%(first)s dan %(last)s tidak satu awalan.") % {"first": first, "last": last})
    if end.number < start.number:
        raise NoSpans(_("%(last)s lebih kecil daripada %(first)s.") % {"first": first, "last": last})
    return Span(start.prefix, start.number, end.number, start.width)


def quantity(spans: Iterable[Span]) -> int:
    return sum(span.quantity for span in spans)


def each(spans: Iterable[Span]) -> list[SerialText]:
    """Every single serial."""
    return [SerialText(s.prefix, n, s.width) for s in spans for n in range(s.first, s.last + 1)]


def joined(named: Iterable[SerialText]) -> list[Span]:
    """The fewest spans that hold these serials, in order."""
    spans: list[Span] = []
    for one in sorted(named, key=lambda one: (one.prefix, one.number)):
        last = spans[-1] if spans else None
        if last and (last.prefix, last.last + 1) == (one.prefix, one.number) and last.width == one.width:
            spans[-1] = last._replace(last=one.number)
        else:
            spans.append(Span(one.prefix, one.number, one.number, one.width))
    return spans


def without(spans: Sequence[Span], missing: Sequence[Span]) -> list[Span]:
    """What is left of spans when some serials are not there; NoSpans if one was in none of them."""
    left = list(spans)
    for gone in missing:
        around = next((one for one in left if one.overlaps(gone)), None)
        if around is None or around.first > gone.first or around.last < gone.last:
            raise NoSpans(_("%(serial)s tidak ada dalam rentang yang ditulis.") % {"serial": gone})
        before, after = around._replace(last=gone.first - 1), around._replace(first=gone.last + 1)
        place = left.index(around)
        left[place : place + 1] = [one for one in (before, after) if one.first <= one.last]
    return left


def _span(piece: str) -> Span:
    for pattern in _THROUGH:
        match = pattern.fullmatch(piece)
        if match and _is_serial(match[1]) and _is_serial(match[2]):
            return between(match[1], match[2])
    return between(piece, piece)


def _is_serial(text: str) -> bool:
    try:
        _serial(text)
    except NoSpans:
        return False
    return True


def _serial(text: str) -> SerialText:
    try:
        if _TWO.search(text):  # two serials without a comma, or one written in groups: who knows
            raise serials.NoSerial
        return serials.read(text)
    except serials.NoSerial:
        message = _("“%(text)s” bukan nomor seri. Tulis misalnya 101, 105-110.")
        raise NoSpans(message % {"text": text[:40]}) from None
