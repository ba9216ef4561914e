"""Who divides, takes back or prints waits for the others of the same kecamatan; the ledger holds without it too."""

from collections.abc import Iterable

from django.db import connection

_CLASS = 0x626C6B  # "blk"
STORE = 0


def be_patient() -> None:
    """Wait for others of the ledger until the end of the transaction: each takes milliseconds, 64 are served in time."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '20s'")


def hold(keys: Iterable[int]) -> None:
    """Until the end of the transaction; in one order, so that nobody waits in a ring."""
    be_patient()
    with connection.cursor() as cursor:
        for key in sorted(set(keys)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_CLASS, key])
