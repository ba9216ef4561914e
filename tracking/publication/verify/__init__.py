"""Recomputes what was published, for `verify`: the chain of days, both roots of each, and that no row is in two days."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ...verify import Invariant, register, register_recount
from .. import private
from ..merkle import Tree, leaf_hash

_DAYS = "SELECT day, before, events, lines, public_root, private_root, secret FROM tracking_publication ORDER BY day"
_PARTS = """
SELECT f.name, p.text FROM tracking_publishedfile f JOIN tracking_publishedpart p USING (day, name)
WHERE f.day = %s ORDER BY f.place, p.n LIMIT %s OFFSET %s
"""
_AT_ONCE = 8


class _Day(NamedTuple):
    day: Any
    before: Any
    events: int
    lines: int
    public_root: memoryview
    private_root: memoryview
    secret: memoryview


def join() -> None:
    """Have `verify` look at what was published too."""
    register(Path(__file__).with_name("invariants.sql"))
    register_recount(
        Invariant(
            "integrity_chain",
            "Days follow each other, and rows and events still lead to the roots that were published.",
            "",
            "publication",
            integrity,
        )
    )


def integrity(cursor: Any) -> Iterator[str]:
    """What does not fit, a line each."""
    cursor.execute(_DAYS)
    before: _Day | None = None
    for row in cursor.fetchall():
        this = _Day(*row)
        if this.before != (before.day if before else None):
            yield f"{this.day}: hari sebelumnya {this.before}, yang diumumkan {before and before.day}"
        if _public(cursor, this, before) != (bytes(this.public_root), this.lines):
            yield f"{this.day}: berkasnya tidak menghasilkan akar umum yang diumumkan"
        yield from _private(cursor, this, before)
        before = this


def _public(cursor: Any, this: _Day, before: _Day | None) -> tuple[bytes, int]:
    tree = Tree()
    tree.add(bytes(before.public_root) if before else private.FIRST_PREVIOUS)
    start = 0
    while True:
        cursor.execute(_PARTS, [this.day, _AT_ONCE, start])
        parts = cursor.fetchall()
        for name, text in parts:
            prefix = f"{name},".encode()
            for line in text.encode().splitlines():
                tree.add_hash(leaf_hash(prefix + line))
        if len(parts) < _AT_ONCE:
            return tree.root(), tree.size - 1
        start += _AT_ONCE


def _private(cursor: Any, this: _Day, before: _Day | None) -> Iterator[str]:
    previous = bytes(before.private_root) if before else private.FIRST_PREVIOUS
    tree = private.Chunks(bytes(this.secret), previous)
    private.leaves_into(tree, cursor, this.day)
    if tree.root() == bytes(this.private_root) and tree.events == this.events:
        return
    cursor.execute(
        "SELECT first_id, last_id, hash FROM tracking_publishedchunk WHERE day = %s ORDER BY n", [this.day]
    )
    kept = [(first, last, bytes(digest)) for first, last, digest in cursor.fetchall()]
    first = next((one for one, now in zip(kept, tree.chunks, strict=False) if one != now), (0, 0, b""))
    yield (
        f"{this.day}: {this.events} peristiwa diumumkan, {tree.events} ada, dan riwayat menghasilkan akar lain,"
        f" mulai dari peristiwa {first[0]}-{first[1]}"
    )
