"""Cuts a CSV file into pieces at line ends that are no part of a quoted value.

Follows the csv module's reading to the letter: a quote opens only at the beginning of a value; after the
closing one, whatever follows up to the separator is taken as it is.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from . import errors
from .errors import UnreadableFile
from .sources import Source

PIECE = 1 << 18
PIECE_MAX = 8 << 20


class Piece(NamedTuple):
    """Whole rows of a file: where they are, and the number of their first line."""

    offset: int
    length: int
    first_line: int


def pieces(source: Source, start: int, first_line: int, delimiter: str, size: int = PIECE) -> Iterator[Piece]:
    """All rows from `start` on. UnreadableFile where a quote never closes."""
    separator = delimiter.encode()
    wanted = size
    while start < source.size:
        block = source.read_at(start, wanted)
        final = start + len(block) >= source.size
        end, opened = safe_end(block, separator, final=final)
        if opened is not None and (final or (not end and wanted >= PIECE_MAX)):
            raise _never_closes(first_line + lines_in(block[:opened]), final=final)
        if final:
            end = len(block)
        elif not end:
            if wanted >= PIECE_MAX:
                raise UnreadableFile(
                    errors.LINE_TOO_LONG,
                    f"Baris {first_line} lebih dari {PIECE_MAX:,} bita. Mungkin ini bukan berkas CSV.",
                )
            wanted = min(wanted * 2, PIECE_MAX)
            continue
        yield Piece(start, end, first_line)
        first_line += lines_in(block[:end])
        start += end
        wanted = size


def lines_in(block: bytes) -> int:
    """How many lines end in it."""
    if b"\r" not in block:
        return block.count(b"\n")
    return block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")


def safe_end(block: bytes, separator: bytes, *, final: bool = True) -> tuple[int, int | None]:
    """Up to where the block holds whole rows (0: nowhere), and where a quote opens that it doesn't close."""
    if b'"' not in block:
        return _last_newline(block, final=final), None
    parts = block.split(b'"')
    if not _is_regular(parts, separator):
        return _safe_end_of_irregular(block, separator, final=final)
    opened = len(block) - len(parts[-1]) - 1 if len(parts) % 2 == 0 else None
    begin = len(block)
    for at in range(len(parts) - 1, -1, -1):
        begin -= len(parts[at])
        if at % 2 == 0 and (end := _last_newline(parts[at], final=final or at < len(parts) - 1)):
            return begin + end, opened
        begin -= 1
    return 0, opened


def _last_newline(part: bytes, *, final: bool) -> int:
    """Just behind the last line end. A CR at the very end waits: an LF may follow."""
    if not final and part.endswith(b"\r"):
        part = part[:-1]
    return max(part.rfind(b"\n"), part.rfind(b"\r")) + 1


def _is_regular(parts: list[bytes], separator: bytes) -> bool:
    """Whether each quote opens a value, closes it or is doubled inside; then they only need to be counted."""
    beginnings, ends = (b"\n", b"\r", separator), (b"\n", b"\r", separator)
    outside = parts[::2]
    if outside[0] and not outside[0].endswith(beginnings):
        return False
    closed = len(parts) % 2 == 1
    if closed and len(outside) > 1 and outside[-1] and not outside[-1].startswith(ends):
        return False
    between = set(outside[1:-1] if closed else outside[1:])
    between.discard(b"")
    return all(part.startswith(ends) and part.endswith(beginnings) for part in between)


def _safe_end_of_irregular(block: bytes, separator: bytes, *, final: bool) -> tuple[int, int | None]:
    """The same value by value, for quotes in odd places."""
    value = re.compile(
        rb'(?:(?P<open>")(?:[^"]++|"")*+(?P<close>")?+)?+[^%b\r\n]*+(?P<end>%b|\r\n|\r|\n|\Z)'
        % ((re.escape(separator),) * 2)
    )
    end = at = 0
    while at < len(block):
        found = value.match(block, at)
        if found is None:
            raise AssertionError("every value ends somewhere")
        if found["open"] and not found["close"]:
            return end, at
        at = found.end()
        if found["end"] in (b"\n", b"\r\n") or (found["end"] == b"\r" and (final or at < len(block))):
            end = at
    return end, None


def _never_closes(line: int, *, final: bool) -> UnreadableFile:
    within = "sampai akhir berkas" if final else f"dalam {PIECE_MAX:,} bita sesudahnya"
    return UnreadableFile(
        errors.QUOTE_OPEN,
        f"Tanda kutip yang dibuka di baris {line} tidak ditutup {within}. "
        "Tutup atau hapus tanda kutip itu lalu kirim lagi.",
    )
