"""The demo: invented people only, on this machine only, and every page says so.

A database is the demo's if its owner marked it; the mark is a table without rows, whose comment says how far
the seeding came. A database with cards or staff that has no mark is somebody's real one, and is left alone.
"""

import ipaddress
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.http import HttpRequest

MARK = "ektp_demo"
SEEDING, SEEDED = "seeding", "seeded"


def context(request: HttpRequest) -> dict[str, bool]:
    """For templates: whether to show the banner."""
    return {"demo": settings.DEMO}


def state() -> str | None:
    """SEEDING, SEEDED, or None: not the demo's database."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [f"public.{MARK}"])
        said: str | None = cursor.fetchone()[0]
    return said


def mark(how_far: str) -> None:
    """Declare the database the demo's; asks for the owner's role."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {MARK} ()")
        cursor.execute(f"COMMENT ON TABLE {MARK} IS %s", [how_far])


def is_untouched() -> bool:
    """Whether nobody has put anything into the database yet."""
    models: list[Any] = [apps.get_model("tracking.Card"), apps.get_model(settings.AUTH_USER_MODEL)]
    present = connections["default"].introspection.table_names()
    return not any(model._meta.db_table in present and model.objects.exists() for model in models)


def objection() -> str | None:
    """Why DEMO may not serve this database, if it may not."""
    if settings.DEMO and state() is None and not is_untouched():
        return "DEMO refuses a database that was not seeded as a demo: leave DEMO away or use another."
    return None


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
