"""Is the process alive; is the database reachable and migrated."""

from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse


def answer(request: HttpRequest) -> HttpResponse | None:
    """The answer for /healthz and /readyz, None for every other address."""
    if request.path_info == "/healthz":
        return _say(200, "alive")
    if request.path_info == "/readyz":
        return _readiness()
    return None


def _readiness() -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            missing = _ours() - set(cursor.fetchall())
    except DatabaseError:
        connection.close()
        return _say(503, "database not reachable or not migrated")
    if missing:
        return _say(503, f"database not migrated: {len(missing)} to go")
    return _say(200, "ready")


@cache
def _ours() -> frozenset[tuple[str, str]]:
    # As on disk, without asking the database; a squashed migration counts as what it replaces.
    loader = MigrationLoader(None)
    return frozenset(loader.graph.nodes)


def _say(status: int, text: str) -> HttpResponse:
    response = HttpResponse(text + "\n", status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
