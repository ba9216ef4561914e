"""What an import takes in memory, all processes together."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings

from .. import city, cluster, memory, people, sizes
from ..results import Row, row

_WORKBOOK = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    "</Types>",
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    'Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


class Taken(NamedTuple):
    """Megabytes over idle, and how much of it the server took."""

    over_idle: float
    of_server: float


def import_memory() -> Iterator[Row]:
    """A first import of the whole city, the whole dump another night, and a workbook."""
    with TemporaryDirectory(dir=settings.VAR_DIR) as name:
        folder = Path(name)
        dump = people.write(
            folder / "city.csv", ((i, people.city(i).code) for i in range(sizes.CITY)), city.kelurahan()
        )
        book = _workbook(folder / "people.xlsx")
        with cluster.cloned(cluster.EMPTY, "bench_memory") as database:
            first = _import(database, dump)
            again = _import(database, dump)
        with cluster.cloned(cluster.EMPTY, "bench_memory") as database:
            sheet = _import(database, book)
    note = (
        f"CSV of {sizes.CITY} new rows {first.over_idle:.0f} MB (server {first.of_server:.0f}), the same again "
        f"{again.over_idle:.0f} MB, XLSX of {sizes.FEED} rows {sheet.over_idle:.0f} MB"
    )
    most = max(first.over_idle, again.over_idle, sheet.over_idle)
    yield row("import_memory", most, None, "MB", "≤ 150", note)


def _import(database: str, path: Path) -> Taken:
    """Peak of import_cards over the same process while it does nothing."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.child", "wait_and_take_in", str(path)],
        env=cluster.child_environ(database),
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    _expect(process.stdout, "ready")
    idle = memory.Peak(process.pid)
    idle.look()
    with memory.watched(process.pid) as peak:
        process.stdin.write("go\n")
        process.stdin.flush()
        said = json.loads(process.stdout.readline())
        process.wait()
    if said["rejected"] or not said["read"]:
        raise RuntimeError(f"The feed did not do what it should: {said}")
    return Taken(peak.highest - idle.highest, peak.of_server - idle.of_server)


def _expect(output: IO[str], word: str) -> None:
    if output.readline().strip() != word:
        raise RuntimeError("The import did not start.")


def _workbook(path: Path) -> Path:
    """A sheet as spreadsheets write it, every cell as text."""
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for part, text in _WORKBOOK.items():
            archive.writestr(part, text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(
                b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            )
            kelurahan = city.kelurahan()
            sheet.write(_sheet_row(1, people.HEADER))
            for i in range(sizes.FEED):
                sheet.write(_sheet_row(i + 2, people.line(i, people.city(i).code, kelurahan).rstrip("\n")))
            sheet.write(b"</sheetData></worksheet>")
    return path


def _sheet_row(number: int, line: str) -> bytes:
    cells = (
        f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for at, text in enumerate(line.split(","))
    )
    return f'<row r="{number}">{"".join(cells)}</row>'.encode()
