"""NDJSON: one object a line, with the same names as the columns of a file. The partner API's other format."""

import codecs
import io
import json
from collections.abc import Iterator
from typing import Any

from . import errors
from .columns import KNOWN, NEEDED, Header, matched
from .cutting import PIECE_MAX
from .errors import UnreadableFile
from .rows import OddRow, Rows
from .sources import Source, SourceFile


class _Number(str):
    """A number as it was written: JSON readers keep 15 digits of it."""


def _refuse(word: str) -> None:
    """NaN and Infinity, which are no JSON."""
    raise ValueError(word)


class NdjsonFile:
    """One NDJSON body. Its header is always the same; an absent optional name is an empty cell."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.size = source.size
        self.header = Header(KNOWN)
        self._file = SourceFile(source)
        mark = source.read_at(0, 4)
        if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in mark:
            raise UnreadableFile(errors.NOT_TEXT, f"{source.name} bukan NDJSON dalam UTF-8.")

    @property
    def bytes_read(self) -> int:
        return self._file.tell()

    def rows(self) -> Rows:
        self._file.seek(0)
        text = io.TextIOWrapper(
            io.BufferedReader(self._file), encoding="utf-8-sig", errors="surrogateescape", newline=""
        )
        try:
            for number, line in enumerate(self._lines(text), 1):
                if line.strip():
                    yield number, self._row(line)
        finally:
            text.detach().detach()  # type: ignore[attr-defined]  # closing them would close the source

    def _lines(self, text: io.TextIOWrapper) -> Iterator[str]:
        while line := text.readline(PIECE_MAX):
            if len(line) == PIECE_MAX:
                raise UnreadableFile(errors.LINE_TOO_LONG, f"Sebuah baris lebih dari {PIECE_MAX:,} karakter.")
            yield line

    def _row(self, line: str) -> list[str]:
        row = OddRow([""] * len(KNOWN))
        try:
            pairs = json.loads(
                line, object_pairs_hook=_Pairs, parse_int=_Number, parse_float=_Number, parse_constant=_refuse
            )
        except (ValueError, RecursionError):
            pairs = None
        if not isinstance(pairs, _Pairs):
            row[0] = line.strip()
            row.malformed = (
                'bukan objek JSON. Diharapkan satu objek per baris, {"NIK": "…", …}. Betulkan lalu kirim lagi'
            )
            return row
        self._fill(row, pairs)
        return row

    def _fill(self, row: OddRow, pairs: "_Pairs") -> None:
        seen: set[str] = set()
        for name, value in pairs:
            key = matched(name)
            if key not in self.header.place:
                self.header.name_unknown(name)
                continue
            if key in seen or not isinstance(value, str | None):
                row.malformed = row.malformed or (
                    f"isian {key} ada dua kali. Sisakan satu lalu kirim lagi"
                    if key in seen
                    else f"isian {key} bukan teks. Diharapkan teks dalam tanda kutip. Betulkan lalu kirim"
                )
                continue
            seen.add(key)
            row[self.header.place[key]] = value or ""
            if key == "NIK" and isinstance(value, _Number):
                row.numeric_nik = True
        if missing := [name for name in NEEDED if name not in seen]:
            row.malformed = row.malformed or (
                f"isian {', '.join(missing)} tidak ada. Diharapkan semua isian wajib. Lengkapi lalu kirim"
            )


class _Pairs(list[tuple[str, Any]]):
    """An object with all its names, also those that come twice."""
