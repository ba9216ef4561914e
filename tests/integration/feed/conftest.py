"""Small feeds, and what reading them gives. No database: keys are all that reading needs."""

import csv
import io

import pytest

from integration.feed import open_feed
from integration.feed.copyformat import unpacked

SITI = {
    "NIK": "3275015503900001",
    "NAMA_LGKP": "SITI AMINAH",
    "NO_KEC": "01",
    "NO_KEL": "1001",
    "NO_RW": "003",
    "NO_RT": "007",
    "CURRENT_STATUS_CODE": "PRINT_READY_RECORD",
    "TGL_STATUS": "2017-08-01T10:00:00",
    "TGL_REKAM": "2017-05-02",
    "TGL_PERMOHONAN": "",
    "JENIS": "",
    "ALAMAT": "",
    "NO_HP": "",
}
HEADER = list(SITI)
NEEDED = HEADER[:9]


@pytest.fixture(autouse=True)
def keys(settings):
    settings.EKTP_SEAL_KEYS = [b"s" * 32]
    settings.EKTP_INDEX_KEYS = [b"i" * 32]
    return settings


def nik_number(n):
    """The n-th NIK of a small town; few of them end in 0."""
    return f"327501550390{n * 7 % 9000 + 1:04}"


def a_row(**changed):
    return {**SITI, **changed}


def a_csv(*rows, header=HEADER, delimiter=",", newline="\r\n", quoting=csv.QUOTE_MINIMAL):
    cells = [[row[name] for name in header] if isinstance(row, dict) else row for row in rows or (a_row(),)]
    return written([header, *cells], delimiter, newline, quoting)


def written(rows, delimiter, newline, quoting):
    """As RFC 4180 has it. (The csv module leaves an LF unquoted where lines end in CR.)"""

    def quoted(cell):
        if quoting == csv.QUOTE_ALL or any(odd in cell for odd in (delimiter, '"', "\r", "\n")):
            return '"' + cell.replace('"', '""') + '"'
        return cell

    return "".join(delimiter.join(map(quoted, row)) + newline for row in rows)


class Reading:
    """A feed, read through."""

    def __init__(self, *files, **options):
        self.feed = open_feed([as_stream(file) for file in files], **options)
        self.rows = list(unpacked(self.feed.copy_chunks()))
        self.faults = list(self.feed.faults)

    @property
    def row(self):
        assert not self.faults, self.faults
        [row] = self.rows
        return row

    @property
    def fault(self):
        assert not self.rows, self.rows
        [fault] = self.faults
        return fault

    @property
    def reason(self):
        return self.fault.reason.value

    @property
    def fault_codes(self):
        return [fault.reason.value for fault in self.faults]

    @property
    def names(self):
        return [row.name for row in self.rows]


def as_stream(file):
    if isinstance(file, str):
        file = file.encode()
    return io.BytesIO(file) if isinstance(file, bytes) else file


def read(*files, **options):
    return Reading(*files, **options)


def read_one(**changed):
    """One row with these values."""
    return read(a_csv(a_row(**changed)))
