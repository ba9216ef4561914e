"""One invented person: a NIK that could be real in form, a name, a home."""

from collections import defaultdict
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from . import names

REFERENCE = date(2026, 9, 1)
"""Ages are counted from this day and not from today, so that a seed gives the same people on any day."""

OTHER_REGENCIES = [
    "317101",
    "317204",
    "317305",
    "317406",
    "317507",
    "317509",
    "320101",
    "320302",
    "321601",
    "321606",
    "321607",
    "327103",
    "327306",
    "327402",
    "327601",
    "330210",
    "330405",
    "331007",
    "332501",
    "337404",
    "340407",
    "350705",
    "351512",
    "357803",
    "367101",
    "367402",
    "127104",
    "137105",
    "167103",
    "180305",
]
OWN_REGION_SHARE = 0.72
MOBILE = [
    "0811",
    "0812",
    "0813",
    "0815",
    "0817",
    "0819",
    "0821",
    "0822",
    "0838",
    "0852",
    "0856",
    "0857",
    "0858",
    "0877",
    "0878",
    "0881",
    "0895",
    "0896",
]


class Born(NamedTuple):
    """Between how many days before REFERENCE a group of people was born."""

    latest: int
    earliest: int


RECORDED_2011_13 = Born(32 * 365, 82 * 365)
RECORDED_SINCE_2014 = Born(20 * 365, 60 * 365)
BEGINNER = Born(19 * 365, 20 * 365)
LATECOMER = Born(21 * 365, 70 * 365)


class Person(NamedTuple):
    """What a feed row says of somebody."""

    nik: str
    name: str
    kelurahan: int
    rw: int | None
    rt: int | None
    address: str
    phone: str


class People:
    """People of one kecamatan; no two kecamatan and no two draws give the same NIK."""

    def __init__(self, kecamatan: int, kelurahan: list[int], random: Random) -> None:
        self.kecamatan = kecamatan
        self.kelurahan = kelurahan
        self._random = random.random
        self._serials: defaultdict[str, int] = defaultdict(int)
        self._dates = [_date_digits(REFERENCE - timedelta(days=age)) for age in range(83 * 365)]
        self._at_home = [*kelurahan, *kelurahan[: len(kelurahan) // 2 + 1]]  # the first ones are bigger

    def draw(self, born: Born, *, woman: bool | None = None) -> Person:
        random = self._random
        woman = random() < 0.5 if woman is None else woman
        first = names.WOMEN if woman else names.MEN
        words = [first[int(random() * len(first))]]
        luck = random()
        if luck > 0.06:  # some have one name
            words.append(names.FURTHER[int(random() * len(names.FURTHER))])
        if luck > 0.75:
            words.append(names.FURTHER[int(random() * len(names.FURTHER))])
        home = random()
        kelurahan = self._at_home[int(home * len(self._at_home))]
        rw, rt = 1 + int(random() * 18), 1 + int(random() * 7)
        number = int(random() * 9000)
        return Person(
            self._nik(self._dates[born.latest + int(random() * (born.earliest - born.latest))][woman]),
            " ".join(words).upper(),
            kelurahan,
            None if luck < 0.02 else rw,
            None if luck < 0.03 else rt,
            _address(number, rw, rt) if luck < 0.92 else "",
            f"{MOBILE[int(random() * len(MOBILE))]}{10_000_000 + int(random() * 89_999_999)}"
            if home < 0.6
            else "",
        )

    def _nik(self, born: str) -> str:
        luck = self._random()
        if luck < OWN_REGION_SHARE:
            stem = f"3275{self.kecamatan:02}{born}"
            self._serials[stem] += 1
            return f"{stem}{self._serials[stem]:04}"
        # of a place that all kecamatan draw from: each its own serials
        where = (luck - OWN_REGION_SHARE) / (1 - OWN_REGION_SHARE)
        stem = f"{OTHER_REGENCIES[int(where * len(OTHER_REGENCIES))]}{born}"
        self._serials[stem] += 1
        return f"{stem}{self._serials[stem] * 12 - 12 + self.kecamatan:04}"


def _date_digits(day: date) -> tuple[str, str]:
    rest = f"{day:%m%y}"
    return f"{day.day:02}{rest}", f"{day.day + 40:02}{rest}"


def _address(number: int, rw: int, rt: int) -> str:
    if number % 3:
        return f"Jl. {names.FLOWERS[number % len(names.FLOWERS)]} No. {1 + number % 140}"
    return f"Perum {names.ESTATES[number % len(names.ESTATES)]} Blok {'ABCDEFGH'[number % 8]}{rt}/{1 + number % 40}"
