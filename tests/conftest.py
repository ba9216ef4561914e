"""Fixtures that every room's tests share. The default connection is the site's role, as in production."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from . import cluster


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> None:
    """This worker's database: a clone of the migrated template."""
    with django_db_blocker.unblock():
        cluster.prepare()


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Real commits; afterwards every table is as migrations left it."""
    with django_db_blocker.unblock():
        yield
        cluster.restore()


@pytest.fixture
def owner_sql(django_db_setup: None) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    """Runs SQL as the owner, committed at once on a connection of its own; for use with `committed`."""
    yield from _sql_as("ektp_owner")


@pytest.fixture
def superuser_sql(django_db_setup: None) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    """The same as superuser, who may do all the damage that `verify` has to find."""
    yield from _sql_as("postgres")


def _sql_as(role: str) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    connection = cluster.connect(role)

    def run(sql: str, params: Any = None) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall()) if cursor.description else []

    yield run
    connection.close()


def pytest_unconfigure(config: pytest.Config) -> None:
    cluster.leave()
