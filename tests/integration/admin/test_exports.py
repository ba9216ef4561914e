"""Exports: what one may see, streamed, on record, harmless in a spreadsheet, without a NIK."""

import csv
import io

import pytest

from integration.models import Batch, Source
from staff.models import AccessLog
from tests.staff.cast import OTHER, OWN, a_card, as_, staff
from tracking.admin import exports

from .uploading import body

pytestmark = pytest.mark.django_db

CARDS = "/admin/tracking/card/export/"
BATCHES = "/admin/integration/batch/export/"


def exported(client, address=CARDS, reason="Laporan bulanan"):
    answer = client.post(address, {"reason": reason})
    assert answer.status_code == 200, answer.content.decode()
    return list(csv.DictReader(io.StringIO(body(answer).removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("role", ["operator", "supervisor", "auditor"])
def test_disdukcapil_exports_the_whole_city(role):
    a_card(kecamatan=OWN), a_card(kecamatan=OTHER)
    assert len(exported(as_(role))) == 2


def test_an_officer_exports_the_own_kecamatan_alone():
    own = a_card(kecamatan=OWN)
    a_card(kecamatan=OTHER)
    assert [row["Kartu"] for row in exported(as_("kecamatan"))] == [str(own.pk)]


def test_an_officer_gets_nothing_of_another_kecamatan_by_its_filter():
    a_card(kecamatan=OTHER)
    assert exported(as_("kecamatan"), f"{CARDS}?kecamatan={OTHER}&place={OTHER}") == []


def test_an_officer_exports_no_batches():
    assert as_("kecamatan").get(BATCHES).status_code == 403


def test_the_export_is_the_list_as_it_is_filtered():
    a_card()
    waiting = a_card("RECORDED", "DEDUPLICATING", "WAITING_FOR_BLANK")
    rows = exported(as_("operator"), f"{CARDS}?tahap=WAITING_FOR_BLANK")
    assert [(row["Kartu"], row["Tahap"], row["Antrean"]) for row in rows] == [
        (str(waiting.pk), "Siap cetak, menunggu blanko", "A-1")
    ]


def test_a_reason_is_asked():
    answer = as_("operator").post(CARDS, {"reason": " "})
    assert answer.status_code == 422
    assert not AccessLog.objects.exists()


def test_a_nik_is_no_reason():
    assert as_("operator").post(CARDS, {"reason": "cek 3275014107900001"}).status_code == 422


def test_it_is_on_record_who_took_which_cards_with_what_filter_and_why():
    card = a_card()
    exported(as_("operator"), f"{CARDS}?tahap=RECORDED")
    record = AccessLog.objects.get()
    assert (record.action, record.card_ids, record.source) == ("export", [card.pk], "card export")
    assert record.reason == "Laporan bulanan · tahap: Sudah direkam · 1–1"


def test_an_export_of_nothing_is_on_record_too():
    exported(as_("operator"))
    assert AccessLog.objects.get().reason == "Laporan bulanan · tanpa saringan · 0"


def test_only_what_has_left_is_on_record_as_seen(monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    for _ in range(5):
        a_card()
    answer = as_("operator").post(CARDS, {"reason": "Uji"})
    lines = iter(answer.streaming_content)
    next(lines), next(lines)
    assert [len(record.card_ids) for record in AccessLog.objects.all()] == [2]


def test_pieces_are_all_rows_once_newest_first(monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    cards = [a_card().pk for _ in range(5)]
    rows = exported(as_("operator"))
    assert [int(row["Kartu"]) for row in rows] == cards[::-1]


def test_memory_holds_some_rows_not_all(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    for _ in range(6):
        a_card()
    answer = as_("operator").post(CARDS, {"reason": "Uji"})
    lines = iter(answer.streaming_content)
    with django_assert_num_queries(0):
        next(lines)


def test_a_name_that_is_a_formula_gets_an_apostrophe():
    a_card(name='=HYPERLINK("http://jahat")')
    assert exported(as_("operator"))[0]["Nama"].startswith("'=")


def test_no_nik_no_address():
    number = "3275010105909999"
    a_card(number=number)
    answer = as_("operator").post(CARDS, {"reason": "Uji"})
    said = body(answer)
    assert number not in said and "Melati" not in said


def test_the_file_opens_in_a_spreadsheet_and_is_kept_by_nobody():
    answer = as_("operator").post(CARDS, {"reason": "Uji"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    assert body(answer).startswith("\ufeffKartu,Nama,Kecamatan,")


@pytest.mark.parametrize(
    "query", ["tahap=xx", "kecamatan=999999999", "e=1", "p=-1", "o=1.2", "kecamatan=%00"]
)
def test_odd_filter_values_are_no_error(query):
    assert as_("operator").get(f"{CARDS}?{query}").status_code == 200


def test_the_list_has_the_button_with_its_filter():
    content = as_("operator").get("/admin/tracking/card/?tahap=HELD").content.decode()
    assert '<a href="/admin/tracking/card/export/?tahap=HELD" class="export_link">Ekspor</a>' in content


def test_batches_are_exported_with_their_counts():
    source = Source.objects.create(slug="siak", name="SIAK")
    by = staff("operator", first_name="Wulan").actor
    Batch.objects.create(source=source, actor=by, state="applied", files=["=a.csv"], read=3, created=3)
    (row,) = exported(as_("auditor"), BATCHES)
    assert (row["Sumber"], row["Oleh"], row["Keadaan"], row["Berkas"], row["Baru"]) == (
        *("SIAK", "Wulan (Operator Disdukcapil)", "Selesai"),
        *("'=a.csv", "3"),
    )
    assert AccessLog.objects.get().source == "batch export"


def test_rows_cost_no_query_each(monkeypatch, django_assert_max_num_queries):
    client = as_("operator")
    for _ in range(8):
        a_card()
    answer = client.post(CARDS, {"reason": "Uji"})
    with django_assert_max_num_queries(6):
        assert len(body(answer).splitlines()) == 9
