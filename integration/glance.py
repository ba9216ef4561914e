"""Which rows of a feed say something new, found out before they are read."""

import sys
from array import array
from pathlib import Path
from typing import Any

from .copying import copy_in
from .feed import Feed
from .feed.copyformat import GLANCE

UNKNOWN = (Path(__file__).parent / "sql" / "unknown.sql").read_text()


def look(cursor: Any, feed: Feed) -> None:
    """Let the feed read only rows that are not, to the letter, the last accepted ones about their people.

    Where a sample tells that few rows are known, all are read: looking at them would cost more than it saves.
    """
    if not feed.is_worth_a_glance:
        return
    columns = ", ".join(f"{name} {kind}" for name, kind in GLANCE)
    for sample in (True, False):
        cursor.execute(
            f"DROP TABLE IF EXISTS pg_temp.feed_glance; CREATE TEMP TABLE feed_glance ({columns}) ON COMMIT DROP"
        )
        seen = copy_in(cursor, "feed_glance", feed.glances(sample=sample))
        cursor.execute(UNKNOWN)
        unknown = {number: _lines(packed) for number, packed in cursor}
        if sample and sum(map(len, unknown.values())) * 2 > seen:
            break
    else:
        feed.read_only(unknown)
    cursor.execute("DROP TABLE feed_glance")


def _lines(packed: memoryview) -> "array[int]":
    lines = array("i", bytes(packed))
    if sys.byteorder == "little":
        lines.byteswap()
    return lines
