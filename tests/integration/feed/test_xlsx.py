"""XLSX: the first sheet, read as a stream, with everything that real workbooks do to a feed."""

import io
import re
import tracemalloc
import zipfile
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from integration.feed import UnreadableFile
from integration.feed.workbook import date_format
from tests.integration.feed.conftest import HEADER, SITI, a_row, nik_number, read

JAKARTA = ZoneInfo("Asia/Jakarta")
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def a_workbook(*rows, header=HEADER, change=None):
    """A workbook with these rows; `change` may do more to it."""
    book = Workbook()
    book.active.append(list(header))
    for row in rows or (a_row(),):
        book.active.append(list(row.values()) if isinstance(row, dict) else row)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def remade(content, change, part="xl/worksheets/sheet1.xml"):
    """The same workbook with one part changed as text."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info.filename, change(data.decode()) if info.filename == part else data)
    return out.getvalue()


def a_sheet(xml):
    """A workbook whose sheet is this XML."""
    return remade(a_workbook(), lambda _: f"<worksheet {NAMESPACE}>{xml}</worksheet>")


def cells_of(values, line):
    cells = "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in values)
    return f'<row r="{line}">{cells}</row>'


def refused(content) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read(content)
    return caught.value


def test_the_first_sheet_is_read_like_a_csv_file():
    def second_sheet(book):
        book.create_sheet("Lain").append(["x"])

    reading = read(a_workbook(a_row(), a_row(NAMA_LGKP="ANDRÉ", JENIS="RUSAK"), change=second_sheet))
    assert reading.names == ["SITI AMINAH", "ANDRÉ"]
    assert [row.line for row in reading.rows] == [2, 3]
    assert reading.rows[1].kind == "RUSAK"


def test_a_numeric_nik_is_damaged_even_with_all_its_digits():
    for number in (3275015503900001, 3275015503900000, 3.27501550390000e15, 1):
        fault = read(a_workbook(a_row(NIK=number))).fault
        assert fault.reason == "nik_invalid"
        assert "Teks" in fault.message


def test_twenty_numeric_niks_are_rejected_one_by_one():
    assert read(a_workbook(*[a_row(NIK=3275015503900000)] * 25)).feed.fault_counts == {"nik_invalid": 25}


def test_numbers_in_other_columns_are_read_as_written():
    row = read(a_workbook(a_row(NO_KEC=1, NO_KEL=1001, NO_RW=3, NO_RT=7.0, NO_HP=81234567890))).row
    assert (row.kelurahan_id, row.rw, row.rt) == (11001, 3, 7)
    assert read(a_workbook(a_row(NO_KEC=327501, NO_KEL=3275011001))).row.kelurahan_id == 11001


def test_true_dates():
    moment = datetime(2017, 8, 31, 10, 0, 5)
    row = read(a_workbook(a_row(TGL_STATUS=moment, TGL_REKAM=date(2017, 5, 2)))).row
    assert row.status_lo == row.status_hi == moment.replace(tzinfo=JAKARTA)
    assert row.recorded_at == datetime(2017, 5, 2, tzinfo=JAKARTA)


def test_a_true_date_without_a_time_is_a_whole_day():
    assert not read(a_workbook(a_row(TGL_STATUS=date(2017, 8, 31)))).row.status_has_time


def test_dates_as_text_beside_true_ones():
    rows = [a_row(TGL_STATUS="31/08/2017 10:00"), a_row(TGL_STATUS=datetime(2017, 8, 31, 10))]
    assert len({row.status_lo for row in read(a_workbook(*rows)).rows}) == 1


def test_dates_of_the_old_mac_calendar():
    def change(book):
        book.epoch = CALENDAR_MAC_1904

    content = a_workbook(a_row(TGL_STATUS=datetime(2017, 8, 31, 10)), change=change)
    assert read(content).row.status_lo == datetime(2017, 8, 31, 10, tzinfo=JAKARTA)


def test_a_number_that_is_not_shown_as_a_date_is_none():
    assert read(a_workbook(a_row(TGL_STATUS=42978))).reason == "date_invalid"
    assert read(a_workbook(a_row(TGL_STATUS=42978.5))).reason == "date_invalid"


@pytest.mark.parametrize(
    ("code", "kind"),
    [("yyyy-mm-dd", 1), ("dd/mm/yyyy hh:mm", 2), ("[$-421]d mmmm yyyy", 1), ("General", 0), ("0.00E+00", 0),
     ('"dibayar" 0', 0), ("#,##0", 0), ("[h]:mm", 2), ("@", 0), ("\\d0", 0), ("[Red]0", 0), ("mm:ss", 2)],
)  # fmt: skip
def test_which_formats_show_a_date(code, kind):
    assert date_format(code) == kind


def test_formulas_give_their_kept_values():
    content = remade(
        a_workbook(a_row(NAMA_LGKP="RUMUS")),
        lambda xml: re.sub(
            r'<c r="B2"[^>]*>.*?</c>', '<c r="B2" t="str"><f>A1&amp;"x"</f><v>SITI BINTI ALI</v></c>', xml
        ),
    )
    assert read(content).row.name == "SITI BINTI ALI"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("B", "name_missing"), ("A", "nik_invalid"), ("C", "region_unknown"), ("E", "rt_rw_invalid"),
     ("G", "status_unknown"), ("H", "date_invalid"), ("K", "kind_unknown"), ("L", "row_malformed")],
)  # fmt: skip
@pytest.mark.parametrize(
    "content", ['t="e"><v>#REF!</v></c>', "><f>Lain!A1</f></c>", "><f>Lain!A1</f><v/></c>"]
)
def test_errors_and_formulas_without_a_value_are_faults(cell, reason, content):
    book = a_workbook(a_row(JENIS="BARU", ALAMAT="A"))
    changed = remade(
        book, lambda xml: re.sub(rf'<c r="{cell}2"[^>]*>.*?</c>', f'<c r="{cell}2" {content}', xml)
    )
    if content.endswith("<v/></c>"):
        assert read(changed).feed.rows_read == 1  # an empty value is an empty cell
    else:
        assert read(changed).reason == reason


def test_merged_titles_are_no_header():
    def change(book):
        book.active.insert_rows(1)
        book.active["A1"] = "DATA WARGA"
        book.active.merge_cells("A1:M1")

    assert refused(a_workbook(change=change)).code == "no_header"


def test_an_empty_first_row_is_no_header():
    assert refused(a_workbook(change=lambda book: book.active.insert_rows(1))).code == "no_header"


def test_no_rows():
    assert refused(a_workbook([None])).code == "no_rows"


def test_rows_without_any_value_are_skipped_and_lines_are_those_of_the_sheet():
    reading = read(a_workbook(a_row(), [None], [" "], a_row(NIK="x")))
    assert [row.line for row in reading.rows] == [2]
    assert [fault.line for fault in reading.faults] == [5]
    assert reading.feed.rows_read == 2


def test_a_value_past_the_last_column_is_malformed():
    assert read(a_workbook([*SITI.values(), "", "x"])).reason == "row_malformed"
    assert read(a_workbook([*SITI.values(), "", " "])).row


def test_empty_cells_at_the_end_are_no_fault():
    assert read(a_workbook(list(SITI.values())[:9])).row.name == "SITI AMINAH"


def test_a_cell_in_the_last_of_a_million_rows_costs_nothing():
    content = a_workbook(change=lambda book: book.active.cell(1_048_576, 16_384, "x"))
    tracemalloc.start()
    reading = read(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [fault.line for fault in reading.faults] == [1_048_576]
    assert peak < 20_000_000


@pytest.mark.parametrize("dimension", ["A1:XFD1048576", "A1:A1", "A1", "nonsense"])
def test_declared_dimensions_are_not_believed(dimension):
    content = remade(
        a_workbook(), lambda xml: re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="{dimension}"', xml)
    )
    assert read(content).row.name == "SITI AMINAH"


def test_cells_and_rows_without_a_reference():
    assert read(a_sheet(cells_of(HEADER, 1) + cells_of(SITI.values(), 2))).row.line == 2
    content = a_sheet(
        (cells_of(HEADER, 1) + cells_of(SITI.values(), 2)).replace(' r="1"', "").replace(' r="2"', "")
    )
    assert read(content).row.line == 2


def test_row_numbers_that_go_back_are_counted_on():
    rows = [cells_of(SITI.values(), 5), cells_of(SITI.values(), 3), cells_of(SITI.values(), 5)]
    assert [row.line for row in read(a_sheet(cells_of(HEADER, 1) + "".join(rows))).rows] == [5, 6, 7]


def test_elements_with_a_prefix():
    xml = cells_of(HEADER, 1) + cells_of(SITI.values(), 2)
    prefixed = re.sub(r"<(/?)(\w)", r"<\1x:\2", f"<worksheet>{xml}</worksheet>")
    content = remade(
        a_workbook(),
        lambda _: prefixed.replace("<x:worksheet>", f"<x:worksheet {NAMESPACE[:5]}:x{NAMESPACE[5:]}>"),
    )
    assert read(content).row.name == "SITI AMINAH"


def test_texts_in_several_runs_without_their_reading_aids():
    name = "<is><r><t>SITI </t></r><r><t>AMINAH</t></r><rPh><t>siti</t></rPh></is>"
    xml = cells_of(HEADER, 1) + cells_of(SITI.values(), 2).replace("<is><t>SITI AMINAH</t></is>", name)
    assert read(a_sheet(xml)).row.name == "SITI AMINAH"


def test_a_doctype_is_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    assert (
        refused(remade(a_workbook(), lambda xml: bomb + xml[xml.index("<worksheet") :])).code
        == "damaged_file"
    )


@pytest.mark.slow
def test_a_zip_bomb_is_refused():
    padding = "<row/>" * 50 + " " * 5_000_000
    content = remade(a_workbook(), lambda xml: xml.replace("</sheetData>", padding * 40 + "</sheetData>"))
    assert len(content) < 400_000
    assert refused(content).code == "too_big"


def test_one_huge_cell_is_refused():
    assert refused(a_sheet(cells_of(HEADER, 1) + cells_of(["x" * 3_000_000], 2))).code == "too_big"


def test_more_rows_than_the_format_allows():
    assert refused(a_sheet(cells_of(HEADER, 1) + cells_of(SITI.values(), 2_000_000))).code == "too_big"


@pytest.mark.parametrize(
    "content",
    [
        a_workbook()[:-30],
        a_workbook()[:2000],
        a_sheet("<row>"),
        a_sheet(cells_of(HEADER, 1) + '<row r="2"><c t="s"><v>99999</v></c></row>'),
        a_sheet(cells_of(HEADER, 1) + '<row r="2"><c r="1A"><v>1</v></c></row>'),
        a_sheet(cells_of(HEADER, 1) + '<row r="2"><c><v>x</v></c></row>'),
        remade(a_workbook(), lambda _: "<workbook/>", "xl/workbook.xml"),
        remade(a_workbook(), lambda _: "", "xl/_rels/workbook.xml.rels"),
    ],
)
def test_damaged_workbooks_are_refused_in_words(content):
    assert refused(content).code == "damaged_file"


def test_a_zip_that_is_no_workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("data.csv", "NIK")
    assert refused(out.getvalue()).code == "not_text"


def test_a_sheet_that_breaks_off_after_good_rows_is_refused():
    good = "".join(cells_of(SITI.values(), line) for line in range(2, 3000))
    assert refused(a_sheet(cells_of(HEADER, 1) + good + "<row>")).code == "damaged_file"


def test_raw_rows_come_back_by_line():
    rows = [a_row(NIK=nik_number(n), NAMA_LGKP=f"ORANG {n}") for n in range(50)]
    feed = read(a_workbook(*rows)).feed
    assert [cells[1] for _, _, cells in feed.raw_rows({1: [3, 51]})] == ["ORANG 1", "ORANG 49"]


@pytest.mark.slow
def test_many_shared_texts_take_little_memory():
    rows = [a_row(NIK=nik_number(n), NAMA_LGKP=f"ORANG {n}", ALAMAT=f"Jl. {n}") for n in range(5000)]
    content = a_workbook(*rows)
    tracemalloc.start()
    feed = read(content).feed
    tracemalloc.stop()
    assert feed.rows_read == 5000
    assert len(feed.files[0].workbook.texts._bytes) < 5000 * 60
