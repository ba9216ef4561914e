"""Feed file, first paragraph: separators, encodings, line ends, blank rows."""

import csv
from itertools import product

import pytest

from integration.feed import UnreadableFile
from tests.integration.feed.conftest import HEADER, NEEDED, a_csv, a_row, read

NAMES = "SITI AMINAH", "ANDRÉ SUHARTO", 'O\'BRIEN; "TOMMY", JR'


def three(**options):
    return a_csv(*(a_row(NAMA_LGKP=name) for name in NAMES), **options)


@pytest.mark.parametrize(
    ("delimiter", "newline", "encoding", "quoting"),
    [
        *product(
            [",", ";", "\t"],
            ["\n", "\r\n", "\r"],
            ["utf-8", "utf-8-sig", "utf-16", "cp1252"],
            [csv.QUOTE_MINIMAL, csv.QUOTE_ALL],
        )
    ],
)
def test_every_dialect_reads_alike(delimiter, newline, encoding, quoting):
    text = three(delimiter=delimiter, newline=newline, quoting=quoting)
    reading = read(text.encode(encoding))
    assert reading.names == list(NAMES)
    assert [row.line for row in reading.rows] == [2, 3, 4]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_of_both_orders_with_its_mark(encoding):
    assert read(("\ufeff" + three()).encode(encoding)).names == list(NAMES)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_first_line_sep_is_understood(delimiter):
    reading = read(f"sep={delimiter}\r\n" + three(delimiter=delimiter))
    assert reading.names == list(NAMES)
    assert reading.rows[0].line == 3


def test_sep_after_a_mark_and_in_utf16():
    text = "sep=;\r\n" + three(delimiter=";")
    assert read(text.encode("utf-8-sig")).names == read(text.encode("utf-16")).names == list(NAMES)


def test_any_column_order():
    row = read(a_csv(a_row(), header=HEADER[::-1])).row
    assert (row.name, row.code) == ("SITI AMINAH", "PRINT_READY_RECORD")


@pytest.mark.parametrize("odd", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"])
def test_nothing_else_ends_a_line(odd):
    rows = [a_row(NAMA_LGKP=f"SITI{odd}AMINAH"), a_row(NAMA_LGKP="BUDI")]
    reading = read(a_csv(*rows))
    assert reading.names == ["SITI AMINAH", "BUDI"]
    assert [row.line for row in reading.rows] == [2, 3]


def test_line_ends_inside_quotes_belong_to_the_value():
    reading = read(a_csv(a_row(NAMA_LGKP="SITI\r\nAMINAH\nBINTI\rALI"), a_row(NAMA_LGKP="BUDI")))
    assert reading.names == ["SITI AMINAH BINTI ALI", "BUDI"]
    assert [row.line for row in reading.rows] == [2, 6]


def test_column_names_regardless_of_case_spaces_and_invisible_characters():
    header = [f" \u200b{name.lower()}\ufeff " for name in HEADER]
    text = a_csv().replace(",".join(HEADER), ",".join(header))
    assert read(text).row.name == "SITI AMINAH"


def test_unknown_columns_are_ignored_and_named():
    header = ["AGAMA", *NEEDED, "GOL_DRH"]
    reading = read(a_csv(["ISLAM", *list(a_row().values())[:9], "O"], header=header))
    assert reading.row.name == "SITI AMINAH"
    assert reading.feed.unknown_columns == ["AGAMA", "GOL_DRH"]


def test_optional_columns_may_be_absent():
    row = read(a_csv(header=NEEDED)).row
    assert (row.kind, row.address_sealed, row.requested_given) == (None, None, False)
    assert row.requested_at == row.recorded_at


def test_rows_without_any_value_are_skipped_and_not_counted():
    text = a_csv(a_row(), [""] * 13, [" ", "\u200b"], [], a_row(NAMA_LGKP="BUDI"))
    reading = read(text)
    assert reading.feed.rows_read == 2
    assert [row.line for row in reading.rows] == [2, 6]


def test_empty_fields_past_the_last_column_are_ignored():
    row = list(a_row().values())
    assert read(a_csv([*row, "", " ", ""])).row.name == "SITI AMINAH"
    assert read(a_csv([*row, "", ""], header=[*HEADER, "", ""])).row.name == "SITI AMINAH"


def test_a_value_past_the_last_column_is_malformed():
    assert read(a_csv([*a_row().values(), "", "x"])).reason == "row_malformed"


@pytest.mark.slow
def test_the_first_odd_byte_may_come_megabytes_into_the_file():
    rows = [a_row(NAMA_LGKP="BUDI")] * 30_000 + [a_row(NAMA_LGKP="ANDRÉ")]
    reading = read(a_csv(*rows).encode("cp1252"))
    assert reading.names[-1] == "ANDRÉ"
    assert not reading.faults


def test_bytes_that_windows_1252_lacks_cost_their_row_only():
    text = a_csv(a_row(NAMA_LGKP="ANDRÉ"), a_row(NAMA_LGKP="BU!DI"), a_row()).encode("cp1252")
    reading = read(text.replace(b"BU!DI", b"BU\x81DI"))
    assert reading.names == ["ANDRÉ", "SITI AMINAH"]
    assert reading.fault_codes == ["row_malformed"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
def test_a_damaged_byte_in_utf8_costs_its_row_only(encoding):
    text = a_csv(a_row(NAMA_LGKP="ANDRÉ"), a_row(NAMA_LGKP="RENÉE"), a_row(NAMA_LGKP="BU!DI"))
    reading = read(text.encode(encoding).replace(b"BU!DI", b"BU\xe9DI"))
    assert reading.names == ["ANDRÉ", "RENÉE"]
    assert reading.fault_codes == ["row_malformed"]


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"%PDF-1.4\n",
        b"\x1f\x8b\x08" + b"x" * 50,
        a_csv().encode("utf-16-le"),
        a_csv().encode("utf-32"),
        bytes(range(256)) * 20,
        b"PK\x05\x06" + bytes(18),
    ],
)
def test_what_is_not_text_is_refused(content):
    with pytest.raises(UnreadableFile) as refused:
        read(content)
    assert refused.value.code == "not_text"


