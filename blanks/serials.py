"""How a serial is written: digits, at most 18, after an optional fixed prefix. Leading zeros say nothing.

A prefix begins with a letter or digit: `-1` is a slip of the hand, not the first of a series.
"""

import re
from typing import NamedTuple

from .models import Range, Series

_WRITTEN = re.compile(r"(?P<prefix>(?:.*\D)?)(?P<digits>[0-9]{1,18})", re.ASCII)
PREFIX_MAX = 20


class NoSerial(ValueError):
    """Nomor seri ditulis dengan angka (paling banyak 18), boleh dengan awalan huruf yang tetap."""

    def __str__(self) -> str:
        return " ".join((self.__doc__ or "").split())


class SerialText(NamedTuple):
    """A serial as it was typed: prefix, number, and with how many digits."""

    prefix: str
    number: int
    width: int


def read(text: str) -> SerialText:
    """The serial that a text means, or NoSerial."""
    match = _WRITTEN.fullmatch("".join(text.split()).upper())
    if not match or len(match["prefix"]) > PREFIX_MAX or not match["prefix"].isprintable():
        raise NoSerial
    if match["prefix"] and not match["prefix"][0].isalnum():
        raise NoSerial
    return SerialText(match["prefix"], int(match["digits"]), len(match["digits"]))


def series_of(prefix: str) -> Series:
    """The series with this prefix, made if it is new."""
    return Series.objects.get_or_create(prefix=prefix)[0]


def written(series_id: int, number: int) -> str:
    """A received serial as it stands on the blank."""
    received = Range.objects.filter(series_id=series_id, first__lte=number, last__gte=number).first()
    return received.named(number) if received else str(number)
