"""A file read in pieces gives the same rows as the csv module gives for the whole of it."""

import csv
import io
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from integration.feed import UnreadableFile, cutting
from integration.feed.copyformat import unpacked
from integration.feed.feed import open_feed
from integration.feed.sources import SealedSpool
from tests.integration.feed.conftest import HEADER, a_csv, a_row, as_stream, nik_number, read, written

ODD_TEXT = st.text(alphabet='ab ,;\t"\n\r\u2028\x85é\x0b', max_size=30)


def spool_of(content: bytes) -> SealedSpool:
    spool = SealedSpool("uji")
    spool.write(content)
    spool.close()
    return spool


def rows_of(text, delimiter, first_line=1):
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begun = 0
    for cells in reader:
        yield first_line + begun, cells
        begun = reader.line_num


def rows_in_pieces(text, delimiter, size):
    spool = spool_of(text.encode())
    for piece in cutting.pieces(spool, 0, 1, delimiter, size):
        part = spool.read_at(piece.offset, piece.length).decode()
        yield from rows_of(part, delimiter, piece.first_line)


@given(ODD_TEXT, st.sampled_from(",;\t"), st.integers(1, 12))
@example('a"\r\nb', ",", 3)
@example('"a\r"\r\nb', ",", 4)
@example('"a""\n"\nb"\n"', ",", 2)
@settings(max_examples=500, deadline=None)
@pytest.mark.slow
def test_pieces_of_any_text_give_its_rows(text, delimiter, size):
    try:
        got = list(rows_in_pieces(text, delimiter, size))
    except UnreadableFile as error:
        assert error.code == "quote_open"
        assert never_closes(text, delimiter)
        return
    assert not never_closes(text, delimiter)
    assert got == list(rows_of(text, delimiter))


def never_closes(text, delimiter):
    """Whether one more quote at the end would be taken for the closing one: then a line end is no line end."""
    probe = list(rows_of(text + "\nX", delimiter))
    return not probe or probe[-1][1] != ["X"]


@given(
    st.lists(st.lists(ODD_TEXT, min_size=2, max_size=3), min_size=1, max_size=8),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.integers(1, 40),
)
@settings(max_examples=200, deadline=None)
@pytest.mark.slow
def test_what_was_written_is_read(rows, delimiter, newline, quoting, size):
    text = written(rows, delimiter, newline, quoting)
    assert [cells for _, cells in rows_in_pieces(text, delimiter, size)] == rows


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20), min_size=1, max_size=5),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
@settings(max_examples=80, deadline=None)
@pytest.mark.slow
def test_any_text_in_any_dialect_comes_through_as_it_was(texts, delimiter, newline, encoding, quoting):
    rows = [a_row(ALAMAT=text, NO_RT="x") for text in texts]  # rejected, so that raw cells come back
    content = a_csv(*rows, delimiter=delimiter, newline=newline, quoting=quoting).encode(encoding)
    assert [fault.cells for fault in read(content).faults] == [list(row.values()) for row in rows]


@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("workers", [0, 2])
def test_megabytes_are_read_like_a_small_file(monkeypatch, newline, quoting, workers):
    monkeypatch.setattr(cutting.pieces, "__defaults__", (20_000,))
    monkeypatch.setattr("integration.feed.feed.ALONE_UP_TO", 0)
    addresses = ['Jl. "Mawar", 5', "Gg. A\nRT 5", "Jl. B", 'x""', "y,z"]
    rows = [
        a_row(
            NIK=nik_number(n),
            NAMA_LGKP=f"ORANG {n}",
            ALAMAT=addresses[n % 5],
            NO_RT="x" if n % 7 == 0 else "1",
        )
        for n in range(3000)
    ]
    reading = read(a_csv(*rows, newline=newline, quoting=quoting), workers=workers)
    assert reading.names == [f"ORANG {n}" for n in range(3000) if n % 7]
    assert [fault.cells for fault in reading.faults] == [list(row.values()) for row in rows[::7]]
    lines = [row.line for row in reading.rows] + [fault.line for fault in reading.faults]
    assert len(set(lines)) == 3000
    assert reading.feed.rows_read == 3000


def test_lines_are_numbered_alike_in_all_pieces(monkeypatch):
    text = a_csv(*(a_row(ALAMAT="a\r\nb" if n % 3 else "c\rd") for n in range(500)))
    whole = [row.line for row in read(text).rows]
    monkeypatch.setattr(cutting.pieces, "__defaults__", (1_000,))
    assert [row.line for row in read(text).rows] == whole


def test_pieces_follow_each_other_without_a_gap():
    text = a_csv(*[a_row()] * 1000)
    found = list(cutting.pieces(spool_of(text.encode()), 0, 1, ",", 10_000))
    assert len(found) > 10
    assert all(first.offset + first.length == second.offset for first, second in pairwise(found))
    assert sum(piece.length for piece in found) == len(text)


def test_progress_tells_bytes_done_of_all():
    told = []
    feed = open_feed([as_stream(a_csv(*[a_row()] * 9000))])
    list(unpacked(feed.copy_chunks(lambda done, total: told.append((done, total)))))
    assert told == sorted(told)
    assert told[-1][0] <= told[-1][1] == feed.total_bytes


def test_raw_rows_come_back_by_line(monkeypatch):
    monkeypatch.setattr(cutting.pieces, "__defaults__", (2_000,))
    rows = [a_row(NAMA_LGKP=f"ORANG {n}", ALAMAT="a\nb") for n in range(300)]
    feed = read(a_csv(*rows), a_csv(*rows, header=HEADER[::-1])).feed
    wanted = {1: [2, 4, 300, 600], 2: [600]}
    got = [(number, line, "".join(cells[1:2])) for number, line, cells in feed.raw_rows(wanted)]
    assert got == [
        (1, 2, "ORANG 0"),
        (1, 4, "ORANG 1"),
        (1, 300, "ORANG 149"),
        (1, 600, "ORANG 299"),
        (2, 600, "a\nb"),
    ]
