"""Lines as SVG, drawn by the server: numbers in attributes, so that no style and no script is needed."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

WIDTH, HEIGHT = 340, 96
_TOP = 6


class Chart(NamedTuple):
    """A line over time from 0 to the largest figure; `points` as SVG wants them, and what it shows in words."""

    name: str
    points: str
    first: tuple[date, int]
    last: tuple[date, int]

    @property
    def change(self) -> int:
        return self.last[1] - self.first[1]

    @property
    def end(self) -> list[str]:
        """Where the line ends: x and y."""
        return self.points.split(" ")[-1].split(",")


def line(name: str, days: Sequence[tuple[date, int]]) -> Chart | None:
    """The line of some days; None of fewer than two."""
    if len(days) < 2:
        return None
    most = max(n for _, n in days) or 1
    begin, length = days[0][0], (days[-1][0] - days[0][0]).days
    points = [
        f"{4 + (day - begin).days * (WIDTH - 8) / length:.1f},{HEIGHT - n * (HEIGHT - _TOP) / most:.1f}"
        for day, n in days
    ]
    return Chart(name, " ".join(points), days[0], days[-1])
