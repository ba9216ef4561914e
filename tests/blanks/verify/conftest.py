"""An invented city, large enough for every kind of movement, whose ledger is damaged here; and who damages it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests import cluster
from tests.tracking.seed.conftest import invent
from tests.tracking.verify.conftest import vandal

__all__ = ["vandal"]


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Any]]:
    """The NIKs to try of 12,000 cards."""
    with django_db_blocker.unblock():
        yield invent(12_000, number=7)
        cluster.restore()
