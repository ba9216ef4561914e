"""The benchmark's own server and its databases: templates that are filled once, and clones of them to spoil."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from bekasi_ektp import demo, server
from bekasi_ektp.server.cluster import rights
from bekasi_ektp.server.places import PORT

EMPTY = "bench_empty"


def connect(database: str, role: str = server.SITE) -> Any:
    """A connection of our own, whose days are the city's; commits at once."""
    places = server.Places(settings.VAR_DIR)
    connection = psycopg2.connect(
        host=str(places.socket),
        port=PORT,
        user=role,
        dbname=database,
        options=f"-c TimeZone={settings.TIME_ZONE}",
    )
    connection.autocommit = True
    return connection


def run(database: str, *statements: str, role: str = server.SUPERUSER) -> list[tuple[Any, ...]]:
    """Run statements; rows of the last one."""
    connection = connect(database, role)
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()


def start() -> None:
    """Have the server."""
    server.use(settings.VAR_DIR)


def tidy() -> None:
    """Drop what an interrupted run left."""
    left = (
        "SELECT datname FROM pg_database WHERE datname LIKE 'bench\\_%' AND datname !~ '_[0-9]+_[0-9a-f]{8}$'"
    )
    for (name,) in run("postgres", left):
        drop(name)


def alone() -> int:
    """A lock held until this process ends; BlockingIOError where another measures: two at once measure nothing."""
    descriptor = os.open(settings.VAR_DIR / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


def exists(name: str) -> bool:
    return bool(run("postgres", f"SELECT FROM pg_database WHERE datname = '{name}'"))


def drop(name: str) -> None:
    run("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def empty() -> str:
    """A migrated database without people, made anew in every run so that it is the code's own."""
    drop(EMPTY)
    run("postgres", f"CREATE DATABASE {EMPTY} OWNER {server.OWNER}")
    run(EMPTY, *rights(EMPTY, server.OWNER, server.SITE))
    with using(EMPTY):
        call_command("migrate", verbosity=0, interactive=False)
        demo.mark(demo.SEEDED)
        from tracking import tokens

        tokens.make_key()
    return EMPTY


def clone(template: str, name: str) -> str:
    """A copy of a database that may be spoilt."""
    drop(name)
    run("postgres", f"CREATE DATABASE {name} TEMPLATE {template} OWNER {server.OWNER} STRATEGY FILE_COPY")
    for statement in rights(name, server.OWNER, server.SITE):
        if " DATABASE " in statement:
            run("postgres", statement)
    return name


@contextmanager
def cloned(template: str, name: str) -> Iterator[str]:
    """The same for a while."""
    yield clone(template, name)
    drop(name)


@contextmanager
def using(name: str) -> Iterator[None]:
    """Django's connections go to this database."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in settings.DATABASES}
    _switch(dict.fromkeys(before, name))
    try:
        yield
    finally:
        _switch(before)


def _switch(names: dict[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def calm(name: str) -> None:
    """Nothing of what was written before is still to be done while we measure."""
    run(name, "VACUUM (ANALYZE)", "CHECKPOINT")


def settle() -> None:
    """Let the disk come to rest between two measurements."""
    run("postgres", "CHECKPOINT")
    time.sleep(0.2)


def child_environ(database: str, **more: str) -> dict[str, str]:
    """For processes of ours: our settings over that database."""
    told = {"DJANGO_SETTINGS_MODULE": "bench.settings", "BENCH_DATABASE": database}
    return {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | told | more
