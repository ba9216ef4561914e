"""The NIK: the one module that parses, indexes, seals and opens it. Nothing else handles one in the clear.

A NIK is 6 digits region of first registration, 6 digits birth date (day + 40 for women) and 4 digits serial.
The region says where it was issued, not where the citizen lives, so it is not checked.
"""

import re
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.core.signals import setting_changed

from . import sealing

LENGTH = 16
FIELD = b"nik"

WhyNot = Literal["empty", "damaged", "not_digits", "length", "impossible"]
Part = Literal["", "day", "month", "date", "serial"]

# Soft hyphen, zero-width and direction marks, byte order mark, variation selectors: what the eye can't see.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
_BLANK = re.compile(rf"[\s{INVISIBLE}]")
BLANKS = "".join(filter(_BLANK.match, map(chr, range(0x10000))))
"""Spaces of every kind and what the eye can't see, for str.strip."""
_DROPPED = re.compile(rf"[\s{INVISIBLE}.\-\u2010-\u2015\u2212]")
# Digits that a spreadsheet has turned into a number: 3,27501E+15 or 3275011503900001.0
_DAMAGED = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]*)?[eE][+-]?[0-9]+|.*[.,]0", re.DOTALL)
_DIGITS = re.compile(r"[0-9]*")
_PLAIN = re.compile(r"[0-9]{16}")

_DAYS_OF = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY_AND_MONTH = frozenset(
    f"{day + woman:02}{month:02}"
    for month, days in enumerate(_DAYS_OF, 1)
    for day in range(1, days + 1)
    for woman in (0, 40)
)
_LEAP_DAY = ("2902", "6902")


class NikError(ValueError):
    """This cannot be a NIK. Carries why, and nothing of what was read but its letters."""

    def __init__(self, code: WhyNot, *, n: int = 0, part: Part = "", number: int = 0, odd: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.n = n  # how many digits there were (length)
        self.part = part  # what is impossible
        self.number = number  # the day or month that is impossible
        self.odd = odd  # the first character that is no digit


def parse(text: str) -> str:
    """The 16 digits of a NIK as people and files spell it, or NikError."""
    if _PLAIN.fullmatch(text) and is_possible(text):
        return text
    text = text.strip(BLANKS).removeprefix("'").strip(BLANKS)
    if not text:
        raise NikError("empty")
    if _DAMAGED.fullmatch(_BLANK.sub("", text)):
        raise NikError("damaged")
    digits = _DROPPED.sub("", text)
    if not digits:
        raise NikError("empty")
    if not _DIGITS.fullmatch(digits):
        # digits of other scripts among them: they would look like another number than they are
        raise NikError("not_digits", odd=next(c for c in digits if c not in "0123456789"))
    if len(digits) != LENGTH:
        raise NikError("length", n=len(digits))
    if not is_possible(digits):
        raise _impossible(digits)
    return digits


def ends_in_0(text: str) -> bool | None:
    """Whether the last of 16 digits is 0, possible or not; None if they are not 16. Spreadsheets cut it so."""
    digits = _DROPPED.sub("", text).removeprefix("'")
    return digits[-1] == "0" if _PLAIN.fullmatch(digits) else None


def is_possible(digits: str) -> bool:
    """Whether 16 digits have a date that exists (in some century) and a serial."""
    day_and_month = digits[6:10]
    return (
        day_and_month in _DAY_AND_MONTH
        and digits[12:] != "0000"
        and (day_and_month not in _LEAP_DAY or int(digits[10:12]) % 4 == 0)
    )


def _impossible(digits: str) -> NikError:
    day, month = int(digits[6:8]), int(digits[8:10])
    if not 1 <= month <= 12:
        return NikError("impossible", part="month", number=month)
    if not (1 <= day <= 31 or 41 <= day <= 71):
        return NikError("impossible", part="day", number=day)
    return NikError("impossible", part="serial" if digits[12:] == "0000" else "date")


def indexes(nik: str) -> list[UUID]:
    """What finds a NIK, under every configured key, newest first: while a key changes, look for all of them."""
    return [UUID(bytes=of(nik.encode())) for of in indexers()]


def seal(nik: str) -> bytes:
    return sealing.seal(packed(nik), FIELD)


def unseal(blob: bytes | memoryview) -> str:
    return f"{int.from_bytes(sealing.unseal(blob, FIELD), 'big'):016}"


def packed(nik: str) -> bytes:
    """What is sealed: the number in 8 bytes, so that all sealed NIKs have one length."""
    return int(nik).to_bytes(8, "big")


@cache
def indexers() -> tuple[Callable[[bytes], bytes], ...]:
    """For every index key, newest first: ASCII digits -> 16 bytes (HMAC-SHA-256, cut)."""
    return tuple(map(_indexer, settings.EKTP_INDEX_KEYS))


def _indexer(key: bytes) -> Callable[[bytes], bytes]:
    # HMAC by hand (RFC 2104): copying two prepared hashes is three times as fast as the library's call
    block = key.ljust(64, b"\0") if len(key) <= 64 else sha256(key).digest().ljust(64, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in block))
    outer = sha256(bytes(byte ^ 0x5C for byte in block))

    def of(digits: bytes) -> bytes:
        first = inner.copy()
        first.update(digits)
        second = outer.copy()
        second.update(first.digest())
        return second.digest()[:16]

    return of


def _forget_keys(*, setting: str, **kwargs: object) -> None:
    if setting == "EKTP_INDEX_KEYS":
        indexers.cache_clear()


setting_changed.connect(_forget_keys)
