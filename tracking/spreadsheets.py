"""Files that people open in a spreadsheet, or save from one: harmless cells, lines of CSV, the answer that streams them."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse

from .nik import BLANKS

MARK = "\ufeff"
"""By which a spreadsheet knows UTF-8."""
DELIMITERS = (",", ";", "\t")
"""Which of them a spreadsheet writes hangs on its language."""
_FORMULA = tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20")


def harmless(cell: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    if not cell.isascii():
        cell = cell.encode("utf-8", "replace").decode()
    cell = cell.replace("\0", "\ufffd")
    if cell.startswith(_FORMULA) or cell.lstrip(BLANKS).startswith(_FORMULA):
        return f"'{cell}"
    return cell


def lines_of(text: str) -> list[str]:
    """Lines with their ends. LF, CRLF or CR alone ends one; str.splitlines knows many more."""
    return io.StringIO(text, newline="").readlines()


class _Echo:
    """Gives the line back that it is told to write."""

    def write(self, line: str) -> Any:
        return line


_writer = csv.writer(_Echo(), lineterminator="\r\n")


def csv_line(cells: Iterable[object]) -> str:
    """One line of a CSV file, its end included; the cells as they are."""
    line: str = _writer.writerow(cells)
    return line


def csv_answer(lines: Iterable[str], name: str) -> StreamingHttpResponse:
    """The lines as a file to download, behind the mark; kept by nobody on the way."""
    answer = StreamingHttpResponse(_marked(lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _marked(lines: Iterable[str]) -> Iterator[str]:
    mark = MARK
    for line in lines:
        yield mark + line
        mark = ""
