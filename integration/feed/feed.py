"""A feed: the files of one batch as one stream of checked rows, and a second look at single rows."""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import chain, groupby, islice, pairwise, tee
from typing import Literal, NamedTuple, cast

from . import errors
from .check import Checked, Checker, as_written
from .copyformat import HEADER, TRAILER
from .csvfile import CsvFile
from .cutting import Piece
from .dates import end_of_tomorrow
from .errors import UnreadableFile
from .faults import FaultSpool
from .glance import Glancer
from .ndjson import NdjsonFile
from .parallel import Answer, answered, in_order
from .reasons import Fault, Reason, message_of_merge
from .rows import Rows
from .sources import Given, Source, open_source
from .xlsxfile import XlsxFile

Form = Literal["file", "csv", "ndjson"]
FeedFile = CsvFile | XlsxFile | NdjsonFile

ALONE_UP_TO, GLANCE_ALONE_UP_TO = 1 << 19, 4 << 20  # bytes of CSV that are not worth starting workers
ROWS_ALONE_UP_TO = 4_000
SAMPLE = 1 << 16  # bytes; a feed that has no more is read at once
_ROWS_AT_ONCE = 4_000
_CUT_FROM = 20  # so many NIKs tell whether a spreadsheet has cut them


class Task(NamedTuple):
    """A piece of a file, and which of its rows to read: None is all of them."""

    number: int
    piece: Piece
    lines: "array[int] | None" = None


class Rejected(NamedTuple):
    """A row that the merge rejects; code and kind are for the words."""

    file_no: int
    line: int
    reason: str
    code: str = ""
    kind: str | None = None


def open_feed(
    given: Iterable[Given | Source],
    *,
    only_kecamatan: int | None = None,
    form: Form = "file",
    most_rows: int | None = None,
    workers: int | None = None,
) -> "Feed":
    """Open paths (`-`: standard input), binary streams or sources as one batch; UnreadableFile if one can't be.

    A `file` is CSV or XLSX, whatever its name says.
    """
    sources = [cast(Source, one) if hasattr(one, "read_at") else open_source(one) for one in given]
    files: list[FeedFile] = []
    for source in sources:
        try:
            files.append(_opened(source, form))
        except UnreadableFile as error:
            raise _named(error, source, len(sources)) from error
    return Feed(files, only_kecamatan, workers, most_rows)


def _opened(source: Source, form: Form) -> FeedFile:
    if source.size == 0:
        raise UnreadableFile(errors.NO_ROWS, f"{source.name} kosong. Kirim berkas yang berisi data.")
    if form == "ndjson":
        return NdjsonFile(source)
    if form == "file" and source.read_at(0, 4) == b"PK\3\4":
        return XlsxFile(source)
    return CsvFile(source)


def _named(error: UnreadableFile, source: Source, of: int) -> UnreadableFile:
    """With the file's name in front, where there are several."""
    if of == 1 or error.message.startswith(source.name):
        return error
    return UnreadableFile(error.code, f"{source.name}: {error.message}")


