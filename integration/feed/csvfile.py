"""A CSV file: its dialect and header, and the rows of any piece of it."""

import csv
import re
from collections.abc import Iterator
from itertools import islice

from tracking.spreadsheets import DELIMITERS, lines_of

from . import errors
from .columns import KNOWN, Header, matched
from .cutting import Piece, lines_in, pieces, safe_end
from .encodings import text_of
from .errors import UnreadableFile
from .examine import FIELD_MAX
from .rows import OddRow, WrittenRows
from .sources import Source

csv.field_size_limit(1 << 30)  # values too long are a fault of their row, not an exception of the reader

_HEADER_MAX, _HEADER_LINES = 1 << 18, 100
_SEP = re.compile(rb'"?sep=([,;\t])"?[,;\t]*(\r\n?|\n)', re.IGNORECASE)
_SIXTEEN_DIGITS = re.compile(r"[0-9]{16}")


class CsvFile:
    """One CSV file, opened: its header is known to be usable."""

    def __init__(self, source: Source) -> None:
        self.source, self.encoding, at = text_of(source)
        beginning = self.source.read_at(at, _HEADER_MAX)
        line = 1
        delimiters: tuple[str, ...] = DELIMITERS
        if sep := _SEP.match(beginning):
            delimiters = (sep[1].decode(),)
            beginning, at, line = beginning[sep.end() :], at + sep.end(), 2
        self.delimiter, names, length = max(
            (self._header(beginning, line, delimiter) for delimiter in delimiters), key=_known_columns
        )
        if length < 0:
            raise UnreadableFile(
                errors.QUOTE_OPEN,
                f"Tanda kutip yang dibuka di baris {line} tidak ditutup. Tutup atau hapus lalu kirim lagi.",
            )
        self.header = Header(names)
        self.header.refuse_unusable()
        self.start = at + length
        self.first_line = line + lines_in(beginning[:length])
        self.size = self.source.size
        self.written_in = self.delimiter.join((self.encoding, *self.header.names))

    def _header(self, beginning: bytes, line: int, delimiter: str) -> tuple[str, list[str], int]:
        """The delimiter, what the first row would be with it, and where that row ends."""
        ends = [found.end() for found in islice(re.finditer(rb"\r\n?|\n", beginning), _HEADER_LINES)]
        for end in [*ends, len(beginning)]:
            length, opened = safe_end(beginning[:end], delimiter.encode())
            if opened is None:
                length = end
                break
        else:
            length = -1
        text = beginning[: end if length < 0 else length].decode(self.encoding, "replace")
        return delimiter, next(csv.reader(lines_of(text), delimiter=delimiter), []), length

    def pieces(self) -> Iterator[Piece]:
        """The file in pieces of whole rows, for one or several readers."""
        return pieces(self.source, self.start, self.first_line, self.delimiter)

    def beginning(self, size: int) -> Iterator[Piece]:
        """The first piece of about so many bytes, if there are rows."""
        return islice(pieces(self.source, self.start, self.first_line, self.delimiter, size), 1)

    def rows(self, piece: Piece) -> WrittenRows:
        """The rows of a piece: (line on which the row begins, its cells, its bytes without the line's end)."""
        raw = self.source.read_at(piece.offset, piece.length)
        written = raw.splitlines()
        odd = False
        try:
            text = raw.decode(self.encoding)
        except UnicodeDecodeError:
            text, odd = raw.decode(self.encoding, "surrogateescape"), True
        del raw
        lines = lines_of(text)
        odd = odd or "\0" in text or max(map(len, lines), default=0) > FIELD_MAX
        del text
        reader = csv.reader(lines, delimiter=self.delimiter)
        first, done = piece.first_line, 0
        for cells in reader:
            begun, done = done, reader.line_num
            if done - begun > 1:
                yield from self._of_several_lines(
                    first + begun, lines[begun:done], written[begun:done], cells
                )
            else:
                yield first + begun, OddRow(cells) if odd else cells, written[begun]

    def _of_several_lines(
        self, line: int, lines: list[str], written: list[bytes], cells: list[str]
    ) -> WrittenRows:
        """A row with line ends in its values; or whole rows that a stray quote has swallowed, given back."""
        swallowed: list[tuple[int, list[str], bytes]] = []
        reader = csv.reader(lines[1:], delimiter=self.delimiter)
        done = 0
        for inner in reader:
            if not self._is_evident(inner):
                yield line, OddRow(cells), b"\n".join(written)
                return
            swallowed.append(
                (line + 1 + done, OddRow(inner), b"\n".join(written[1 + done : 1 + reader.line_num]))
            )
            done = reader.line_num
        broken = OddRow(next(csv.reader(lines[:1], delimiter=self.delimiter)))
        broken.malformed = (
            "tanda kutip dibuka tetapi tidak ditutup, padahal baris berikutnya sudah data orang lain. "
            "Tutup atau hapus tanda kutip itu lalu kirim lagi"
        )
        yield line, broken, written[0]
        yield from swallowed

    def _is_evident(self, cells: list[str]) -> bool:
        """Whether this can only be a row of its own."""
        place = self.header.place["NIK"]
        return len(cells) == self.header.width and bool(_SIXTEEN_DIGITS.fullmatch(cells[place].strip(" '")))


def _known_columns(found: tuple[str, list[str], int]) -> int:
    return len({matched(name) for name in found[1]} & set(KNOWN))
