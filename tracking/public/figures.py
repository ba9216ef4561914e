"""What `/statistik/` counts: every figure from counters, so that it costs the same at any number of cards.

One reading serves the page, its CSV and the widget; they cannot disagree.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from django.db import connection
from django.db.models import Sum

from ..models import Again, DayCount, Kecamatan, Obliged, StageCount
from ..models.figures import READY
from ..spreadsheets import csv_line
from ..stages import FINAL, Stage
from . import dates

WEEKS_OF_STAYS = 13
"""How far back the time spent in stages looks."""
LEAST_STAYS = 5
"""Fewer cards than this say nothing about a stage, and might be somebody's."""
TREND_DAYS = 91
TARGET = 100
"""Per cent of the obliged citizens who are to be served within the year."""


class Share(NamedTuple):
    """Citizens of a kecamatan, or of the city, each once. `obliged` is 0 where nobody has said how many."""

    name: str
    obliged: int
    served: int
    ready: int
    dated: date | None
    source: str

    @property
    def served_tenths(self) -> int | None:
        return tenths(self.served, self.obliged)

    @property
    def ready_tenths(self) -> int | None:
        return tenths(self.ready, self.obliged)


class Place(NamedTuple):
    """Cards of a kecamatan, or of the city, by stage; `outside`: those outside the ledger among them."""

    code: str
    name: str
    by_stage: dict[str, int]
    outside: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_stage.values())

    @property
    def outside_total(self) -> int:
        return sum(self.outside.values())

    @property
    def counts(self) -> list[int]:
        return list(self.by_stage.values())


class Length(NamedTuple):
    """How long cards were in a stage: of `n` that left it, half within `half` days, nine in ten within `most`."""

    stage: Stage
    n: int
    half: int
    most: int


class Day(NamedTuple):
    """Cards of the city at the end of a day."""

    day: date
    by_stage: dict[str, int]


class Figures(NamedTuple):
    """All of one moment."""

    city: Place
    places: list[Place]
    share: Share
    shares: list[Share]
    lengths: list[Length]
    trend: list[Day]


def figures() -> Figures:
    """As they are now."""
    kecamatan = list(Kecamatan.objects.all())
    places = _places(kecamatan)
    shares = _shares(kecamatan, places)
    city = Place(
        "", "", *(_sum(part) for part in zip(*((p.by_stage, p.outside) for p in places), strict=True))
    )
    return Figures(city, places, _whole(shares), shares, _lengths(), trend())


def tenths(part: int, whole: int) -> int | None:
    """Tenths of a per cent, rounded down so that 100 % means all; None of nothing."""
    return 1000 * part // whole if whole else None


def trend() -> list[Day]:
    """One day of each week, the last one the newest day that is over."""
    since = dates.now().date() - timedelta(days=TREND_DAYS + 1)
    rows = DayCount.objects.filter(day__gte=since).order_by("-day").values_list("day", "stage", "n")
    days = [
        Day(day, dict.fromkeys(Stage.values, 0) | {stage: n for _, stage, n in counts})
        for day, counts in groupby(rows, key=lambda row: row[0])
    ]
    return days[::7][::-1]


def as_csv(found: Figures, today: date) -> Iterator[str]:
    """Stages by kecamatan in the form of the open data; then nothing else: one file, one table."""
    yield csv_line(["tanggal", "kode_kecamatan", "kecamatan", "tahap", "jumlah", "di_luar_buku"])
    for place in found.places:
        for stage in Stage.values:
            yield csv_line(
                [today, place.code, place.name, stage, place.by_stage[stage], place.outside[stage]]
            )


def shares_csv(found: Figures, today: date) -> Iterator[str]:
    yield csv_line(
        ["tanggal", "kecamatan", "wajib_ktp", "sudah_diterima", "siap_atau_diterima", "wajib_per", "sumber"]
    )
    for share in found.shares:
        yield csv_line(
            [today, share.name, share.obliged, share.served, share.ready, share.dated or "", share.source]
        )


def trend_csv(found: Figures, today: date) -> Iterator[str]:
    yield csv_line(["tanggal", *Stage.values])
    for day in found.trend:
        yield csv_line([day.day, *day.by_stage.values()])


def lengths_csv(found: Figures, today: date) -> Iterator[str]:
    yield csv_line(["tanggal", "tahap", "kartu", "separuh_hari", "sembilan_dari_sepuluh_hari"])
    for one in found.lengths:
        yield csv_line([today, one.stage.value, one.n, one.half, one.most])


def _places(kecamatan: Iterable[Kecamatan]) -> list[Place]:
    places = {
        one.id: Place(one.code, one.name, dict.fromkeys(Stage.values, 0), dict.fromkeys(Stage.values, 0))
        for one in kecamatan
    }
    for row in StageCount.objects.all():
        places[row.kecamatan_id].by_stage[row.stage] += row.n
        if row.outside:
            places[row.kecamatan_id].outside[row.stage] += row.n
    return list(places.values())


def _shares(kecamatan: list[Kecamatan], places: list[Place]) -> list[Share]:
    again: dict[tuple[int, bool], int] = {}
    for place, delivered, n in Again.objects.values_list("kecamatan_id", "delivered").annotate(Sum("n")):
        again[place, delivered] = n
    obliged = {one.kecamatan_id: one for one in Obliged.objects.order_by("dated")}  # the newest stays
    shares = []
    for one, place in zip(kecamatan, places, strict=True):
        served = place.by_stage[Stage.DELIVERED] - again.get((one.id, True), 0)
        under_way = sum(place.by_stage[stage] for stage in READY if stage not in FINAL)
        ready = served + under_way - again.get((one.id, False), 0)
        said = obliged.get(one.id)
        shares.append(
            Share(
                one.name,
                said.quantity if said else 0,
                served,
                ready,
                said.dated if said else None,
                said.source if said else "",
            )
        )
    return shares


def _whole(shares: list[Share]) -> Share:
    """The city; without a divisor as long as one kecamatan has none."""
    known = all(share.obliged for share in shares)
    return Share(
        "",
        sum(share.obliged for share in shares) if known else 0,
        sum(share.served for share in shares),
        sum(share.ready for share in shares),
        max((share.dated for share in shares if share.dated), default=None),
        ", ".join(dict.fromkeys(share.source for share in shares if share.source)),
    )


def _sum(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    whole = dict.fromkeys(Stage.values, 0)
    for count in counts:
        for stage, n in count.items():
            whole[stage] += n
    return whole


_LENGTHS = """
SELECT stage, max(all_of_it), min(days) FILTER (WHERE so_far * 2 >= all_of_it),
    min(days) FILTER (WHERE so_far * 10 >= all_of_it * 9)
FROM (SELECT stage, days, sum(sum(n)) OVER (PARTITION BY stage ORDER BY days) AS so_far,
          sum(sum(n)) OVER (PARTITION BY stage) AS all_of_it
      FROM tracking_stay WHERE week > %s GROUP BY stage, days) s
GROUP BY stage HAVING max(all_of_it) >= %s
"""


def _lengths() -> list[Length]:
    since = dates.now().date() - timedelta(weeks=WEEKS_OF_STAYS)
    with connection.cursor() as cursor:
        cursor.execute(_LENGTHS, [since, LEAST_STAYS])
        found = {stage: (int(n), half, most) for stage, n, half, most in cursor.fetchall()}
    return [Length(stage, *found[stage]) for stage in Stage if stage in found]