def test_utf16_that_ends_in_half_a_character_is_refused():
    with pytest.raises(UnreadableFile) as refused:
        read(a_csv().encode("utf-16")[:-1])
    assert refused.value.code == "not_text"


def test_copy_would_misread_it_but_we_do_not():
    names = ["\\.", "\\N", "A\\tB", "\\\\", "NULL", "A\\"]
    reading = read(a_csv(*(a_row(NAMA_LGKP=name) for name in names)))
    assert reading.names == names


def test_quotes_in_odd_places_are_taken_as_they_are():
    line = ",".join(a_row().values())
    text = a_csv() + line.replace("SITI AMINAH", 'SITI "AMI" 5"') + "\r\n"
    text += line.replace("SITI AMINAH", '"SITI" AMINAH') + "\r\n" + line + "\r\n"
    assert read(text).names == ["SITI AMINAH", 'SITI "AMI" 5"', "SITI AMINAH", "SITI AMINAH"]


def test_a_stray_quote_swallows_no_good_row():
    line = ",".join(a_row().values())
    lines = [line.replace("SITI", f"ORANG {chr(65 + n)}") for n in range(5)]
    lines[1] = lines[1].replace("ORANG B", '"ORANG B')
    lines[3] = lines[3].replace("ORANG D AMINAH", '"ORANG D, AMINAH"')
    reading = read("\n".join([",".join(HEADER), *lines]))
    assert reading.names == ["ORANG A AMINAH", "ORANG C AMINAH", "ORANG D, AMINAH", "ORANG E AMINAH"]
    assert [(fault.line, fault.reason) for fault in reading.faults] == [(3, "row_malformed")]
    assert reading.feed.rows_read == 5


def test_the_last_line_needs_no_end():
    assert read(a_csv().rstrip()).row.name == "SITI AMINAH"


def test_a_file_by_its_path_and_several_in_one_batch(tmp_path):
    first, second = tmp_path / "satu.csv", tmp_path / "dua.csv"
    first.write_text(a_csv(a_row(NAMA_LGKP="A")))
    second.write_text(a_csv(a_row(NAMA_LGKP="B"), delimiter=";"))
    reading = read(first, second)
    assert [(row.file_no, row.line, row.name) for row in reading.rows] == [(1, 2, "A"), (2, 2, "B")]
    assert reading.feed.names == ["satu.csv", "dua.csv"]
