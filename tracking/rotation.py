"""Changing keys while the site runs: put the new key first, run this, then drop the old key.

Every value is sealed and indexed anew in small transactions; look-ups try all configured keys meanwhile.
"""

from collections.abc import Callable
from uuid import UUID

from django.db import connection, transaction
from psycopg2.extras import execute_values

from . import nik, sealing, tokens

AT_ONCE = 2_000
MERGE_LOCK = 0x656B7470
"""Advisory lock that one merge of a feed, or one piece of a rotation, holds at a time."""
SEALED_FIELDS = {"nik_sealed": nik.FIELD, "address_sealed": sealing.ADDRESS, "phone_sealed": sealing.PHONE}


_also: dict[str, dict[str, bytes]] = {}


def register(table: str, fields: dict[str, bytes]) -> None:
    """Another table with sealed columns, and the field that each is sealed for; its key is `id`."""
    _also[table] = fields


def rotate(progress: Callable[[int], None] = lambda done: None) -> int:
    """Bring every citizen's sealed values and NIK index to the newest keys; how many were changed."""
    tokens.reseal()
    after = changed = done = 0
    while piece := _next_piece(after):
        after, looked_at, rewritten = piece
        changed += rewritten
        done += looked_at
        progress(done)
    return changed + sum(_reseal_table(table, fields) for table, fields in _also.items())


def _reseal_table(table: str, fields: dict[str, bytes]) -> int:
    after = changed = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, {', '.join(fields)} FROM {table} WHERE id > %s ORDER BY id LIMIT %s FOR NO KEY UPDATE",
                [after, AT_ONCE],
            )
            rows = cursor.fetchall()
            if not rows:
                return changed
            for key, *blobs in rows:
                was = [None if blob is None else bytes(blob) for blob in blobs]
                now = [_newest(blob, field) for blob, field in zip(was, fields.values(), strict=True)]
                if now != was:
                    values = ", ".join(f"{column} = %s" for column in fields)
                    cursor.execute(f"UPDATE {table} SET {values} WHERE id = %s", [*now, key])
                    changed += 1
            after = rows[-1][0]


def _next_piece(after: int) -> tuple[int, int, int] | None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MERGE_LOCK])
        cursor.execute(
            "SELECT id, nik_index, nik_sealed, address_sealed, phone_sealed FROM tracking_citizen"
            " WHERE id > %s ORDER BY id LIMIT %s FOR NO KEY UPDATE",
            [after, AT_ONCE],
        )
        rows = cursor.fetchall()
        if not rows:
            return None
        renewed = [_renewed(*row) for row in rows]
        changes = [new for new, row in zip(renewed, rows, strict=True) if new != _plain(row)]
        if changes:
            execute_values(
                cursor.cursor,
                "UPDATE tracking_citizen c SET nik_index = v.nik_index, nik_sealed = v.nik, address_sealed = v.address,"
                " phone_sealed = v.phone FROM (VALUES %s) v (id, nik_index, nik, address, phone) WHERE c.id = v.id",
                changes,
                template="(%s, %s::uuid, %s::bytea, %s::bytea, %s::bytea)",
                page_size=AT_ONCE,
            )
        return rows[-1][0], len(rows), len(changes)


Row = tuple[int, str, bytes, bytes | None, bytes | None]


def _renewed(
    key: int, index: UUID, number: memoryview, address: memoryview | None, phone: memoryview | None
) -> Row:
    newest = nik.indexes(nik.unseal(number))[0]
    return (
        key,
        str(newest),
        _resealed(number, "nik_sealed") or b"",
        _resealed(address, "address_sealed"),
        _resealed(phone, "phone_sealed"),
    )


def _resealed(blob: memoryview | None, column: str) -> bytes | None:
    return _newest(None if blob is None else bytes(blob), SEALED_FIELDS[column])


def _newest(blob: bytes | None, field: bytes) -> bytes | None:
    if not blob or sealing.is_sealed_with_newest(blob, field):
        return blob
    return sealing.seal(sealing.unseal(blob, field), field)


def _plain(row: tuple[int, UUID, memoryview, memoryview | None, memoryview | None]) -> Row:
    key, index, *sealed = row
    number, address, phone = (None if blob is None else bytes(blob) for blob in sealed)
    return key, str(index), number or b"", address, phone
