"""The first sheet of an XLSX file as rows, read as a stream: memory does not grow with the sheet.

Neither the declared dimensions nor empty rows count: only cells that are there cost anything.
"""

from collections.abc import Iterator

from .columns import Header
from .rows import OddRow, Rows
from .sources import Source
from .workbook import SHEET_MAX, Attributes, Workbook, local, moment_of, unescaped

ROWS_MAX = 1_048_576  # what the format allows
COLUMNS_MAX = 16_384
CELLS_MAX = 40_000_000
TEXT_MAX = 1 << 20  # characters in one cell; the format allows 32,767
NO_VALUE = "(rumus tanpa nilai)"

_DIGITS = "0123456789"
_VALUES = frozenset({"v", "t"})


class XlsxFile:
    """One workbook, opened: its header is known to be usable."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.workbook = Workbook(source)
        self.size = source.size
        self.nik_at = self.width = -1
        line, names = next(self._sheet_rows(), (1, []))
        self.header = Header(names if line == 1 else [])
        self.header.refuse_unusable()
        self.nik_at, self.width = self.header.place["NIK"], self.header.width

    @property
    def bytes_read(self) -> int:
        return self.workbook.file.tell()

    def rows(self) -> Rows:
        rows = self._sheet_rows()
        next(rows)
        return rows

    def _sheet_rows(self) -> Rows:
        sheet = _Sheet(self.workbook, self.width, self.nik_at)
        for _ in self.workbook.parse(
            self.workbook.sheet,
            SHEET_MAX,
            StartElementHandler=sheet.start,
            CharacterDataHandler=sheet.text,
            EndElementHandler=sheet.end,
        ):
            yield from sheet.taken()


class _Sheet:
    """The handlers for one pass over a sheet. Their calls are what a large workbook costs."""

    def __init__(self, workbook: Workbook, width: int, nik_at: int) -> None:
        self._workbook = workbook
        self._width = width
        self._nik_at = nik_at
        self._rows: list[tuple[int, list[str]]] = []
        self._tags: dict[str, str] = {}
        self._columns: dict[str, int] = {}
        self._line = self._cells_seen = self._rows_seen = 0
        self._new_row()
        self._new_cell({})
        self._collecting = self._phonetic = False

    def taken(self) -> Iterator[tuple[int, list[str]]]:
        rows, self._rows = self._rows, []
        return iter(rows)

    def start(self, name: str, attributes: Attributes) -> None:
        tag = self._tags.get(name) or self._tags.setdefault(name, local(name))
        if tag == "c":
            self._new_cell(attributes)
        elif tag in _VALUES:
            self._collecting = True
            self._has_value = True
        elif tag == "f":
            self._has_formula = True
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "row":
            self._rows_seen += 1
            number = attributes.get("r", "")
            line = int(number) if number.isdigit() and len(number) < 10 else 0
            self._line = max(line, self._line + 1)
            if self._rows_seen > ROWS_MAX or self._line > ROWS_MAX:
                raise self._workbook.too_big(f"lebih dari {ROWS_MAX:,} baris")
            self._new_row()

    def text(self, data: str) -> None:
        if self._collecting and not self._phonetic:
            self._text.append(data)
            self._length += len(data)
            if self._length > TEXT_MAX:
                raise self._workbook.too_big(f"sebuah sel lebih dari {TEXT_MAX:,} karakter")

    def end(self, name: str) -> None:
        tag = self._tags[name]
        if tag == "c":
            self._end_cell()
        elif tag in _VALUES:
            self._collecting = False
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "row":
            self._end_row()

    def _new_row(self) -> None:
        self._cells: list[str] = [""] * max(self._width, 0)
        self._next_column = 0
        self._errors: list[int] = []
        self._numeric_nik = False

    def _new_cell(self, attributes: Attributes) -> None:
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s")
        reference = attributes.get("r")
        if reference:
            letters = reference.rstrip(_DIGITS)
            self._column = self._columns[letters] if letters in self._columns else self._learn(letters)
        else:
            self._column = self._next_column
        self._text: list[str] = []
        self._length = 0
        self._has_value = self._has_formula = False

    def _learn(self, letters: str) -> int:
        column = 0
        for letter in letters.upper():
            if not "A" <= letter <= "Z" or column > COLUMNS_MAX:
                raise self._workbook.damaged()
            column = column * 26 + ord(letter) - 64
        if not 0 < column <= COLUMNS_MAX:
            raise self._workbook.damaged()
        return self._columns.setdefault(letters, column - 1)

    def _end_cell(self) -> None:
        self._cells_seen += 1
        if self._cells_seen > CELLS_MAX:
            raise self._workbook.too_big(f"lebih dari {CELLS_MAX:,} sel")
        column = self._column
        self._next_column = column + 1
        value = self._value(column)
        if not value:
            return
        cells = self._cells
        if column < len(cells):
            cells[column] = value
        elif self._width < 0:  # the header, as wide as it comes
            if column >= COLUMNS_MAX:
                raise self._workbook.damaged()
            cells.extend([""] * (column - len(cells)))
            cells.append(value)
        elif len(cells) == self._width:
            cells.append(value)  # one value too many is enough to say so

    def _value(self, column: int) -> str:  # one answer per type of cell
        text = self._text[0] if len(self._text) == 1 else "".join(self._text)
        match self._type:
            case "s":
                return self._workbook.texts[int(text)] if text else ""
            case "n":
                if not text:
                    return self._error(column, NO_VALUE) if self._has_formula and not self._has_value else ""
                if column == self._nik_at:
                    self._numeric_nik = True
                return self._number(text)
            case "inlineStr" | "str":
                return unescaped(text)
            case "b":
                return "TRUE" if text == "1" else "FALSE"
            case "e":
                return self._error(column, text or "#GALAT")
        return text  # "d": ISO 8601

    def _error(self, column: int, shown: str) -> str:
        self._errors.append(column)
        return shown

    def _number(self, text: str) -> str:
        style = self._style
        if style is not None and style != "0":
            styles = self._workbook.date_styles
            date = styles[int(style)] if int(style) < len(styles) else 0
            if date:
                moment = moment_of(float(text), has_time=date == 2, epoch_1904=self._workbook.epoch_1904)
                return moment or text
        if text.isdigit():
            return text
        number = float(text)
        return str(int(number)) if number.is_integer() and abs(number) < 1e16 else text

    def _end_row(self) -> None:
        cells = self._cells
        if self._errors or self._numeric_nik or self._width < 0 or not all(map(self._is_plain, cells)):
            odd = OddRow(cells)
            odd.errors = frozenset(self._errors)
            odd.numeric_nik = self._numeric_nik
            cells = odd
        self._rows.append((self._line, cells))

    @staticmethod
    def _is_plain(cell: str) -> bool:
        return len(cell) <= 10_000 and "\0" not in cell
