"""The parts of an XLSX file around its sheet: which one is the first, shared texts, which numbers are dates.

Everything is read as a stream with limits: what a workbook says about its own size is not believed.
"""

import re
import struct
import zipfile
import zlib
from array import array
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from posixpath import dirname, normpath
from xml.parsers import expat

from . import errors
from .errors import UnreadableFile
from .sources import Source, SourceFile

PART_MAX = 32 * 2**20
SHEET_MAX = 4 * 2**30
TEXTS_MAX = 512 * 2**20  # unpacked; their text is kept in memory
TEXTS_KEPT_MAX = 96 * 2**20
DIRECTORY_MAX = 4 * 2**20
_RATIO_MAX, _RATIO_FROM = 400, 64 * 2**20
_BLOCK = 1 << 16
# what zipfile, zlib and expat raise for files that are damaged or made to do damage
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    struct.error,
    EOFError,
    OSError,
    ArithmeticError,
    LookupError,
    NotImplementedError,
    ValueError,
)

Attributes = dict[str, str]
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Workbook:
    """An opened XLSX file."""

    def __init__(self, source: Source) -> None:
        self.name = source.name
        self.file = SourceFile(source)
        self._refuse_big_directory(source)
        try:
            self._zip = zipfile.ZipFile(self.file)
        except _BROKEN as error:
            raise self.damaged() from error
        self._members = {info.filename.lower(): info for info in self._zip.infolist()}
        if "xl/workbook.xml" not in self._members and "[content_types].xml" not in self._members:
            raise UnreadableFile(
                errors.NOT_TEXT,
                f"{self.name} arsip ZIP yang bukan XLSX. Keluarkan isinya, atau simpan sebagai CSV UTF-8 "
                "atau XLSX, lalu kirim lagi.",
            )
        self.epoch_1904 = False
        self.sheet = self._first_sheet()
        self.texts = Texts(self)
        self.date_styles = self._date_styles()

    def damaged(self) -> UnreadableFile:
        return UnreadableFile(
            errors.DAMAGED,
            f"{self.name} bukan buku kerja XLSX yang utuh. Buka di Excel, simpan ulang sebagai XLSX atau "
            "CSV UTF-8, lalu kirim lagi.",
        )

    def too_big(self, what: str) -> UnreadableFile:
        return UnreadableFile(
            errors.TOO_BIG,
            f"{self.name}: {what}. Bagi menjadi beberapa berkas atau simpan sebagai CSV UTF-8.",
        )

    def has(self, part: str) -> bool:
        return part.lower() in self._members

    def parse(self, part: str, limit: int, **handlers: Callable[..., None]) -> Iterator[None]:
        """Feed a part to expat, block by block, with handlers of these names. Yields after each block."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        for handler, function in handlers.items():
            setattr(parser, handler, function)
        try:
            for block in self._blocks(part, limit):
                parser.Parse(block, False)
                yield
            parser.Parse(b"", True)
            yield
        except _BROKEN as error:
            raise self.damaged() from error
        except RuntimeError as error:  # what zipfile says of a locked member
            raise UnreadableFile(
                errors.ENCRYPTED,
                f"{self.name} terkunci kata sandi. Hapus kata sandinya, simpan, lalu kirim lagi.",
            ) from error

    def parse_whole(self, part: str, on_start: Callable[[str, Attributes], None]) -> None:
        def start(name: str, attributes: Attributes) -> None:
            on_start(local(name), {local(key): value for key, value in attributes.items()})

        for _ in self.parse(part, PART_MAX, StartElementHandler=start):
            pass

    def _blocks(self, part: str, limit: int) -> Iterator[bytes]:
        info = self._members.get(part.lower())
        if info is None:
            raise self.damaged()
        unpacked = 0
        with self._zip.open(info) as member:
            while block := member.read(_BLOCK):
                unpacked += len(block)
                if unpacked > limit:
                    raise self.too_big(f"lebih dari {limit:,} bita setelah dibuka")
                if unpacked > _RATIO_FROM and unpacked > _RATIO_MAX * info.compress_size:
                    raise self.too_big("dimampatkan berlebihan, seperti bom ZIP")
                yield block

    def _refuse_doctype(self, *args: object) -> None:
        raise self.damaged()

    def _refuse_big_directory(self, source: Source) -> None:
        """zipfile reads the whole list of members into memory, however long it is."""
        tail = source.read_at(max(0, source.size - 66_000), 66_000)
        at = tail.rfind(b"PK\5\6")
        if at < 0 or len(tail) - at < 22:
            raise self.damaged()
        if struct.unpack_from("<I", tail, at + 12)[0] > DIRECTORY_MAX:
            raise self.too_big("arsipnya berisi terlalu banyak bagian")

    def _relations(self, part: str) -> list[Attributes]:
        folder, _, file = part.rpartition("/")
        found: list[Attributes] = []
        rels = f"{folder}/_rels/{file}.rels".lstrip("/")
        if self.has(rels):
            self.parse_whole(rels, lambda tag, a: found.append(a) if tag == "Relationship" else None)
        return found

    def _first_sheet(self) -> str:
        main = "xl/workbook.xml"
        for relation in self._relations(""):
            if relation.get("Type", "").endswith("/officeDocument"):
                main = relation.get("Target", main).lstrip("/")
        sheets: list[str] = []

        def on_start(tag: str, attributes: Attributes) -> None:
            if tag == "sheet":
                sheets.append(attributes.get("id", ""))
            elif tag == "workbookPr":
                self.epoch_1904 = attributes.get("date1904", "") in ("1", "true")

        self.parse_whole(main, on_start)
        self._main = main
        self._targets = {
            relation.get("Id", ""): (relation.get("Type", ""), self._resolved(relation.get("Target", "")))
            for relation in self._relations(main)
        }
        for sheet in sheets:
            kind, target = self._targets.get(sheet, ("", ""))
            if kind.endswith("/worksheet") and self.has(target):
                return target
        raise self.damaged()

    def _resolved(self, target: str) -> str:
        return target.lstrip("/") if target.startswith("/") else normpath(f"{dirname(self._main)}/{target}")

    def part_of_type(self, ending: str) -> str | None:
        for kind, target in self._targets.values():
            if kind.endswith(ending) and self.has(target):
                return target
        return None

    def _date_styles(self) -> list[int]:
        """For each cell style: 0 is no date, 1 a date, 2 a date with its time."""
        part = self.part_of_type("/styles")
        formats: dict[str, str] = {}
        styles: list[str] = []
        inside: list[bool] = [False]

        def on_start(tag: str, attributes: Attributes) -> None:
            if tag == "numFmt":
                formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif tag in ("cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
                inside[0] = tag == "cellXfs"
            elif tag == "xf" and inside[0]:
                styles.append(attributes.get("numFmtId", "0"))

        if part:
            self.parse_whole(part, on_start)
        return [
            date_format(formats[style]) if style in formats else _BUILT_IN.get(style, 0) for style in styles
        ]


_BUILT_IN = {
    **{str(n): 1 for n in (14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58)},
    **{str(n): 2 for n in (18, 19, 20, 21, 22, 32, 33, 34, 35, 45, 46, 47, 55, 56)},
}
_NO_PART_OF_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


def date_format(code: str) -> int:
    """0: shows no date, 1: a date, 2: with a time of day."""
    letters = set(_NO_PART_OF_FORMAT.sub("", code.partition(";")[0]).lower())
    if "general" in code.lower():
        return 0
    if letters & {"h", "s"}:
        return 2
    return 1 if letters & {"y", "d", "m"} else 0


def local(name: str) -> str:
    """An element's name without the prefix that some programs give it."""
    return name.rpartition(":")[2]


