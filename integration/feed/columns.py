"""The columns of a feed file: their names, and which cell of a row is which."""

import re
from collections.abc import Iterable, Sequence

from tracking.nik import BLANKS, INVISIBLE

from . import errors
from .errors import UnreadableFile
from .reasons import LONG_NUMBER

NEEDED = (
    "NIK",
    "NAMA_LGKP",
    "NO_KEC",
    "NO_KEL",
    "NO_RW",
    "NO_RT",
    "CURRENT_STATUS_CODE",
    "TGL_STATUS",
    "TGL_REKAM",
)
OPTIONAL = ("TGL_PERMOHONAN", "JENIS", "ALAMAT", "NO_HP")
KNOWN = NEEDED + OPTIONAL

_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_NAMES = frozenset(KNOWN)
_NAMED_UNKNOWN = 50  # so many unknown columns are named; a header may have thousands


def matched(name: str) -> str:
    """A column's name without regard to case, surrounding spaces and invisible characters."""
    return _INVISIBLE.sub("", name).strip(BLANKS).removeprefix("'").strip(BLANKS).upper()


class Header:
    """What the first row says: where each known column is, and what is unknown."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = [_INVISIBLE.sub("", name).strip(BLANKS) for name in names]
        while self.names and not self.names[-1]:
            self.names.pop()
        self.width = len(self.names)
        self.place: dict[str, int] = {}
        self.twice: list[str] = []
        self.unknown: list[str] = []
        for at, name in enumerate(self.names):
            key = matched(name)
            if key not in _NAMES:
                self.unknown.append(_named(name) or f"(kolom ke-{at + 1} tanpa nama)")
            elif key in self.place:
                self.twice.append(key)
            else:
                self.place[key] = at
        # of an optional column that is there twice the first one counts, the other is reported
        self.unknown += [f"{name} (kedua)" for name in self.twice if name in OPTIONAL]
        del self.unknown[_NAMED_UNKNOWN:]

    def name_unknown(self, name: str) -> None:
        """Report a name that nobody reads, met later on."""
        name = _named(name)
        if name not in self.unknown and len(self.unknown) < _NAMED_UNKNOWN:
            self.unknown.append(name)

    def refuse_unusable(self) -> None:
        """Raise UnreadableFile unless every needed column is there exactly once."""
        missing = [name for name in NEEDED if name not in self.place]
        if not self.place:
            raise UnreadableFile(
                errors.NO_HEADER,
                "Baris pertama bukan judul kolom. Baris pertama harus berisi nama kolom: "
                f"{', '.join(NEEDED)}. Hapus judul atau baris kosong di atasnya lalu kirim lagi.",
            )
        if missing:
            raise UnreadableFile(
                errors.COLUMN_MISSING,
                f"Kolom {_listed(missing)} tidak ada di baris pertama. Tambahkan lalu kirim lagi.",
            )
        if twice := [name for name in self.twice if name in NEEDED]:
            raise UnreadableFile(
                errors.COLUMN_TWICE,
                f"Kolom {_listed(twice)} ada lebih dari sekali di baris pertama. "
                "Sisakan satu yang benar lalu kirim lagi.",
            )


def _named(name: str) -> str:
    # somebody's row may have got into the header
    return "(angka panjang)" if LONG_NUMBER.search(name) else name[:60]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
