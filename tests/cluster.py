"""The tests' cluster: one per run, a template migrated once by the owner, a clone of it per worker."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from bekasi_ektp import server
from bekasi_ektp.server import life
from bekasi_ektp.server.cluster import rights
from bekasi_ektp.server.places import PORT

TEMPLATE = "ektp_template"
# What migrations loaded is kept beside the tables; a test that commits gets every table back as it was.
PRISTINE = """
CREATE SCHEMA pristine;
DO $$
DECLARE name text; filled boolean;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO filled;
        IF filled THEN EXECUTE format('CREATE TABLE pristine.%I AS TABLE public.%I', name, name); END IF;
    END LOOP;
END $$;
CREATE FUNCTION pristine.restore() RETURNS void LANGUAGE plpgsql AS $$
DECLARE name text; kept boolean; differs boolean; columns text;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name, kept IN
        SELECT p.tablename, k.tablename IS NOT NULL FROM pg_tables p
        LEFT JOIN pg_tables k ON k.schemaname = 'pristine' AND k.tablename = p.tablename
        WHERE p.schemaname = 'public'
    LOOP
        IF kept THEN
            EXECUTE format('SELECT (SELECT count(*) FROM public.%1$I) <>
                (SELECT count(*) FROM pristine.%1$I)
                OR EXISTS (SELECT t::text FROM public.%1$I t
                    EXCEPT SELECT t::text FROM pristine.%1$I t)', name)
                INTO differs;
        ELSE
            EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO differs;
        END IF;
        IF differs THEN
            EXECUTE format('DELETE FROM public.%I', name);
            IF kept THEN
                SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
                WHERE attrelid = format('public.%I', name)::regclass AND attnum > 0
                    AND NOT attisdropped AND attgenerated = '';
                EXECUTE format('INSERT INTO public.%1$I (%2$s) OVERRIDING SYSTEM VALUE
                    SELECT %2$s FROM pristine.%1$I', name, columns);
            END IF;
        END IF;
    END LOOP;
END $$;
"""


def database() -> str:
    """The name of this worker's database."""
    name: str = settings.DATABASES["default"]["NAME"]
    return name


def log() -> Path:
    """What PostgreSQL itself wrote."""
    return server.Places(settings.VAR_DIR).log


def connect(role: str, name: str = "") -> Any:
    """A connection of the tests' own, beside Django's; commits at once."""
    places = server.Places(settings.VAR_DIR)
    connection = psycopg2.connect(host=str(places.socket), port=PORT, user=role, dbname=name or database())
    connection.autocommit = True
    return connection


def run_as_superuser(name: str, *statements: str) -> None:
    connection = connect(server.SUPERUSER, name)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


def prepare() -> None:
    """Have this worker's database, as migrations leave it."""
    sweep()
    server.use(settings.VAR_DIR, tests=True)
    with once("template") as is_first:
        if is_first:
            _make_template()
        run_as_superuser(
            "postgres",
            f"DROP DATABASE IF EXISTS {database()} WITH (FORCE)",
            f"CREATE DATABASE {database()} TEMPLATE {TEMPLATE} OWNER {server.OWNER} STRATEGY FILE_COPY",
            *rights_on_database(database()),
        )
    sweep_up()  # remembers how large they are to begin with


def restore() -> None:
    """Every table as migrations left it; nobody else may be in the middle of something."""
    connections.close_all()
    run_as_superuser(
        database(),
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in tr%'",
        "SET lock_timeout = '10s'",
        "SELECT pristine.restore()",
    )


# Autovacuum is off, and a test that rolls back leaves its rows dead: a hundred thousand of them make every later test slow.
GROWN = """
SELECT oid::regclass::text, pg_total_relation_size(oid) FROM pg_class
WHERE relkind = 'r' AND relpersistence <> 't'
    AND relnamespace IN ('public'::regnamespace, 'pg_catalog'::regnamespace) AND NOT relisshared
"""
ROOM = 1024 * 1024
_sizes: dict[str, int] = {}


def sweep_up() -> None:
    """Vacuum the tables of this worker's database that have grown much since this was last done."""
    connection = connect(server.SUPERUSER)
    with connection.cursor() as cursor:
        cursor.execute(GROWN)
        grown = [name for name, size in cursor.fetchall() if size > _sizes.setdefault(name, size) + ROOM]
        for name in grown:
            cursor.execute(f"VACUUM (SKIP_LOCKED) {name}")
            cursor.execute("SELECT pg_total_relation_size(%s::regclass)", [name])
            _sizes[name] = cursor.fetchone()[0]
    connection.close()


def leave() -> None:
    """Stop the cluster and remove it, if this process was the last to use it."""
    connections.close_all()
    life.leave(settings.VAR_DIR)
    _remove(settings.VAR_DIR)


def sweep() -> None:
    """Remove what killed runs left behind."""
    for folder in Path(tempfile.gettempdir()).glob("ektp-test-*"):
        try:
            if folder.stat().st_uid == os.geteuid() and time.time() - folder.stat().st_mtime > 1800:
                _remove(folder)
        except (OSError, server.ServerError):
            continue


def rights_on_database(name: str) -> list[str]:
    return [line for line in rights(name, server.OWNER, server.SITE) if " DATABASE " in line]


def _remove(var: Path) -> None:
    if server.stop_if_unused(var):
        shutil.rmtree(var, ignore_errors=True)


def _make_template() -> None:
    run_as_superuser(
        "postgres", f"DROP DATABASE IF EXISTS {TEMPLATE}", f"CREATE DATABASE {TEMPLATE} OWNER {server.OWNER}"
    )
    run_as_superuser(TEMPLATE, *rights(TEMPLATE, server.OWNER, server.SITE))
    owner = connections["owner"]
    owner.close()
    owner.settings_dict["NAME"] = TEMPLATE
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        owner.close()
        owner.settings_dict["NAME"] = database()
    run_as_superuser(TEMPLATE, PRISTINE)


@contextmanager
def once(what: str) -> Iterator[bool]:
    """One worker at a time; whether this is the first of the run, which makes it for all."""
    done = settings.VAR_DIR / what
    with open(settings.VAR_DIR / f"{what}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield not done.exists()
        done.touch()


def nobody_else_is_connected(patience: float = 30) -> bool:
    """Whether nobody else works in this worker's database; what was cut off is rolled back by then.

    Sites that stay up between tests keep connections that do nothing.
    """
    connection = connect(server.SUPERUSER, "postgres")
    mine = connections["default"].connection
    end = time.monotonic() + patience
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> %s AND state <> 'idle'",
                [database(), mine.info.backend_pid if mine else 0],
            )
            if cursor.fetchone()[0] == 0:
                connection.close()
                return True
    connection.close()
    return False
