"""A small invented city, seeded once for a module; afterwards every table is as migrations left it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests import cluster

TODAY = date(2026, 11, 25)


def invent(cards: int, *, number: int) -> list[Any]:
    """A whole city of this seed: its cards, the ledger of their blanks, and who holds them. The NIKs to try."""
    from blanks.demo import blanks_of_cards
    from blanks.demo.supply import supply_to_come
    from delivery.demo import custody_of_cards
    from delivery.demo.rounds import rounds_of_cards
    from tracking.seed.load import seed

    examples = seed(cards, seed=number, today=TODAY)
    blanks_of_cards(cards, today=TODAY)
    custody_of_cards(today=TODAY)
    rounds_of_cards(today=TODAY)
    supply_to_come(today=TODAY)
    return examples


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Any]]:
    """The NIKs to try of 3,000 cards."""
    with django_db_blocker.unblock():
        yield invent(3_000, number=7)
        cluster.restore()
