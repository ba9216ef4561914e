"""Rejected rows come back as CSV that can be put right and sent again."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integration.feed import Rejected
from integration.feed.rejects import harmless, rejects_csv
from integration.feed.values import bare
from tests.integration.feed.conftest import HEADER, a_csv, a_row, read


def rejects_of(reading, merged=()):
    return "".join(rejects_csv(reading.feed, reading.feed.rejects(merged)))


def table(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_input_columns_then_line_reason_and_message():
    text = rejects_of(read(a_csv(a_row(), a_row(NO_RT="x"))))
    assert text.split("\r\n")[0] == ",".join([*HEADER, "LINE", "REASON", "MESSAGE"])
    [row] = table(text)
    assert (row["LINE"], row["REASON"], row["NO_RT"]) == ("3", "rt_rw_invalid", "x")
    assert row["MESSAGE"].startswith("Baris 3, kolom NO_RT: terbaca “x”.")


def test_file_before_line_when_there_were_several(tmp_path):
    for name in ("satu.csv", "dua.csv"):
        (tmp_path / name).write_text(
            a_csv(a_row(NO_RT="x"), header=HEADER if name == "satu.csv" else HEADER[::-1])
        )
    text = rejects_of(read(tmp_path / "satu.csv", tmp_path / "dua.csv"))
    assert text.split("\r\n")[0] == ",".join([*HEADER, "FILE", "LINE", "REASON", "MESSAGE"])
    assert [(row["FILE"], row["LINE"], row["NAMA_LGKP"]) for row in table(text)] == [
        ("satu.csv", "2", "SITI AMINAH"),
        ("dua.csv", "2", "SITI AMINAH"),
    ]


def test_rows_that_the_merge_rejects_come_in_their_place():
    reading = read(a_csv(a_row(NO_RT="x"), a_row(NAMA_LGKP="BUDI"), a_row(NO_RT="y")))
    merged = [Rejected(1, 3, "kind_conflict", "PRINT_READY_RECORD", "BARU")]
    rows = table(rejects_of(reading, merged))
    assert [(row["LINE"], row["REASON"]) for row in rows] == [
        ("2", "rt_rw_invalid"),
        ("3", "kind_conflict"),
        ("4", "rt_rw_invalid"),
    ]
    assert rows[1]["NAMA_LGKP"] == "BUDI"
    assert "JENIS BARU" in rows[1]["MESSAGE"]


@pytest.mark.parametrize(
    "reason",
    ["card_is_final", "kind_conflict", "card_open", "printed_elsewhere", "already_printed", "illegal_transition",
     "region_not_allowed"],
)  # fmt: skip
def test_every_reason_of_the_merge_has_its_words(reason):
    reading = read(a_csv())
    [fault] = reading.feed.rejects([Rejected(1, 2, reason, "CARD_PRINTED", None)])
    assert fault.message.startswith("Baris 2: ")
    assert "{" not in fault.message


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+62812",
        "-",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =1",
        "\u00a0=1",
        "\u200b=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "\tx",
    ],
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(cell):
    assert harmless(cell) == f"'{cell}"
    row = table(rejects_of(read(a_csv(a_row(ALAMAT=cell, NO_RT="x")))))[0]
    assert row["ALAMAT"] == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "SITI", "1-1", "a=b", "'=1"])
def test_what_is_harmless_stays_as_it_is(cell):
    assert harmless(cell) == cell


@given(st.text(max_size=10))
@settings(max_examples=300, deadline=None)
def test_the_apostrophe_is_dropped_when_the_row_comes_again(cell):
    if not bare(cell).startswith("'") and "\0" not in cell:
        assert bare(harmless(cell)) == bare(cell)


def test_column_names_are_no_formulas_either():
    text = rejects_of(read(a_csv([*a_row(NO_RT="x").values(), "y"], header=[*HEADER, "=cmd()"])))
    assert "'=cmd()" in text.split("\r\n")[0]


def test_a_rejects_file_can_be_put_right_and_sent_again():
    rows = [a_row(NO_RT="x", ALAMAT='=Jl. "A",\r\n5', NAMA_LGKP="ANDRÉ"), a_row(NO_RT="x", NO_HP="+62812")]
    right = read(a_csv(*({**row, "NO_RT": "5"} for row in rows)))
    text = rejects_of(read(a_csv(*rows, delimiter=";")))
    again = read(("\ufeff" + text).replace(",x,", ",5,").encode())
    assert again.names == ["ANDRÉ", "SITI AMINAH"]
    assert again.feed.unknown_columns == ["LINE", "REASON", "MESSAGE"]
    assert [row.row_digest for row in again.rows] == [row.row_digest for row in right.rows]


def test_a_rejects_file_sent_again_unchanged_has_the_same_columns():
    text = rejects_of(read(a_csv(a_row(NO_RT="x"))))
    assert table(rejects_of(read(text))) == table(text)


def test_rows_with_too_many_and_too_few_values_lose_none():
    row = list(a_row().values())
    rows = table(rejects_of(read(a_csv(row[:5], [*row, "x", "y"]))))
    assert rows[0]["NAMA_LGKP"] == "SITI AMINAH"
    assert rows[1]["NO_HP"] == ",x,y"
