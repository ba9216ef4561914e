"""Cells of files that people open in a spreadsheet."""

from .nik import BLANKS

_FORMULA = tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20")


def harmless(cell: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    if not cell.isascii():
        cell = cell.encode("utf-8", "replace").decode()
    cell = cell.replace("\0", "\ufffd")
    if cell.startswith(_FORMULA) or cell.lstrip(BLANKS).startswith(_FORMULA):
        return f"'{cell}"
    return cell