def moment_of(serial: float, *, has_time: bool, epoch_1904: bool) -> str | None:
    """The date that a spreadsheet means by a number, as ISO 8601; None if it is none."""
    if not 0 <= serial < 2_958_466:
        return None
    milliseconds = round(serial * 86_400_000)
    moment = datetime(1904, 1, 1) if epoch_1904 else datetime(1899, 12, 30)
    try:
        moment += timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
    if not has_time and milliseconds % 86_400_000 == 0:
        return f"{moment:%Y-%m-%d}"
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")


def unescaped(text: str) -> str:
    """`_x000D_` stands for a character that XML can't hold."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: _character(int(found[1], 16), found[0]), text)


def _character(code: int, written: str) -> str:
    return written if 0xD800 <= code <= 0xDFFF else chr(code)


class Texts:
    """The shared texts, closely packed: a workbook of a million rows has millions."""

    def __init__(self, workbook: Workbook) -> None:
        self._bytes = bytearray()
        self._ends = array("L", [0])
        part = workbook.part_of_type("/sharedStrings")
        if part is None:
            return
        pieces: list[str] = []
        state = {"t": False, "rPh": False}

        def start(name: str, attributes: Attributes) -> None:
            if (tag := local(name)) in state:
                state[tag] = True

        def text(data: str) -> None:
            if state["t"] and not state["rPh"]:
                pieces.append(data)

        def end(name: str) -> None:
            if (tag := local(name)) in state:
                state[tag] = False
            elif tag == "si":
                self._bytes += unescaped("".join(pieces)).encode("utf-8", "replace")
                self._ends.append(len(self._bytes))
                pieces.clear()

        for _ in workbook.parse(
            part, TEXTS_MAX, StartElementHandler=start, CharacterDataHandler=text, EndElementHandler=end
        ):
            if len(self._bytes) > TEXTS_KEPT_MAX or len(pieces) > 10_000:
                raise workbook.too_big("teksnya terlalu banyak")

    def __getitem__(self, at: int) -> str:
        if at < 0:
            raise IndexError
        return self._bytes[self._ends[at] : self._ends[at + 1]].decode()
