"""A first look at a file sees the same rows as reading it, and what it lets pass is not read."""

import csv
from array import array

import pytest

from integration.feed import UnreadableFile, cutting, open_feed
from integration.feed.copyformat import GLANCE, unpacked, unpacked_as
from tests.integration.feed.conftest import HEADER, SITI, a_csv, a_row, as_stream, nik_number, read

ADDRESSES = ["Jl. Mawar 5", "Gg. A\nRT 5", 'Jl. "B"', "", "y,z;w"]
SPELLED = [
    dict(SITI),
    {"NIK": "3275.0155 0390-0001"},
    {"NIK": "'3275015503900001"},
    {"NO_RT": "x"},
    {"NIK": "32750155039000010"},
    {"NIK": "3275019903900001"},
    {"NIK": "3,27501E+15"},
    {"NIK": "\uff13275015503900001"},
    {"NAMA_LGKP": "André"},
]


def glanced(feed, **options):
    return {line: rest for _, line, *rest in unpacked_as(GLANCE, feed.glances(**options))}


def a_town(n=400, **options):
    """All kinds of rows, faults and blank lines among them."""
    rows = [
        a_row(**{"NIK": nik_number(n), "ALAMAT": ADDRESSES[n % 5]} | SPELLED[n % 9 if n % 4 == 0 else 0])
        for n in range(n)
    ]
    return a_csv(*rows[: n // 2], [""] * len(HEADER), SITI["NIK"], [SITI["NIK"]], *rows[n // 2 :], **options)


DIALECTS = [
    {},
    {"newline": "\r"},
    {"newline": "\n", "delimiter": ";"},
    {"quoting": csv.QUOTE_ALL, "delimiter": "\t"},
    {"header": [*HEADER[5:], *HEADER[:5]]},
]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_it_sees_what_reading_sees(dialect, encoding, monkeypatch):
    monkeypatch.setattr(cutting.pieces, "__defaults__", (5_000,))
    monkeypatch.setattr("integration.feed.feed.ALONE_UP_TO", 1 << 30)
    content = a_town(**dialect).encode(encoding)
    reading, looking = read(content), open_feed([as_stream(content)])
    found = glanced(looking)
    for row in reading.rows:
        assert found[row.line] == [row.nik_index, row.written_digest]
    assert set(found) == {row.line for row in reading.rows} | {fault.line for fault in reading.faults}
    assert (looking.rows_read, looking._niks, looking._niks_ending_0) == (
        reading.feed.rows_read, reading.feed._niks, reading.feed._niks_ending_0)  # fmt: skip


def test_windows_1252_and_lines_without_quotes():
    content = a_csv(*[a_row(NIK=nik_number(n), NAMA_LGKP="André") for n in range(50)]).encode("cp1252")
    found = glanced(open_feed([as_stream(content)]))
    assert found == {row.line: [row.nik_index, row.written_digest] for row in read(content).rows}


def test_only_the_wanted_lines_are_read(monkeypatch):
    monkeypatch.setattr(cutting.pieces, "__defaults__", (5_000,))
    text = a_town()
    whole = read(text, text)
    feed = open_feed([as_stream(text), as_stream(text)])
    list(feed.glances())
    wanted = sorted(row.line for row in whole.rows if row.file_no == 2)[5:300:7]
    fault = next(fault.line for fault in whole.faults)
    feed.read_only({2: array("i", sorted([*wanted, fault]))})
    rows = list(unpacked(feed.copy_chunks()))
    assert [(row.file_no, row.line) for row in rows] == [(2, line) for line in wanted]
    assert [fault.line for fault in feed.faults] == [fault]
    assert feed.rows_read == whole.feed.rows_read
    assert feed.known == feed.rows_read - len(wanted) - 1


def test_where_all_is_known_nothing_is_read(monkeypatch):
    feed = open_feed([as_stream(a_town())])
    list(feed.glances())
    feed.read_only({})
    monkeypatch.setattr("integration.feed.csvfile.CsvFile.rows", None)
    assert list(unpacked(feed.copy_chunks())) == []
    assert feed.known == feed.rows_read > 400


def test_a_sample_counts_nothing():
    feed = open_feed([as_stream(a_csv(*[a_row()] * 2000))])
    assert 0 < len(glanced(feed, sample=True)) < 2000
    assert feed.rows_read == 0
    assert len(list(unpacked(feed.copy_chunks()))) == feed.rows_read == 2000


def test_a_file_whose_niks_were_cut_is_refused_though_it_is_known():
    feed = open_feed([as_stream(a_csv(*[a_row(NIK=f"32750155039{n:04}0") for n in range(1, 50)]))])
    list(feed.glances())
    feed.read_only({})
    with pytest.raises(UnreadableFile) as caught:
        list(feed.copy_chunks())
    assert caught.value.code == "niks_cut"


@pytest.mark.slow
def test_two_workers_see_the_same_as_none(monkeypatch):
    monkeypatch.setattr("integration.feed.feed.GLANCE_ALONE_UP_TO", 0)
    text = a_csv(*[a_row(NIK=nik_number(n)) for n in range(20_000)])
    with_two = glanced(open_feed([as_stream(text)], workers=2))
    assert with_two == glanced(open_feed([as_stream(text)], workers=0))
    assert len(with_two) == 20_000
