"""Rejected rows as CSV: the columns that came in, then where, why, and what to do.

Made to be put right and sent again: a cell that a spreadsheet would run as a formula gets a leading
apostrophe, which reading drops.
"""

from collections.abc import Iterable, Iterator, Sequence

from tracking.spreadsheets import csv_line, harmless

from .columns import matched
from .feed import Feed
from .reasons import Fault

ADDED = ("FILE", "LINE", "REASON", "MESSAGE")


def rejects_csv(feed: Feed, faults: Iterable[Fault]) -> Iterator[str]:
    """The lines of the file, header first; write them as UTF-8 (with a mark, for Excel)."""
    return rejects_lines([(file.source.name, file.header.names) for file in feed.files], faults)


def rejects_lines(files: Sequence[tuple[str, Sequence[str]]], faults: Iterable[Fault]) -> Iterator[str]:
    """The same from name and columns of each file; file_no of a fault counts from 1."""
    # columns of several files are put together by name; those of an earlier rejects file are made anew
    keys: dict[tuple[str, int], tuple[int, str]] = {}
    places = [_places(names, keys) for _, names in files]
    several = len(files) > 1
    added = ADDED if several else ADDED[1:]
    yield csv_line([harmless(name) for _, name in keys.values()] + list(added))
    for fault in faults:
        row = [""] * len(keys)
        names = files[fault.file_no - 1][1]
        cells = fault.cells
        if len(cells) > len(names):  # too many values: all are kept, in the last column
            cells = [*cells[: len(names) - 1], ",".join(cells[len(names) - 1 :]).rstrip(",")]
        for cell, place in zip(cells, places[fault.file_no - 1], strict=False):
            if place is not None:
                row[place] = harmless(cell)
        where = [harmless(files[fault.file_no - 1][0])] if several else []
        yield csv_line([*row, *where, fault.line, fault.reason.value, harmless(fault.message)])


def _places(names: Sequence[str], keys: dict[tuple[str, int], tuple[int, str]]) -> list[int | None]:
    """Where each column of a file goes; the second of the same name goes beside the first."""
    places: list[int | None] = []
    seen: dict[str, int] = {}
    for name in names:
        key = matched(name)
        if key in ADDED:
            places.append(None)
            continue
        seen[key] = seen.get(key, 0) + 1
        place, _ = keys.setdefault((key, seen[key]), (len(keys), name))
        places.append(place)
    return places
