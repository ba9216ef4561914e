"""The invented city that is damaged here, and who damages it."""

from typing import Any

import pytest

from tests import cluster

from ..seed.conftest import city

__all__ = ["city"]


@pytest.fixture
def vandal(city: Any) -> Any:
    """A superuser's transaction in which no trigger runs, rolled back afterwards."""
    connection = cluster.connect("postgres")
    connection.autocommit = False
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield cursor
    connection.rollback()
    connection.close()
