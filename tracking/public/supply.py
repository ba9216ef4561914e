"""What the public pages say of blanks and print batches. The room that keeps them registers its answers here."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol


class Span(NamedTuple):
    """The numbers of one letter in a batch that were served in turn, from the smallest to the largest."""

    letter: str
    first: int
    last: int


class Batch(NamedTuple):
    """Cards of one kecamatan that got their blanks together. `open`: not yet printed, nor out of the batch."""

    number: int
    at: datetime
    size: int
    spans: list[Span]
    exceptions: int
    open: int


class Exceptions(NamedTuple):
    """Cards served before their turn, this month and the month before: by category, and by kecamatan alone."""

    categories: list[tuple[str, int, int]]
    kecamatan: dict[int, tuple[int, int]]

    @property
    def now(self) -> int:
        return sum(now for _, now, _ in self.categories)

    @property
    def before(self) -> int:
        return sum(before for _, _, before in self.categories)


class Given(NamedTuple):
    """What a kecamatan had, needed and got in a division."""

    name: str
    slug: str
    waiting: int
    quota: int
    need: int
    given: int
    changed: bool


class Division(NamedTuple):
    """The last division of blanks. `by_need`: in proportion to the need; else whoever asked first, city-wide."""

    number: str
    dated: date
    by_need: bool
    rows: list[Given]

    @property
    def waiting(self) -> int:
        return sum(row.waiting for row in self.rows)

    @property
    def quota(self) -> int:
        return sum(row.quota for row in self.rows)

    @property
    def need(self) -> int:
        return sum(row.need for row in self.rows)

    @property
    def given(self) -> int:
        return sum(row.given for row in self.rows)

    @property
    def changed(self) -> bool:
        return any(row.changed for row in self.rows)


class Plan(NamedTuple):
    """A shipment that is promised to the city."""

    quantity: int
    earliest: date
    latest: date
    tender: str


class Supply(Protocol):
    """Who knows about blanks. Each answer costs the same however many cards there are."""

    def quotas(self) -> dict[int, int]:
        """Blanks that each kecamatan may still print on."""

    def store(self) -> int:
        """Blanks of the city that are not yet divided."""

    def printed(self, places: Sequence[int]) -> dict[tuple[int, str], int]:
        """The highest number printed in turn, by kecamatan (of these) and letter."""

    def batches(self, kecamatan: int, most: int) -> Sequence[Batch]:
        """The last batches of a kecamatan, newest first."""

    def exceptions(self) -> Exceptions:
        """Who was served before their turn, in numbers."""

    def division(self) -> Division | None:
        """The last division; None before the first."""

    def plans(self) -> Sequence[Plan]:
        """Shipments to come, the soonest first."""


_known: list[Supply] = []


def register(supply: Supply) -> None:
    """Called once, when the room that keeps blanks is ready."""
    _known[:] = [supply]


def supply() -> Supply:
    """Who was registered."""
    return _known[0]
