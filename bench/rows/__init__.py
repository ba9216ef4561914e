"""The rows of the table, each measured by one function; some functions measure a few that share their work."""

from collections.abc import Callable, Iterable

from ..results import Row
from . import pages

Measure = Callable[[], Iterable[Row]]

MEASURES: list[tuple[tuple[str, ...], Measure]] = [
    (("first_view",), pages.first_view),
    (("status_page", "status_page_plain"), pages.status_page),
]
