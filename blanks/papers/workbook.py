"""A table as a workbook (XLSX) with one sheet: what a spreadsheet opens without asking how to read it."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

MOST_ROWS = 100_000
_EPOCH = (1980, 1, 1, 0, 0, 0)  # no clock in the file: the same table gives the same bytes
_NS = "http://schemas.openxmlformats.org"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_NS}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_NS}/package/2006/relationships"><Relationship Id="r1"'
    f' Type="{_NS}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_NS}/package/2006/relationships"><Relationship Id="r1"'
    f' Type="{_NS}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def workbook(rows: Iterable[Sequence[object]], *, sheet: str, widths: Sequence[int]) -> bytes:
    """The file; numbers are numbers, everything else is text and never a formula."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _PARTS.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), _HEAD + content)
        book = (
            f'<workbook xmlns="{_NS}/spreadsheetml/2006/main" xmlns:r="{_NS}/officeDocument/2006/relationships">'
            f'<sheets><sheet name="{_text(sheet)[:31]}" sheetId="1" r:id="r1"/></sheets></workbook>'
        )
        archive.writestr(zipfile.ZipInfo("xl/workbook.xml", _EPOCH), _HEAD + book)
        with archive.open(zipfile.ZipInfo("xl/worksheets/sheet1.xml", _EPOCH), "w") as part:
            columns = "".join(f'<col min="{n}" max="{n}" width="{w}"/>' for n, w in enumerate(widths, 1))
            part.write(
                f'{_HEAD}<worksheet xmlns="{_NS}/spreadsheetml/2006/main"><cols>{columns}</cols>'.encode()
            )
            part.write(b"<sheetData>")
            for row in rows:
                part.write(f"<row>{''.join(map(_cell, row))}</row>".encode())
            part.write(b"</sheetData></worksheet>")
    return out.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{_text(str(value))}</t></is></c>'


def _text(value: str) -> str:
    return escape("".join(c for c in value if c.isprintable() or c in "\n\t"), {'"': "&quot;"})
