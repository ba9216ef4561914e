"""NDJSON, the partner API's other format, under the same rules."""

import json

import pytest

from integration.feed import UnreadableFile
from tests.integration.feed.conftest import SITI, a_row, as_stream, read


def lines(*objects, newline="\n"):
    return newline.join(one if isinstance(one, str) else json.dumps(one) for one in objects)


def read_lines(*objects, **options):
    return read(as_stream(lines(*objects, **options)), form="ndjson")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\n\n"])
def test_one_object_a_line(newline):
    reading = read_lines(a_row(NAMA_LGKP="A"), a_row(NAMA_LGKP="B\u2028B", JENIS=None), newline=newline)
    assert reading.names == ["A", "B B"]


def test_names_match_like_columns_and_unknown_ones_are_named():
    row = {f" {name.lower()}\u200b": value for name, value in SITI.items()} | {"AGAMA": 1}
    reading = read_lines(row)
    assert reading.row.name == "SITI AMINAH"
    assert reading.feed.unknown_columns == ["AGAMA"]


def test_optional_names_may_be_absent():
    assert read_lines({name: SITI[name] for name in list(SITI)[:9]}).row.kind is None


def test_numbers_are_read_as_written_but_a_numeric_nik_is_damaged():
    assert read_lines(a_row(NO_RT=7)).row.rt == 7
    assert read_lines(a_row(NIK=3275015503900001)).reason == "nik_invalid"


@pytest.mark.parametrize(
    "line",
    ["x", "[]", '"x"', "1", "null", "{", '{"NIK": "1"}', "[" * 100_000, "1" * 5000,
     json.dumps(a_row(NAMA_LGKP=True)), json.dumps(a_row(NAMA_LGKP=["A"])), json.dumps(a_row(NAMA_LGKP="A\0")),
     json.dumps(a_row(NAMA_LGKP="\ud800")), json.dumps(a_row()).replace("NAMA_LGKP", "NIK"),
     json.dumps(a_row(ALAMAT=float("nan"))), json.dumps(a_row(AGAMA=float("inf")))],
)  # fmt: skip
def test_row_malformed(line):
    reading = read_lines(a_row(), line, a_row())
    assert reading.fault_codes == ["row_malformed"]
    assert [row.line for row in reading.rows] == [1, 3]
    assert next(iter(reading.feed.rejects())).line == 2


def test_a_mark_before_utf8():
    assert read(as_stream(lines(a_row()).encode("utf-8-sig")), form="ndjson").row


@pytest.mark.parametrize("content", [lines(a_row()).encode("utf-16"), b"\n\n"])
def test_what_is_no_ndjson_is_refused(content):
    with pytest.raises(UnreadableFile):
        read(as_stream(content), form="ndjson")


def test_a_body_is_never_taken_for_a_workbook():
    with pytest.raises(UnreadableFile):
        read(as_stream(b"PK\3\4"), form="csv")
