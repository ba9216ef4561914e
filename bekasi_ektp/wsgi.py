"""What gunicorn serves; refuses to load on wrong configuration, which no command has checked before it."""

import os
import sys
from typing import Any

from django.core.wsgi import get_wsgi_application

from .serving import still_busy

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bekasi_ektp.settings")


def _refuse(*lines: str) -> None:
    print(*lines, sep="\n", file=sys.stderr)
    sys.exit(4)  # gunicorn's "the application failed to load": it ends instead of trying again


def _check() -> None:
    from django.core.checks import run_checks
    from django.db import DatabaseError, connections
    from django.urls import get_resolver

    from . import checks, demo

    errors = run_checks(tags=[checks.TAG])
    if errors:
        _refuse(*(f"{error.id}: {error.msg} {error.hint}" for error in errors))
    try:
        objection = demo.objection()
    except DatabaseError as error:
        objection = str(error).strip()
    if objection:
        _refuse(objection)
    # Before gunicorn forks: its workers share all views, and what places they have for partners (integration/api/places.py),
    _ = get_resolver().url_patterns
    # but no connection.
    connections.close_all()


_django = get_wsgi_application()
_check()


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """Django, with a word to gunicorn at hand for views that take long."""
    environ["ektp.still_busy"] = still_busy
    return _django(environ, start_response)
