"""Pages of figures, kept in the worker for as long as the database has not changed.

Two equal snapshots see the same rows, so a page made under one is the page under the other, and asking for the
snapshot is all that a visitor costs. A page is made anew each minute, for it says how old its figures are. All its
figures are read in one snapshot, so that they agree.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]

_SNAPSHOT = "SELECT pg_current_snapshot()"
_MOST = 200
"""Pages kept in a worker; there are about fifty."""
_kept: dict[str, tuple[tuple[int, str], "Page"]] = {}


class Page:
    """An answer's body, and its compressed form once somebody has asked for it (bekasi_ektp.compression)."""

    def __init__(self, response: HttpResponse) -> None:
        self.body = response.content
        self.type = response.headers["Content-Type"]
        self.packed: bytes | None = None

    def answer(self) -> HttpResponse:
        response = HttpResponse(self.body, content_type=self.type)
        response.kept = self  # type: ignore[attr-defined]
        return response


def kept(view: View) -> View:
    """A page that depends on its address, the database and the minute alone."""

    @wraps(view)
    def made_once(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if connection.in_atomic_block:  # of the caller's: what it sees may change under one snapshot
            return view(request, *args, **kwargs)
        known = _kept.get(request.path_info)
        if known and known[0] == _stamp():
            return known[1].answer()
        with one_moment():
            stamp = _stamp()
            response = view(request, *args, **kwargs)
        if response.status_code != 200:
            return response
        if len(_kept) >= _MOST:
            _kept.clear()
        page = Page(response)
        _kept[request.path_info] = (stamp, page)
        return page.answer()

    return made_once


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything read inside is of one moment."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _stamp() -> tuple[int, str]:
    """Equal stamps, equal pages: the minute, and what can be seen of the database."""
    connection.ensure_connection()
    # not Django's cursor: its wrapping costs as much as the query
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(_SNAPSHOT)
        return int(time.time()) // 60, cursor.fetchone()[0]
