"""Where somebody lives, as feeds spell it: NO_KEC and NO_KEL to the ids of kecamatan and kelurahan."""

import csv
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import tracking

REGENCY = "3275"

_KEC = re.compile(r"([0-9]{1,2})|([0-9]{4})([0-9]{2})|([0-9]{2})\.([0-9]{2})\.([0-9]{2})")
_KEL = re.compile(r"([0-9]{4})|([0-9]{6})([0-9]{4})|([0-9]{2})\.([0-9]{2})\.([0-9]{2})\.([0-9]{4})")


class Place(NamedTuple):
    kecamatan_id: int
    kelurahan_id: int


class NoPlace(ValueError):
    """Not a region of the city. `column` is where to look; `elsewhere`: it is one of another regency."""

    def __init__(self, column: str, *, elsewhere: bool = False) -> None:
        super().__init__(column)
        self.column = column
        self.elsewhere = elsewhere


@cache
def kelurahan_of_city() -> frozenset[int]:
    """Ids of all kelurahan: kecamatan * 10000 + the last four digits (32.75.01.1001 -> 11001)."""
    path = Path(tracking.__file__).parent / "data" / "kecamatan_kelurahan.csv"
    with path.open(encoding="utf-8", newline="") as file:
        codes = [row["kelurahan_code"] for row in csv.DictReader(file)]
    return frozenset(int(code[-7:].replace(".", "")) for code in codes)


@cache
def kecamatan_of_city() -> frozenset[int]:
    return frozenset(kelurahan // 10000 for kelurahan in kelurahan_of_city())


def place_of(kecamatan: str, kelurahan: str) -> Place:
    """The place, from any of the spellings of the contract, or NoPlace."""
    kec, kel = _KEC.fullmatch(kecamatan), _KEL.fullmatch(kelurahan)
    if not kec:
        raise NoPlace("NO_KEC")
    if not kel:
        raise NoPlace("NO_KEL")
    # the regency that each of the two names, if any, and the digits of the kecamatan
    kec_regency = kec[2] or (kec[4] or "") + (kec[5] or "")
    kec_digits = kec[3] or kec[6] or kec[1].zfill(2)
    kel_kec = kel[2] or "".join(kel.group(4, 5, 6) if kel[4] else ())
    kel_digits = kel[3] or kel[7] or kel[1]
    if kel_kec and kel_kec != (kec_regency or kel_kec[:4]) + kec_digits:
        raise NoPlace("NO_KEL")  # the two contradict each other
    regency = kec_regency or kel_kec[:4] or REGENCY
    if regency != REGENCY:
        raise NoPlace("NO_KEC" if kec_regency else "NO_KEL", elsewhere=regency[:2] >= "11")
    place = Place(int(kec_digits), int(kec_digits) * 10000 + int(kel_digits))
    if place.kecamatan_id not in kecamatan_of_city():
        raise NoPlace("NO_KEC")
    if place.kelurahan_id not in kelurahan_of_city():
        raise NoPlace("NO_KEL")
    return place
