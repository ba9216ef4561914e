"""The checked rows as PostgreSQL's binary COPY format: columns, packing, and reading back.

Packed by hand because a row has to cost microseconds; the temporary table of the merge is made from COLUMNS.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Any, NamedTuple
from uuid import UUID

COLUMNS: list[tuple[str, str]] = [
    ("file_no", "int2"),  # 1 is the first file of the batch
    ("line", "int4"),  # where the row begins: file line, or sheet row
    ("nik_index", "uuid"),
    ("nik_sealed", "bytea"),
    ("status_lo", "timestamptz"),  # a date without a time is that whole day in Jakarta:
    ("status_hi", "timestamptz"),  # from its first to its last microsecond
    ("recorded_at", "timestamptz"),
    ("requested_at", "timestamptz"),  # recorded_at where the file gives none
    ("requested_given", "bool"),
    ("row_digest", "int8"),  # keyed, over the NIK and every value but what the centre says of the card
    (
        "written_digest",
        "int8",
    ),  # keyed, over the row as it is written: equal for a row sent again to the letter
    ("nik_index_next", "uuid"),  # under the new index key while two are configured, else NULL
    ("name", "text"),
    ("kecamatan_id", "int2"),  # NULL, like kelurahan_id, where fault is region_unknown
    ("kelurahan_id", "int4"),
    ("rw", "int2"),
    ("rt", "int2"),
    ("code", "text"),
    ("kind", "text"),
    ("address_sealed", "bytea"),
    ("address_digest", "int8"),
    ("phone_sealed", "bytea"),
    ("phone_digest", "int8"),
    (
        "fault",
        "text",
    ),  # region_unknown (another regency) or region_not_allowed: the merge still needs the row
]
GLANCE: list[tuple[str, str]] = [
    ("file_no", "int2"),
    ("line", "int4"),
    ("nik_index", "uuid"),  # NULL where there is no NIK
    ("written_digest", "int8"),
]
"""What a first look at a file gives of each row."""

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
TRUE, FALSE = b"\0\0\0\1\1", b"\0\0\0\1\0"

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # PostgreSQL counts microseconds from here

length = Struct(">i").pack
_int2, _int4 = Struct(">ih").pack, Struct(">ii").pack


def int2(value: int | None) -> bytes:
    return NULL if value is None else _int2(2, value)


def int4(value: int | None) -> bytes:
    return NULL if value is None else _int4(4, value)


def sized(value: bytes | None) -> bytes:
    """bytea, uuid, or text as UTF-8."""
    return NULL if value is None else length(len(value)) + value


class FeedRow(NamedTuple):
    """One checked row as the merge gets it, read back: for previews and tests."""

    file_no: int
    line: int
    nik_index: UUID
    nik_sealed: bytes
    status_lo: datetime
    status_hi: datetime
    recorded_at: datetime
    requested_at: datetime
    requested_given: bool
    row_digest: int
    written_digest: int
    nik_index_next: UUID | None
    name: str
    kecamatan_id: int | None
    kelurahan_id: int | None
    rw: int | None
    rt: int | None
    code: str
    kind: str | None
    address_sealed: bytes | None
    address_digest: int | None
    phone_sealed: bytes | None
    phone_digest: int | None
    fault: str | None

    @property
    def status_has_time(self) -> bool:
        return self.status_lo == self.status_hi


def _integer(value: bytes) -> int:
    return int.from_bytes(value, "big", signed=True)


_FROM_BYTES: dict[str, Callable[[bytes], Any]] = {
    "int2": _integer,
    "int4": _integer,
    "int8": _integer,
    "uuid": lambda value: UUID(bytes=value),
    "bytea": bytes,
    "text": bytes.decode,
    "timestamptz": lambda value: EPOCH + timedelta(microseconds=_integer(value)),
    "bool": lambda value: value == b"\1",
}


def unpacked(chunks: Iterable[bytes]) -> Iterator[FeedRow]:
    """The rows of a whole binary COPY stream."""
    return (FeedRow(*values) for values in unpacked_as(COLUMNS, chunks))


def unpacked_as(columns: list[tuple[str, str]], chunks: Iterable[bytes]) -> Iterator[list[Any]]:
    """The rows of a stream with these columns."""
    stream = b"".join(chunks)
    if not stream.startswith(HEADER) or not stream.endswith(TRAILER):
        raise ValueError("not a whole COPY stream")
    at = len(HEADER)
    readers = [_FROM_BYTES[kind] for _, kind in columns]
    while (count := int.from_bytes(stream[at : at + 2], "big", signed=True)) != -1:
        at += 2
        if count != len(columns):
            raise ValueError("not a row of this format")
        values: list[Any] = []
        for reader in readers:
            length = int.from_bytes(stream[at : at + 4], "big", signed=True)
            at += 4
            values.append(None if length < 0 else reader(stream[at : at + length]))
            at += max(length, 0)
        yield values


class ChunkFile:
    """Chunks as the file that psycopg2's copy_expert reads from."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = memoryview(b"")

    def read(self, size: int = 8192) -> bytes:
        if not self._rest:
            self._rest = memoryview(next((chunk for chunk in self._chunks if chunk), b""))
        piece, self._rest = self._rest[:size], self._rest[size:]
        return bytes(piece)
