"""Feed file, the table of columns: what each may hold, and the first fault of a row."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from integration.feed.reasons import Reason
from tests.integration.feed.conftest import HEADER, SITI, a_csv, a_row, read, read_one
from tracking import nik, sealing
from tracking.stages import CENTRAL_STAGE

JAKARTA = ZoneInfo("Asia/Jakarta")


def jakarta(*parts):
    return datetime(*parts, tzinfo=JAKARTA)


def test_a_plain_row():
    row = read_one(ALAMAT="Jl. Juanda 5", NO_HP="0812", JENIS="BARU", TGL_PERMOHONAN="2017-06-01").row
    assert nik.unseal(row.nik_sealed) == SITI["NIK"]
    assert (row.nik_index, row.nik_index_next) == (nik.indexes(SITI["NIK"])[0], None)
    assert (row.name, row.kecamatan_id, row.kelurahan_id, row.rw, row.rt) == ("SITI AMINAH", 1, 11001, 3, 7)
    assert (row.code, row.kind, row.fault) == ("PRINT_READY_RECORD", "BARU", None)
    assert row.status_lo == row.status_hi == jakarta(2017, 8, 1, 10)
    assert (row.recorded_at, row.requested_at) == (jakarta(2017, 5, 2), jakarta(2017, 6, 1))
    assert sealing.unseal(row.address_sealed, b"address") == b"Jl. Juanda 5"
    assert sealing.unseal(row.phone_sealed, b"phone") == b"0812"
    assert row.address_digest == sealing.digest64(b"Jl. Juanda 5")
    assert row.phone_digest == sealing.digest64(b"0812")


def test_while_the_index_key_changes_both_columns_are_filled(keys):
    keys.EKTP_INDEX_KEYS = [b"n" * 32, b"i" * 32]
    row = read_one().row
    assert [row.nik_index_next, row.nik_index] == nik.indexes(SITI["NIK"])


@pytest.mark.parametrize(
    "spelled", ["3275 0155 0390 0001", "'3275015503900001", "32.75.01-550390-0001\u200b"]
)
def test_spellings_of_a_nik(spelled):
    assert read_one(NIK=spelled).row.nik_index == nik.indexes(SITI["NIK"])[0]


@pytest.mark.parametrize(
    "spelled",
    ["3,27501E+15", "3275015503900001.0", "3275015503900001,0", "00", "", "327501550390000",
     "3275013202900001", "3275015503900000", "３２７５０１５５０３９００００１"],
)  # fmt: skip
def test_nik_invalid(spelled):
    fault = read_one(NIK=spelled).fault
    assert fault.reason == "nik_invalid"
    assert fault.message.startswith("Baris 2, kolom NIK: ")
    assert not any(len(word.strip(".,")) > 4 for word in fault.message.split() if word.strip(".,").isdigit())


@pytest.mark.parametrize("spelled", ["3,27501E+15", "3275015503900001.0"])
def test_what_a_spreadsheet_damaged_comes_with_the_way_to_export_it_right(spelled):
    assert "Teks" in read_one(NIK=spelled).fault.message


@pytest.mark.parametrize(
    ("spelled", "name"),
    [("  SITI   AMINAH ", "SITI AMINAH"), ("'SITI", "SITI"), ("SI\u200bTI\u202e", "SITI"), ("Ñ", "Ñ"),
     ("SITI\u00a0AMINAH", "SITI AMINAH"), ("X" * 100, "X" * 100), (" " * 150 + "A", "A")],
)  # fmt: skip
def test_names(spelled, name):
    assert read_one(NAMA_LGKP=spelled).row.name == name


@pytest.mark.parametrize("spelled", ["", "  ", "'", "\u200b"])
def test_name_missing(spelled):
    assert read_one(NAMA_LGKP=spelled).reason == "name_missing"


@pytest.mark.parametrize(
    ("kecamatan", "kelurahan"),
    [("01", "1001"), ("1", "1001"), ("327501", "3275011001"), ("32.75.01", "32.75.01.1001"),
     ("'01", " 1001 "), ("01", "3275011001"), ("327501", "1001")],
)  # fmt: skip
def test_spellings_of_a_region(kecamatan, kelurahan):
    assert read_one(NO_KEC=kecamatan, NO_KEL=kelurahan).row.kelurahan_id == 11001


@pytest.mark.parametrize(
    ("kecamatan", "kelurahan", "column"),
    [("13", "1001", "NO_KEC"), ("0", "1001", "NO_KEC"), ("", "1001", "NO_KEC"), ("1.0", "1001", "NO_KEC"),
     ("001", "1001", "NO_KEC"), ("01", "1005", "NO_KEL"), ("01", "", "NO_KEL"), ("01", "101", "NO_KEL"),
     ("02", "3275011001", "NO_KEL"), ("٠١", "1001", "NO_KEC"), ("007501", "1001", "NO_KEC")],
)  # fmt: skip
def test_region_unknown(kecamatan, kelurahan, column):
    fault = read_one(NO_KEC=kecamatan, NO_KEL=kelurahan).fault
    assert fault.reason == "region_unknown"
    assert f"kolom {column}:" in fault.message


@pytest.mark.parametrize(
    ("kecamatan", "kelurahan"),
    [("321601", "3216012001"), ("32.16.01", "32.16.01.2001"), ("317401", "1001"), ("01", "3216012001")],
)
def test_another_regency_in_an_otherwise_valid_row_goes_on_to_the_merge_with_its_fault(kecamatan, kelurahan):
    reading = read_one(NO_KEC=kecamatan, NO_KEL=kelurahan)
    row = reading.row
    assert (row.fault, row.kecamatan_id, row.kelurahan_id) == ("region_unknown", None, None)
    assert (row.code, row.status_lo) == ("PRINT_READY_RECORD", jakarta(2017, 8, 1, 10))
    [fault] = reading.feed.rejects(rejected(row))
    assert "luar Kota Bekasi" in fault.message
    assert fault.cells == list(a_row(NO_KEC=kecamatan, NO_KEL=kelurahan).values())


def test_another_regency_in_a_row_with_another_fault_is_just_rejected():
    reading = read_one(NO_KEC="321601", NO_KEL="1001", TGL_STATUS="kemarin")
    assert reading.reason == "region_unknown"


def rejected(*rows):
    from integration.feed import Rejected

    return [Rejected(row.file_no, row.line, row.fault, row.code, row.kind) for row in rows]


def test_region_not_allowed_for_a_sender_with_one_kecamatan():
    text = a_csv(a_row(), a_row(NO_KEC="02"), a_row(NO_KEC="02"), a_row(NO_KEC="13"))
    reading = read(text, only_kecamatan=1)
    assert [row.fault for row in reading.rows] == [None, "region_not_allowed", "region_not_allowed"]
    assert [row.kecamatan_id for row in reading.rows] == [1, 2, 2]
    assert reading.fault_codes == ["region_unknown"]


@pytest.mark.parametrize("spelled", ["0", "00", "000", "-", "", " ", "'-", "'"])
def test_rt_and_rw_may_be_unknown(spelled):
    row = read_one(NO_RT=spelled, NO_RW=spelled).row
    assert (row.rt, row.rw) == (None, None)


@pytest.mark.parametrize(("spelled", "number"), [("1", 1), ("07", 7), ("012", 12), ("999", 999), (" 3 ", 3)])
def test_rt_and_rw_have_one_to_three_digits(spelled, number):
    assert read_one(NO_RW=spelled).row.rw == number


@pytest.mark.parametrize("spelled", ["0001", "A", "1.0", "-1", "--", "٣", "1/2"])
def test_rt_rw_invalid(spelled):
    assert read_one(NO_RT=spelled).reason == read_one(NO_RW=spelled).reason == "rt_rw_invalid"


@pytest.mark.parametrize("code", CENTRAL_STAGE)
def test_every_central_code(code):
    assert read_one(CURRENT_STATUS_CODE=code).row.code == code
    assert read_one(CURRENT_STATUS_CODE=f" '{code.lower()}").row.code == code


@pytest.mark.parametrize("code", ["", "PRR", "SFE", "WAITING_FOR_BLANK", "PRINT READY RECORD"])
def test_status_unknown(code):
    assert read_one(CURRENT_STATUS_CODE=code).reason == "status_unknown"


@pytest.mark.parametrize(
    ("spelled", "moment"),
    [("2017-08-31T10:00:00", jakarta(2017, 8, 31, 10)),
     ("2017-08-31 10:00:00", jakarta(2017, 8, 31, 10)),
     ("2017-08-31T10:00", jakarta(2017, 8, 31, 10)),
     ("2017-08-31T10:00:00Z", jakarta(2017, 8, 31, 17)),
     ("2017-08-31T10:00:00+08:00", jakarta(2017, 8, 31, 9)),
     ("2017-08-31T10:00:00+0700", jakarta(2017, 8, 31, 10)),
     ("2017-08-31 10:00:00+07", jakarta(2017, 8, 31, 10)),
     ("2017-08-31T10:00:00.25", jakarta(2017, 8, 31, 10, 0, 0, 250_000)),
     ("2017-08-31T10:00:00,25Z", jakarta(2017, 8, 31, 17, 0, 0, 250_000)),
     ("20170831T100000", jakarta(2017, 8, 31, 10)),
     ("31-08-2017 10:00", jakarta(2017, 8, 31, 10)),
     ("31/08/2017 10:00:05", jakarta(2017, 8, 31, 10, 0, 5)),
     ("'31/08/2017 10:00 ", jakarta(2017, 8, 31, 10))],
)  # fmt: skip
def test_dates_with_a_time(spelled, moment):
    for _ in range(2):  # the second is read from memory
        reading = read(a_csv(a_row(TGL_STATUS=spelled), a_row(TGL_STATUS=spelled)))
        assert [(row.status_lo, row.status_hi) for row in reading.rows] == [(moment, moment)] * 2


@pytest.mark.parametrize("spelled", ["2017-08-31", "31-08-2017", "31/08/2017", "20170831"])
def test_a_date_without_a_time_is_that_whole_day_in_jakarta(spelled):
    row = read_one(TGL_STATUS=spelled).row
    assert row.status_lo == jakarta(2017, 8, 31)
    assert row.status_hi == jakarta(2017, 8, 31, 23, 59, 59, 999_999)
    assert not row.status_has_time


@pytest.mark.parametrize(
    "spelled",
    ["", "31-02-2017", "2017-02-29", "2017-13-01", "31/08/17", "8/31/2017", "31-08/2017", "31.08.2017",
     "2017-08-31T25:00", "2017-08-31T10:60", "31 Agustus 2017", "42978", "0017-08-31", "1899-12-31",
     "２０１７-08-31", "2017-08-31x10:00", "kemarin", "2017-08-31T", "31/08/2017 1:00"],
)  # fmt: skip
@pytest.mark.parametrize("column", ["TGL_STATUS", "TGL_REKAM"])
def test_date_invalid(column, spelled):
    fault = read_one(**{column: spelled}).fault
    assert fault.reason == "date_invalid"
    assert f"kolom {column}:" in fault.message


def test_the_date_of_the_request_may_be_empty_but_not_wrong():
    assert read_one(TGL_PERMOHONAN="").row.requested_given is False
    assert read_one(TGL_PERMOHONAN="2017-06-01").row.requested_given is True
    assert read_one(TGL_PERMOHONAN="x").reason == "date_invalid"


def test_date_in_future_is_after_the_end_of_tomorrow_in_jakarta():
    tomorrow = datetime.now(JAKARTA).date() + timedelta(days=1)
    for column in ("TGL_STATUS", "TGL_REKAM", "TGL_PERMOHONAN"):
        assert read_one(**{column: f"{tomorrow}"}).row
        assert read_one(**{column: f"{tomorrow}T23:59:59"}).row
        after = tomorrow + timedelta(days=1)
        assert read_one(**{column: f"{after}"}).reason == "date_in_future"
        assert read_one(**{column: f"{after}T00:00:00"}).reason == "date_in_future"
        utc = datetime.combine(after, datetime.min.time(), JAKARTA).astimezone(UTC)
        assert read_one(**{column: utc.isoformat()}).reason == "date_in_future"


@pytest.mark.parametrize("last", ["9999-12-31T23:59:59-12:00", "9999-12-31T20:00:00Z"])
def test_a_future_beyond_all_calendars_is_no_more_than_a_future(last):
    assert read_one(TGL_STATUS=last).reason == "date_in_future"


@pytest.mark.parametrize("kind", ["BARU", "RUSAK", "HILANG", "UBAH", "rusak", "'UBAH "])
def test_kinds(kind):
    assert read_one(JENIS=kind).row.kind == kind.strip("' ").upper()


def test_an_empty_kind_says_nothing():
    assert read_one(JENIS="").row.kind is None


@pytest.mark.parametrize("kind", ["PEMULA", "-", "0"])
def test_kind_unknown(kind):
    assert read_one(JENIS=kind).reason == "kind_unknown"


@pytest.mark.parametrize("spelled", ["", " ", "'", "-"])
def test_an_empty_cell_erases_nothing(spelled):
    row = read_one(ALAMAT=spelled, NO_HP=spelled).row
    assert (row.address_sealed, row.address_digest) == (row.phone_sealed, row.phone_digest) == (None, None)


def test_a_leading_apostrophe_is_dropped_in_every_column():
    reading = read(a_csv(a_row(ALAMAT="Jl. A", NO_HP="+62812", JENIS="BARU", TGL_PERMOHONAN="2017-06-01")))
    again = read(a_csv([f"'{cell}" for cell in a_row(
        ALAMAT="Jl. A", NO_HP="+62812", JENIS="BARU", TGL_PERMOHONAN="2017-06-01").values()]))  # fmt: skip
    assert reading.row.row_digest == again.row.row_digest


@pytest.mark.parametrize(
    "cells",
    [list(SITI.values())[:12], [*SITI.values(), "x"], ["3275015503900001"], *[
        list(a_row(**change).values()) for change in (
            {"NAMA_LGKP": "A\0B"}, {"ALAMAT": "\0"}, {"NAMA_LGKP": "X" * 101}, {"ALAMAT": "X" * 10_001},
            {"NO_HP": "x\n" * 5_001})]],
)  # fmt: skip
def test_row_malformed(cells):
    reading = read(a_csv(a_row(), cells, a_row()))
    assert reading.fault_codes == ["row_malformed"]
    assert len(reading.rows) == 2


def test_a_field_of_ten_thousand_characters_is_well():
    assert read_one(ALAMAT="X" * 10_000).row.address_sealed


FAULTS = [
    ("row_malformed", {"NAMA_LGKP": "A\0"}),
    ("nik_invalid", {"NIK": "1"}),
    ("name_missing", {"NAMA_LGKP": ""}),
    ("region_unknown", {"NO_KEC": "99"}),
    ("rt_rw_invalid", {"NO_RT": "x"}),
    ("status_unknown", {"CURRENT_STATUS_CODE": "x"}),
    ("date_invalid", {"TGL_PERMOHONAN": "x"}),
    ("date_in_future", {"TGL_STATUS": "2999-01-01"}),
    ("kind_unknown", {"JENIS": "x"}),
]


@pytest.mark.parametrize("at", range(len(FAULTS)))
def test_a_row_gets_the_first_fault(at):
    changes = {}
    for _, change in reversed(FAULTS[at:]):
        changes |= change
    assert read_one(**changes).reason == FAULTS[at][0]


@pytest.mark.parametrize(
    "later", [{"NO_RT": "x"}, {"CURRENT_STATUS_CODE": "x"}, {"TGL_REKAM": "x"}, {"JENIS": "x"}]
)
def test_a_home_in_another_regency_comes_before_what_follows_it(later):
    assert read_one(NO_KEC="327601", NO_KEL="1001", **later).reason == "region_unknown"


def test_the_reasons_are_those_of_the_contract_in_its_order():
    in_reading = [reason for reason, _ in FAULTS]
    in_reading.insert(4, "region_not_allowed")
    assert [reason.value for reason in Reason] == [
        *in_reading,
        *("stale", "card_is_final", "kind_conflict", "card_open"),
        *("printed_elsewhere", "already_printed", "illegal_transition"),
    ]
    assert all(reason.label for reason in Reason)


@pytest.mark.parametrize("column", [name for name in HEADER if name != "NIK"])
def test_no_message_repeats_what_may_be_a_nik(column):
    for spelled in (
        SITI["NIK"],
        "3275.0155.0390.0001",
        "3275 0155 0390 0001",
        SITI["NIK"][:15],
        "3,27501E+15",
    ):
        for fault in read_one(**{column: spelled}).faults:
            assert not any(part in fault.message for part in (spelled, spelled[:12], "0155", "27501E"))


@pytest.mark.parametrize(("reason", "change"), FAULTS[2:])
def test_a_message_names_line_column_what_was_read_and_what_was_expected(reason, change):
    message = read_one(**change).fault.message
    assert message.startswith("Baris 2, kolom ")
    assert "erbaca " in message
    assert "Diharapkan " in message
    assert message.endswith(".")


def test_good_rows_are_kept_when_others_are_rejected():
    rows = [a_row(NAMA_LGKP="BAIK"), a_row(NIK="x")] * 500
    reading = read(a_csv(*rows))
    assert len(reading.rows) == len(reading.faults) == 500
    assert reading.feed.rows_read == 1000
    assert reading.feed.fault_counts == {"nik_invalid": 500}


def test_the_digest_of_a_row_tells_every_value_about_the_person_apart():
    changes = [
        {},
        {"NAMA_LGKP": "B"},
        {"NO_KEL": "1002"},
        {"NO_RW": "9"},
        {"NO_RT": "9"},
        {"JENIS": "RUSAK"},
        {"TGL_REKAM": "2017-08-01"},
        {"TGL_PERMOHONAN": "2017-05-02"},
        {"ALAMAT": "X"},
        {"NO_HP": "X"},
        {"NIK": "3275015503900002"},
    ]
    assert len({read_one(**change).row.row_digest for change in changes}) == len(changes)
    assert (
        read_one().row.row_digest
        == read_one(NO_KEC="32.75.01", NO_RT="7", TGL_STATUS="01/08/2017 10:00").row.row_digest
        == read_one(CURRENT_STATUS_CODE="CARD_PRINTED", TGL_STATUS="2017-08-01").row.row_digest
    )


def test_the_other_digest_tells_every_way_to_write_a_row_apart():
    rows = [a_row(), *(a_row(**{name: f"{a_row()[name]} "}) for name in HEADER), a_row()]
    digests = [row.written_digest for row in read(a_csv(*rows)).rows]
    assert len(set(digests)) == len(HEADER) + 1
    assert digests[0] == digests[-1] == read(a_csv()).row.written_digest
    assert read(a_csv(delimiter=";")).row.written_digest != digests[0]
    assert read(a_csv(header=HEADER[::-1])).row.written_digest != digests[0]


def test_the_short_way_and_the_long_way_give_the_same():
    text = a_csv(
        a_row(ALAMAT="Jl. A 1", NO_HP="08"),
        a_row(ALAMAT="'Jl.  A 1", NO_HP=" 08"),
        a_row(ALAMAT="Jl. A 1", NO_HP="08"),
    )
    assert len({row.row_digest for row in read(text).rows}) == 1


def test_clutter_does_not_change_a_row():
    plain = a_row(NAMA_LGKP="ANDRÉ A", ALAMAT="Jl. A 1", NO_HP="08")
    cluttered = {name: f" '{value} \u200b" for name, value in plain.items()}
    decomposed = {**plain, "NAMA_LGKP": "ANDRE\u0301  A"}
    rows = read(a_csv(a_row(), plain, cluttered, plain, decomposed, cluttered)).rows
    assert len({row.row_digest for row in rows[1:]}) == 1


def test_a_nik_in_the_header_is_not_reported():
    reading = read(a_csv([*a_row().values(), "x"], header=[*HEADER, SITI["NIK"]]))
    assert reading.feed.unknown_columns == ["(angka panjang)"]
