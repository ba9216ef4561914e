"""Categories of exceptions are published so that nobody learns whose is which, even who knows the rule and the total."""

from collections import defaultdict
from collections.abc import Iterator

import pytest
from django.utils import timezone

from blanks.ledger import Category
from blanks.models import Priority
from blanks.publication import LEAST, MERGED, SUNDAY, _exceptions, groups
from tests import people
from tests.blanks.house import batch
from tests.builders import many_cards, stock
from tests.tracking.publication.house import Days, Sql
from tracking.actor import acting
from tracking.models import Ticket
from tracking.publication.files import Day
from tracking.stages import Stage

NAMES = list(Category.values)


def worlds(total: int, names: int = len(NAMES)) -> Iterator[tuple[int, ...]]:
    """Every way in which so many exceptions can fall into the categories."""
    if names == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in worlds(total - first, names - 1):
            yield (first, *rest)


@pytest.mark.parametrize("total", [0, 1, 2, 4, 5, 6, 9, 10, 11, 13, 15, 17])
def test_nobody_can_tell_a_small_category_or_everybodys(total: int) -> None:
    """Whoever reads a publication considers every world that leads to it: in none of them is a small count certain."""
    alike: dict[tuple[tuple[str, int], ...], list[tuple[int, ...]]] = defaultdict(list)
    for world in worlds(total):
        counts = {name: n for name, n in zip(NAMES, world, strict=True) if n}
        said = groups(counts)
        assert sum(n for _, n in said) == total
        assert len(said) == 1 or all(n >= LEAST for _, n in said) or not said
        alike[tuple(said)].append(world)
    for possible in alike.values():
        for one in range(len(NAMES)):
            counted = {world[one] for world in possible}
            certain = len(counted) == 1
            assert not (certain and 0 < min(counted) < LEAST), possible[:3]
            assert not (certain and total and counted == {total}), possible[:3]


def test_two_large_categories_are_told() -> None:
    assert groups({"health": 7, "travel": 5, "other": 1}) == [("health", 7), (MERGED, 6)]
    assert groups({"health": 7, "travel": 5}) == [("health", 7), ("travel", 5)]
    assert groups({"health": 70}) == [(MERGED, 70)]
    assert groups({}) == []


def test_a_week_is_told_on_its_sunday_and_counts_what_its_logs_say(
    committed: None, superuser_sql: Sql
) -> None:
    days = Days(superuser_sql, 9)
    many_cards(20, Stage.WAITING_FOR_BLANK)
    supervisor = people.supervisor()
    told = []
    for n in range(9):
        card = Ticket.objects.get(number=20 - n).card_id
        with acting(by=supervisor, source="test"):
            Priority.objects.create(card_id=card, category="health" if n % 2 else "travel", why="Uji")
        stock(1, 1)
        batch(size=1)
        day = days.end()
        told.append((day, list(_exceptions(Day(day, None, timezone.now())))))
    sundays = [rows for day, rows in told if day.weekday() == SUNDAY]
    assert all(rows == [] for day, rows in told if day.weekday() != SUNDAY)
    assert all(len(rows) == 1 and list(rows[0])[2] == MERGED for rows in sundays)
    first_sunday = next(n for n, (day, _) in enumerate(told) if day.weekday() == SUNDAY)
    assert list(sundays[0][0])[3] == first_sunday + 1
