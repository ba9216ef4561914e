"""The same database with a part of the work left away, to measure what that part costs."""

import re

from . import cluster

_NOTED = re.compile(r"INSERT INTO tracking_unsettled\b.*?;", re.DOTALL)


def without_triggers(database: str) -> None:
    """Raw tables: whoever writes has to write events and tickets himself."""
    tables = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    for (table,) in cluster.run(database, tables):
        cluster.run(database, f"ALTER TABLE {table} DISABLE TRIGGER USER")


def without_counters(database: str) -> None:
    """Steps are checked and events written; counts, tickets and places in the queue are not kept."""
    noting = "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE prorettype = 'trigger'::regtype AND prosrc LIKE '%INSERT INTO tracking_unsettled%'"
    functions = [_NOTED.sub("", source) for (source,) in cluster.run(database, noting)]
    if not functions:
        raise RuntimeError(
            "No trigger notes what commit has to settle: this variant measures nothing any more."
        )
    cluster.run(database, *functions)
