"""`verify` on what was published, damaged on purpose: a changed event, a changed file, a day that is gone."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.blanks.house import batch
from tests.builders import many_cards, step, stock
from tracking.models import Card
from tracking.stages import Stage
from tracking.verify import invariants, verify

from .house import Days

Sql = Callable[..., list[tuple[Any, ...]]]

NEWEST = "(SELECT max(day) FROM tracking_publication)"
DAMAGE = {
    "published_once": [
        "UPDATE tracking_publishedset s SET taken = s.taken + o.taken FROM tracking_publishedset o"
        f" WHERE s.source = 'event' AND o.source = 'event' AND s.day = {NEWEST} AND o.day < s.day",
        f"UPDATE tracking_publishedset SET taken = '{{}}' WHERE source = 'event' AND day = {NEWEST}",
    ],
    "queues_as_published": [f"UPDATE tracking_publishedqueue SET waiting = waiting + 1 WHERE day = {NEWEST}"],
    "integrity_chain": [
        "UPDATE tracking_event SET at = at - interval '1 hour' WHERE id = (SELECT min(id) FROM tracking_event)",
        "DELETE FROM tracking_event WHERE id = (SELECT min(id) FROM tracking_event)",
        "UPDATE tracking_publishedpart SET text = replace(text, 'dicetak', 'keluar')",
        "UPDATE tracking_publication SET private_root = public_root WHERE before IS NULL",
        "DELETE FROM tracking_publication WHERE before IS NULL",
        f"UPDATE tracking_publishedset SET taken = '{{}}' WHERE source = 'event' AND day = {NEWEST}",
    ],
}


@pytest.fixture
def published(committed: None, superuser_sql: Sql) -> None:
    """Two days, and something since."""
    days = Days(superuser_sql, 2)
    cards = many_cards(5, Stage.WAITING_FOR_BLANK)
    days.end()
    stock(1, 2)
    batch(size=2)
    days.end()
    step(Card.objects.get(pk=cards[0]), Stage.HELD, "", code="PACKET_RETRY")


def broken() -> set[str]:
    return {problem.invariant for problem in verify().problems} & set(DAMAGE)


def test_every_invariant_is_damaged_here() -> None:
    assert list(DAMAGE) == [invariant.name for invariant in invariants() if invariant.room == "publication"]


def test_what_is_whole_is_clean(published: None) -> None:
    assert broken() == set()


@pytest.mark.parametrize(
    ("invariant", "damage"), [(name, damage) for name, damages in DAMAGE.items() for damage in damages]
)
def test_damage_is_named(published: None, superuser_sql: Sql, invariant: str, damage: str) -> None:
    superuser_sql(damage)
    assert invariant in broken()


def test_nobody_of_the_site_changes_what_is_published(published: None) -> None:
    from tests.builders import refused, sql

    for table in (
        "publication",
        "publishedset",
        "publishedqueue",
        "publishedcount",
        "publishedfile",
        "publishedpart",
    ):
        for attack in (f"UPDATE tracking_{table} SET day = day", f"DELETE FROM tracking_{table}"):
            with refused("42501"):
                sql(attack)
