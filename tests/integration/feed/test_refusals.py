"""A file that cannot be read at all changes nothing and says why."""

import pytest

from integration.feed import UnreadableFile, open_feed
from integration.feed.feed import ALONE_UP_TO
from tests.integration.feed.conftest import HEADER, NEEDED, SITI, a_csv, a_row, as_stream, nik_number, read


def refused(*files, **options) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read(*files, **options)
    return caught.value


@pytest.mark.parametrize(
    "first", ["DATA WARGA KOTA BEKASI\r\n", "\r\n", ",,,,\r\n", ",".join(SITI.values()) + "\r\n"]
)
def test_no_header_in_the_first_line(first):
    assert refused(first + a_csv()).code == "no_header"


@pytest.mark.parametrize("name", NEEDED)
def test_a_needed_column_missing(name):
    error = refused(a_csv(header=[column for column in HEADER if column != name]))
    assert (error.code, name in error.message) == ("column_missing", True)


@pytest.mark.parametrize("name", NEEDED)
def test_a_needed_column_there_twice(name):
    header = [*HEADER, f" {name.lower()} "]
    error = refused(a_csv([*SITI.values(), "x"], header=header))
    assert (error.code, name in error.message) == ("column_twice", True)


def test_of_an_optional_column_there_twice_the_first_counts_and_the_other_is_named():
    reading = read(a_csv([*a_row(JENIS="RUSAK").values(), "HILANG"], header=[*HEADER, "jenis"]))
    assert reading.row.kind == "RUSAK"
    assert reading.feed.unknown_columns == ["JENIS (kedua)"]


@pytest.mark.parametrize("content", ["", a_csv().split("\r\n")[0], a_csv([""] * 13), a_csv([], ["", ""])])
def test_no_rows(content):
    assert refused(content).code == "no_rows"


def test_a_quote_that_never_closes_names_the_line_where_it_opened():
    text = a_csv(a_row(), a_row(), a_row())
    lines = text.split("\r\n")
    lines[2] = lines[2].replace("SITI", '"SITI')
    error = refused("\r\n".join(lines))
    assert error.code == "quote_open"
    assert "baris 3 " in error.message


def test_a_quote_that_never_closes_in_a_large_file():
    line = ",".join(SITI.values()) + "\n"
    body = line * 2000 + line.replace("SITI", '"SITI') + line * (ALONE_UP_TO * 10 // len(line))
    error = refused(",".join(HEADER) + "\n" + body)
    assert error.code == "quote_open"
    assert "baris 2002 " in error.message


def test_a_quote_that_never_closes_in_the_header():
    assert refused(a_csv().replace("NO_KEC", '"NO_KEC')).code == "quote_open"


def test_encrypted_workbooks_are_ole_files():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)
    assert refused(ole + "EncryptedPackage".encode("utf-16-le")).code == "encrypted"
    assert refused(ole).code == "not_text"


def niks(*, ending_in_0, others):
    for n in range(ending_in_0):
        yield a_row(NIK=f"32750155039{n:04}0")
    for n in range(others):
        yield a_row(NIK=nik_number(n)[:15] + "1")


def test_niks_that_a_spreadsheet_has_cut():
    error = refused(a_csv(*niks(ending_in_0=11, others=9)))
    assert error.code == "niks_cut"
    assert "11 dari 20" in error.message


def test_half_of_the_niks_may_end_in_0():
    assert len(read(a_csv(*niks(ending_in_0=10, others=10))).rows) == 19  # one has serial 0000


def test_under_twenty_niks_tell_nothing():
    assert len(read(a_csv(*niks(ending_in_0=19, others=0))).rows) == 18


def test_damaged_niks_are_none_of_sixteen_digits():
    rows = [a_row(NIK="3,27501E+15")] * 30 + list(niks(ending_in_0=3, others=3))
    assert read(a_csv(*rows)).feed.fault_counts["nik_invalid"] == 31


def test_one_unreadable_file_refuses_the_call_and_is_named(tmp_path):
    good, bad = tmp_path / "baik.csv", tmp_path / "buruk.csv"
    good.write_text(a_csv())
    bad.write_text("judul\n")
    error = refused(good, bad)
    assert error.message.startswith("buruk.csv: ")


@pytest.mark.parametrize("name", ["tidak-ada.csv", "."])
def test_a_path_that_is_no_file(tmp_path, name):
    assert refused(tmp_path / name).code in ("not_found", "not_text")


def test_a_line_without_end_is_refused():
    assert refused(a_csv() + "x" * (9 << 20)).code == "line_too_long"


def test_a_file_that_changes_while_it_is_read(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text(a_csv(a_row(), a_row()))
    chunks = open_feed([path]).copy_chunks()
    next(chunks)
    with path.open("a") as file:
        file.write("x")
    with pytest.raises(UnreadableFile) as caught:
        list(chunks)
    assert caught.value.code == "changed"


def test_a_file_that_shrinks_while_it_is_read(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text(a_csv(*[a_row()] * 30_000))
    feed = open_feed([path], workers=0)
    path.write_text("")
    with pytest.raises(UnreadableFile) as caught:
        list(feed.copy_chunks())
    assert caught.value.code == "changed"


def test_a_stream_that_breaks_off():
    class Broken:
        name = "pipa"

        def read(self, size):
            raise OSError(5, "Input/output error")

        def seekable(self):
            return False

    assert refused(Broken()).code == "interrupted"


def test_standard_input(monkeypatch):
    class Stdin:
        buffer = as_stream(a_csv())

    monkeypatch.setattr("sys.stdin", Stdin)
    feed = open_feed(["-"])
    assert sum(map(len, feed.copy_chunks())) > 100
    assert feed.rows_read == 1
    assert [cells[1] for _, _, cells in feed.raw_rows({1: [2]})] == ["SITI AMINAH"]


def test_messages_are_sentences():
    for content in ("judul\n", a_csv(header=HEADER[1:]), "", a_csv() + '"'):
        assert refused(content).message.endswith(".")
