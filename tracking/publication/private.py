"""The private tree of a day: one leaf for each event of a card, of which only the root is published.

A leaf is `nonce ‖ canonical JSON`. The nonce is made from the day's secret and the event's id, so that a proof gives
away one event and no other, and nothing of 32 bytes has to be kept for each of millions.
"""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from ..models.publication import CHUNK
from .merkle import Tree

# Keys in order, no white space, times in UTC as PostgreSQL writes them, nothing left out: there is one way to write it.
LEAF = """'{"at":"' || e.at || '","card":' || e.card_id || ',"code":' || coalesce(to_json(e.code)::text, 'null')
    || ',"corrects":' || coalesce(e.corrects::text, 'null') || ',"event":' || e.id
    || ',"from":' || coalesce('"' || e.from_stage || '"', 'null') || ',"reason":' || to_json(e.reason)
    || ',"since":"' || e.since || '","to":"' || e.to_stage || '"}'"""

FIRST_PREVIOUS = bytes(32)
"""Leaf 0 of the first day: there is no yesterday."""


def nonce(secret: bytes, event: int) -> bytes:
    return hmac.digest(secret, event.to_bytes(8, "big"), "sha256")


class Chunks:
    """The tree of a day as its events come: its root, and each chunk's ends and hash. A file for COPY to write to."""

    def __init__(self, secret: bytes, previous: bytes) -> None:
        self._secret = secret
        self._rest = b""
        self._tree, self._chunk = Tree(), Tree()
        self._chunk.add(previous)
        self._first = self._last = 0
        self.events = 0
        self.chunks: list[tuple[int, int, bytes]] = []

    def write(self, data: bytes) -> int:
        """Lines `id, tab, JSON`. PostgreSQL sends whole lines, and the client hands them on one by one."""
        digest, secret, sha = hmac.digest, self._secret, sha256
        for line in data.splitlines():
            number, _, text = line.partition(b"\t")
            self._last = int(number)
            self._first = self._first or self._last
            once = digest(secret, self._last.to_bytes(8, "big"), "sha256")
            self._chunk.add_hash(sha(b"\x00" + once + text).digest())
            self.events += 1
            if self._chunk.size == CHUNK:
                self._end_chunk()
        return len(data)

    def root(self) -> bytes:
        """The root, when all events are there."""
        if self._chunk.size:
            self._end_chunk()
        return self._tree.root()

    def _end_chunk(self) -> None:
        hashed = self._chunk.root()
        self._tree.add_hash(hashed)
        self.chunks.append((self._first, self._last, hashed))
        self._chunk, self._first = Tree(), 0


def leaves_into(target: Any, cursor: Any, day: Any, first: int = 0, last: int = 2**63 - 1) -> None:
    """Copy the leaves of a day's set from one event to another, as they are in the cursor's transaction."""
    cursor.execute(
        "SELECT greatest(lower(taken), %s), least(upper(taken) - 1, %s) FROM tracking_publishedset"
        " WHERE source = 'event' AND day = %s AND NOT isempty(taken)",
        [first, last, day],
    )
    ends = cursor.fetchone()
    if ends is None:  # nothing happened on it
        return
    with _utc(cursor):
        # both ends as figures, so that the plan knows how little of the table it is
        query = cursor.mogrify(
            f"""SELECT e.id, {LEAF} FROM tracking_event e
            WHERE e.id BETWEEN %s AND %s
              AND (SELECT taken FROM tracking_publishedset WHERE source = 'event' AND day = %s) @> e.id
            ORDER BY e.id""",
            [*ends, day],
        ).decode()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT", target)


@contextmanager
def _utc(cursor: Any) -> Iterator[None]:
    """Times are those of UTC meanwhile, whatever the connection's are; a transaction that fails forgets it anyhow."""
    cursor.execute("SELECT current_setting('TimeZone')")
    zone = cursor.fetchone()[0]
    cursor.execute("SELECT set_config('TimeZone', 'UTC', true)")
    yield
    cursor.execute("SELECT set_config('TimeZone', %s, true)", [zone])
