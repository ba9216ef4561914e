"""The printer's result file: CSV as printers and spreadsheets write it. Reads only, and knows no card.

Columns in any order: KODE (of the card) or NOMOR (its queue number), SERI, and HASIL, which may be missing
where all that has a serial was printed. Comma, semicolon or tab; UTF-8, UTF-16 with its mark or Windows-1252.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from typing import NamedTuple

from tracking.nik import INVISIBLE
from tracking.spreadsheets import DELIMITERS, lines_of

from .ledger import Outcome

MOST_BYTES = 5_000_000
_SEP = re.compile(r'"?sep=([,;\t])"?[,;\t]*(\r\n?|\n)', re.IGNORECASE)
_INVISIBLE = re.compile(f"[{INVISIBLE}]")

COLUMNS = {
    "KODE": ("KODE", "KODE_KARTU", "CODE", "CARD_CODE", "BARCODE", "QR"),
    "NOMOR": ("NOMOR", "NOMOR_ANTREAN", "NO_ANTREAN", "ANTREAN", "TICKET", "QUEUE_NUMBER", "NUMBER"),
    "SERI": ("SERI", "NOMOR_SERI", "NO_SERI", "SERIAL", "SERIAL_NUMBER", "SERIAL_NO", "BLANKO"),
    "HASIL": ("HASIL", "STATUS", "RESULT", "OUTCOME", "KETERANGAN"),
}
VALUES = {
    Outcome.PRINTED: (
        "DICETAK",
        "TERCETAK",
        "CETAK",
        "BERHASIL",
        "SUKSES",
        "BAIK",
        "OK",
        "PRINTED",
        "SUCCESS",
        "DONE",
    ),
    Outcome.MISPRINT: ("SALAHCETAK", "RUSAK", "CACAT", "MISPRINT", "MISPRINTED", "SPOILED", "DAMAGED", "BAD"),
    Outcome.NOT_PRINTED: (
        *("TIDAKDICETAK", "TIDAKTERCETAK", "BELUMDICETAK", "BATAL", "DILEWATI", "NOTPRINTED", "SKIPPED"),
        *("CANCELLED", "CANCELED"),
    ),
}
_COLUMN = {name: column for column, names in COLUMNS.items() for name in names}
_OUTCOME = {value: outcome for outcome, values in VALUES.items() for value in values}


class Unreadable(ValueError):
    """The file can't be read at all; nothing of it is booked. The message is for the operator."""


class Row(NamedTuple):
    """One line of the file, as it came; `outcome` is one of ours if its word is known."""

    line: int
    code: str
    number: str
    serial: str
    outcome: str


def read(data: bytes) -> Iterator[Row]:
    """The rows that say anything, or Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable("Berkas lebih dari 5 MB. Kirim hasil satu tumpukan saja.")
    rows, first_line, delimiter = _opened(_text(data))
    reader = csv.reader(rows, delimiter=delimiter)
    header = [_COLUMN.get(_name(cell), "") for cell in next(reader, [])]
    _check(header)
    place = {name: n for n, name in enumerate(header) if name}
    found = False
    while True:
        line = first_line + reader.line_num
        try:
            cells = next(reader, None)
        except csv.Error:
            raise Unreadable(
                f"Baris {line} tidak terbaca. Periksa tanda kutipnya, lalu kirim lagi."
            ) from None
        if cells is None:
            break
        if not any(cell.strip() for cell in cells):
            continue
        found = True
        given = {name: _cell(cells, n) for name, n in place.items()}
        yield Row(
            line,
            given.get("KODE", ""),
            given.get("NOMOR", ""),
            given.get("SERI", ""),
            _outcome(given),
        )
    if not found:
        raise Unreadable("Berkas ini tidak berisi satu hasil pun di bawah nama kolomnya.")


def _text(data: bytes) -> str:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise Unreadable(
            "Berkas ini bukan CSV. Simpan sebagai CSV UTF-8 dari program printer, lalu kirim lagi."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _opened(text: str) -> tuple[list[str], int, str]:
    """The lines, how many went before them, and what parts their cells."""
    first_line = 1
    delimiters: tuple[str, ...] = DELIMITERS
    if sep := _SEP.match(text):
        text, first_line, delimiters = text[sep.end() :], 2, (sep[1],)
    lines = lines_of(text)
    head = lines[0] if lines else ""
    delimiter = max(delimiters, key=lambda one: sum(_name(cell) in _COLUMN for cell in head.split(one)))
    return lines, first_line, delimiter


def _check(header: list[str]) -> None:
    for name in COLUMNS:
        if header.count(name) > 1:
            raise Unreadable(f"Kolom {name} ada dua kali. Hapus salah satu, lalu kirim lagi.")
    if not {"KODE", "NOMOR"} & set(header):
        raise Unreadable("Baris pertama harus berisi nama kolom, di antaranya KODE atau NOMOR.")
    if "SERI" not in header:
        raise Unreadable("Kolom SERI tidak ada. Baris pertama harus berisi nama kolom.")


def _name(cell: str) -> str:
    return re.sub(r"[\W_]+", "_", _INVISIBLE.sub("", cell).strip().upper()).strip("_")


def _cell(cells: list[str], place: int) -> str:
    text = cells[place] if place < len(cells) else ""
    return _INVISIBLE.sub("", text).strip().removeprefix("'").strip()


def _outcome(given: dict[str, str]) -> str:
    word = given.get("HASIL", "")
    if not word:
        return Outcome.PRINTED if given.get("SERI") or "HASIL" not in given else ""
    return _OUTCOME.get(re.sub(r"[\W_]+", "", word.upper()), word)
