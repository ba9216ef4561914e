"""A first look at a CSV file: whom each row is about, and a digest of how it is written.

Most rows of a nightly dump are last night's to the letter. The database knows them by these two, so they need
not be read: neither taken apart nor checked nor sealed.
"""

from tracking import nik
from tracking.nik import NikError

from .check import Checked
from .csvfile import CsvFile
from .cutting import Piece
from .packing import glance_packer
from .values import is_blank


class Glancer:
    """Looks at the rows of one file."""

    def __init__(self, file: CsvFile, file_no: int) -> None:
        self.file = file
        self.at = file.header.place["NIK"]
        self.pack = glance_packer(file_no, file.written_in)

    def glance(self, piece: Piece) -> Checked:
        """Every row of the piece but blank ones, counted as Checker.check counts them."""
        raw = self.file.source.read_at(piece.offset, piece.length)
        at, separator, pack = self.at, self.file.delimiter.encode(), self.pack
        out: list[bytes] = []
        niks = niks_ending_0 = 0
        if b'"' not in raw:  # then every line is a row, and every separator separates
            odd: list[tuple[int, list[str], bytes]] = []
            for line, written in enumerate(raw.splitlines(), piece.first_line):
                cells = written.split(separator, at + 1)
                if len(cells) > at and len(digits := cells[at]) == 16 and digits.isdigit():
                    niks += 1
                    niks_ending_0 += digits.endswith(b"0")
                    out.append(pack(line, digits, written))
                else:
                    text = written.decode(self.file.encoding, "surrogateescape")
                    odd.append((line, text.split(self.file.delimiter), written))
        else:
            odd = list(self.file.rows(piece))
        for line, row, written in odd:
            if is_blank(row) and not getattr(row, "malformed", ""):
                continue
            ending_0 = nik.ends_in_0(row[at]) if at < len(row) else None
            if ending_0 is not None:
                niks += 1
                niks_ending_0 += ending_0
            out.append(pack(line, self._digits(row), written))
        return Checked(b"".join(out), [], len(out), niks, niks_ending_0)

    def _digits(self, cells: list[str]) -> bytes:
        try:
            return nik.parse(cells[self.at]).encode()
        except (NikError, IndexError):
            return b""