class Feed:
    """Opened files. Go through copy_chunks once; then counts, faults and raw rows are there."""

    def __init__(
        self,
        files: Sequence[FeedFile],
        only_kecamatan: int | None,
        workers: int | None,
        most_rows: int | None = None,
    ) -> None:
        latest = end_of_tomorrow()
        self.files = files
        self.checkers = [
            Checker(file.header, number, only_kecamatan, latest, getattr(file, "written_in", ""))
            for number, file in enumerate(files, 1)
        ]
        self.faults = FaultSpool()
        self.rows_read = 0
        self.known = 0  # of them, rows that need not be read
        self._lines: dict[int, array[int]] | None = None
        self.total_bytes = sum(file.size for file in files)
        self._workers = workers
        self._most_rows = most_rows
        self._read: Counter[int] = Counter()
        self._niks: Counter[int] = Counter()
        self._niks_ending_0: Counter[int] = Counter()

    @property
    def names(self) -> list[str]:
        return [file.source.name for file in self.files]

    @property
    def unknown_columns(self) -> list[str]:
        """Columns that nobody reads, over all files (of NDJSON: after reading)."""
        return list(dict.fromkeys(chain.from_iterable(file.header.unknown for file in self.files)))

    @property
    def fault_counts(self) -> Counter[Reason]:
        return self.faults.counts

    def copy_chunks(self, progress: Callable[[int, int], None] | None = None) -> Iterator[bytes]:
        """All good rows as binary COPY, in order. UnreadableFile at any point: nothing of it may be kept.

        `progress` is told bytes done and bytes in all.
        """
        yield HEADER
        for number, answer, done in self._answers():
            if self._lines is None:
                self._count(number, answer)
            self.faults.add(answer.faults, answer.counts)
            if answer.copy:
                yield answer.copy
            if progress:
                progress(done, self.total_bytes)
        if progress:  # what is no row, such as the header, is behind us too
            progress(self.total_bytes, self.total_bytes)
        self.faults.close()
        for number in range(len(self.files)):
            self._refuse_as_a_whole(number)
        yield TRAILER

    @property
    def is_worth_a_glance(self) -> bool:
        return self.total_bytes > SAMPLE and all(isinstance(file, CsvFile) for file in self.files)

    def glances(self, *, sample: bool = False) -> Iterator[bytes]:
        """A first look at all rows (or at some) as binary COPY: GLANCE. Then say which are to be read."""
        yield HEADER
        glancers = [Glancer(cast(CsvFile, file), number) for number, file in enumerate(self.files, 1)]
        tasks = (
            Task(number, piece)
            for number, glancer in enumerate(glancers)
            for piece in (glancer.file.beginning(SAMPLE) if sample else glancer.file.pieces())
        )
        workers = 0 if sample or self.total_bytes <= GLANCE_ALONE_UP_TO else self._workers
        for task, answer in in_order(lambda task: glancers[task.number].glance(task.piece), tasks, workers):
            if not sample:
                self._count(task.number, answer)
            if answer.copy:
                yield answer.copy
        yield TRAILER

    def read_only(self, lines: Mapping[int, "array[int]"]) -> None:
        """Of rows that were glanced at, read only those on these lines (by file_no, in ascending order)."""
        self._lines = {number: lines.get(number + 1, array("i")) for number in range(len(self.files))}
        self.known = self.rows_read - sum(map(len, lines.values()))

    def _count(self, number: int, answer: Answer) -> None:
        self.rows_read += answer.read
        if self._most_rows is not None and self.rows_read > self._most_rows:
            raise UnreadableFile(
                errors.TOO_MANY_ROWS,
                f"Lebih dari {self._most_rows:,} baris. Bagi menjadi beberapa kiriman.".replace(",", "."),
            )
        self._read[number] += answer.read
        self._niks[number] += answer.niks
        self._niks_ending_0[number] += answer.niks_ending_0

    def raw_rows(self, wanted: Mapping[int, Iterable[int]]) -> Iterator[tuple[int, int, list[str]]]:
        """(file_no, line, cells) as they came in: for each file the given lines, in ascending order."""
        for number, lines in wanted.items():
            for line, cells in _picked(self.files[number - 1], iter(lines)):
                yield number, line, cells

    def rejects(self, merged: Iterable[Rejected] = ()) -> Iterator[Fault]:
        """All rejected rows with their words, by file and line: those of reading, and those of the merge.

        `merged` is in ascending order of file_no and line.
        """
        return merge(self.faults, self._in_words(merged), key=lambda fault: (fault.file_no, fault.line))

    def _in_words(self, merged: Iterable[Rejected]) -> Iterator[Fault]:
        for number, rows in groupby(merged, key=lambda row: row.file_no):
            ours, for_lines = tee(rows)
            again = _picked(self.files[number - 1], (row.line for row in for_lines))
            for row, (line, cells) in zip(ours, again, strict=True):
                found = self.checkers[number - 1].recheck(line, cells)
                if found and found.reason == row.reason:
                    yield found
                else:
                    message = message_of_merge(row.reason, line, row.code, row.kind)
                    yield Fault(number, line, Reason(row.reason), message, list(cells))

    def _answers(self) -> Iterator[tuple[int, Answer, int]]:
        """(number of the file, what came of some of its rows, bytes done so far)."""
        before = 0
        for is_csv, group in groupby(enumerate(self.files), key=lambda pair: isinstance(pair[1], CsvFile)):
            files = list(group)
            if is_csv:
                size = sum(file.size for _, file in files)
                workers = 0 if self._is_little(files, size) else self._workers
                done = before
                for task, answer in in_order(self._checked, self._tasks(files), workers):
                    done += task.piece.length
                    yield task.number, answer, done
                before += size
            else:
                for number, file in files:
                    rows = cast(Rows, file.rows())  # type: ignore[call-arg]
                    while some := list(islice(rows, _ROWS_AT_ONCE)):
                        answer = answered(self.checkers[number].check(as_written(iter(some))))
                        yield number, answer, before + file.bytes_read  # type: ignore[union-attr]
                    before += file.size

    def _is_little(self, files: Iterable[tuple[int, FeedFile]], size: int) -> bool:
        """Whether it is not worth starting workers."""
        if self._lines is None:
            return size <= ALONE_UP_TO
        return sum(len(self._lines[number]) for number, _ in files) <= ROWS_ALONE_UP_TO

    def _tasks(self, files: Iterable[tuple[int, FeedFile]]) -> Iterator[Task]:
        for number, file in files:
            pieces = cast(CsvFile, file).pieces()
            if self._lines is None:
                yield from (Task(number, piece) for piece in pieces)
            else:
                yield from _with_lines(number, pieces, self._lines[number])

    def _checked(self, task: Task) -> Checked:
        rows = cast(CsvFile, self.files[task.number]).rows(task.piece)
        if task.lines is not None:
            lines = frozenset(task.lines)
            rows = (row for row in rows if row[0] in lines)
        return self.checkers[task.number].check(rows)

    def _refuse_as_a_whole(self, number: int) -> None:
        source = self.files[number].source
        source.check_unchanged()
        if not self._read[number]:
            raise UnreadableFile(
                errors.NO_ROWS,
                f"{source.name} tidak berisi baris data di bawah judul kolom. Periksa ekspornya.",
            )
        niks, cut = self._niks[number], self._niks_ending_0[number]
        if niks >= _CUT_FROM and cut * 2 > niks:
            raise UnreadableFile(
                errors.NIKS_CUT,
                f"{source.name}: {cut} dari {niks} NIK berakhir dengan 0. Lembar kerja telah memotong angka "
                "terakhirnya, jadi NIK itu milik orang lain. Ekspor ulang dari sistem asal dengan kolom NIK "
                "berformat Teks; jangan perbaiki berkas ini.",
            )


def _with_lines(number: int, pieces: Iterator[Piece], lines: "array[int]") -> Iterator[Task]:
    """The pieces that hold some of these lines, with them."""
    begin = 0
    for piece, after in pairwise(chain(pieces, [None])):
        if piece is not None and begin < len(lines):
            end = bisect_left(lines, after.first_line, begin) if after else len(lines)
            if begin < end:
                yield Task(number, piece, lines[begin:end])
            begin = end


def _picked(file: FeedFile, lines: Iterator[int]) -> Rows:
    """The rows that begin on these lines, in ascending order; only the pieces that hold them are read."""
    want = next(lines, None)
    if not isinstance(file, CsvFile):
        for line, cells in file.rows():
            if line == want:
                yield line, cells
                want = next(lines, None)
        return
    for piece, after in pairwise(chain(file.pieces(), [None])):
        if want is None:
            break
        if piece is None or (after and want >= after.first_line):
            continue
        for line, cells, _ in file.rows(piece):
            if line == want:
                yield line, cells
                want = next(lines, None)
    file.source.check_unchanged()
