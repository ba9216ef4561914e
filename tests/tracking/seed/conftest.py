"""A small invented city, seeded once for a module; afterwards every table is as migrations left it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests import cluster

TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Any]]:
    """The NIKs to try of 3,000 cards."""
    from tracking.seed.load import seed

    with django_db_blocker.unblock():
        yield seed(3_000, seed=7, today=TODAY)
        cluster.restore()
