"""Rows as the readers hand them on: (line, cells); an OddRow where something has to be looked at closely."""

from collections.abc import Iterator

Rows = Iterator[tuple[int, list[str]]]
WrittenRows = Iterator[tuple[int, list[str], bytes]]
"""With the bytes that the row is in its file."""


class OddRow(list[str]):
    """Cells with something about them that text alone does not say."""

    malformed = ""
    """Why the row can't be taken apart, in the operator's words; empty if it can."""
    numeric_nik = False
    """The NIK is a number to its format (XLSX, JSON), so its last digits are not to be trusted."""
    errors: frozenset[int] = frozenset()
    """Places of cells in which a spreadsheet shows an error, or a formula without its value."""
