"""Fixtures that every room's tests share. The default connection is the site's role, as in production."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.utils import translation

from . import chromium, cluster, leaks, live, markup

if TYPE_CHECKING:
    from playwright.sync_api import Browser


_prepared: list[bool] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Between two files, when all of the first one's tests are rolled back, their dead rows go."""
    yield
    if _prepared and nextitem and nextitem.path != item.path:
        cluster.sweep_up()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """This worker's database: a clone of the migrated template."""
    with django_db_blocker.unblock():
        cluster.prepare()
    _prepared.append(True)
    yield
    _prepared.clear()
    leaks.check_file(cluster.log())


@pytest.fixture(scope="session")
def _reader() -> Iterator[leaks.Reader]:
    with leaks.reading_logs() as reader, leaks.reading_answers(), markup.reading_answers():
        yield reader


@pytest.fixture(autouse=True)
def no_nik_leaks(_reader: leaks.Reader) -> Iterator[None]:
    """No log line and no answer of any test carries a whole NIK."""
    yield
    found, _reader.leaks = _reader.leaks, []
    assert not found


@pytest.fixture(autouse=True)
def office_language() -> None:
    """Every test begins in Indonesian: a page asked for in English leaves its language in the thread."""
    translation.activate(settings.LANGUAGE_CODE)


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


@pytest.fixture(scope="session")
def _site(django_db_setup: None) -> Iterator[str]:
    live.collect_static()
    with live.serving() as address:
        yield address
    leaks.check_file(live.log())


@pytest.fixture
def live_site(_site: str, committed: None) -> str:
    """The address of the whole site in gunicorn, over this worker's database; with real commits."""
    return _site


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Debian's Chromium; `browser.new_page(viewport=…, java_script_enabled=…)` is a fresh visitor."""
    from playwright.sync_api import sync_playwright

    found = chromium.path()
    if not found:
        pytest.fail("Browser tests need Chromium: make test installs it, or CHROMIUM=/path/to/chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=chromium.FLAGS)
        yield started
        started.close()


def pytest_unconfigure(config: pytest.Config) -> None:
    cluster.leave()
