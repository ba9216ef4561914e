"""Preview, confirmation and history: exactly what was seen is applied, once, and only by who sent it."""

import re

import pytest

from integration import uploads
from integration.models import Batch
from staff.models import AccessLog
from tests.integration.feeds import BUDI, DEWI, SITI, card, row, said, send
from tests.staff.cast import as_, logged_in, staff
from tracking.models import Card, Citizen, Event

from .uploading import a_file, body, confirm, page, previewed, upload, uploaded, work

pytestmark = pytest.mark.usefixtures("committed")

NEW = [row(), row(NIK=BUDI, NAMA_LGKP="BUDI"), row(NIK=DEWI, NO_KEC="99")]


@pytest.fixture
def wulan():
    return as_("operator")


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def withdraw(client, batch):
    return client.post(f"/admin/integration/batch/{batch.pk}/batalkan/")


def test_a_preview_changes_nothing(wulan):
    batch = previewed(wulan, *NEW)
    assert (batch.state, batch.read, batch.created, batch.rejected) == ("previewed", 3, 2, 1)
    assert not Citizen.objects.exists()


def test_counts_by_outcome_add_up_to_the_rows_read(wulan):
    summary = page(wulan, previewed(wulan, *NEW)).context["summary"]
    assert [outcome.n for outcome in summary.outcomes] == [2, 0, 0, 0, 1]


def test_the_page_shows_moves_samples_and_reasons(wulan):
    shown = text(page(wulan, previewed(wulan, *NEW)))
    assert "3 baris dibaca" in shown
    assert "belum ada Sudah direkam 2" in shown
    assert "2 kartu baru → Sudah direkam 3 kartu baru → Sudah direkam" in shown
    assert "Wilayah tidak dikenal region_unknown 1" in shown
    assert "4 Baris 4, kolom NO_KEC" in shown
    assert "Terapkan 2" in shown


def test_a_move_is_shown_from_where_to_where(wulan):
    send(row())
    shown = text(page(wulan, previewed(wulan, said("SENT_FOR_DEDUP", "2017-03-01"))))
    assert re.search(r"Sudah direkam Sedang dicocokkan \(penunggalan\) 1", shown), shown
    assert "Sudah direkam → Sedang dicocokkan" in shown


def test_nothing_personal_is_on_the_page(wulan):
    content = page(wulan, previewed(wulan, *NEW)).content.decode()
    assert "SITI AMINAH" not in content
    assert SITI not in content


def test_at_most_twenty_samples_of_each_outcome(wulan):
    rows = [row(NIK=f"327501010190{n:04}") for n in range(1, 31)]
    rows += [row(NIK=f"327501010190{n:04}", NAMA_LGKP="") for n in range(31, 61)]
    summary = page(wulan, previewed(wulan, *rows)).context["summary"]
    assert [len(outcome.samples) for outcome in summary.outcomes] == [20, 0, 0, 0, 20]


def test_confirming_applies_it_and_the_files_are_gone(wulan):
    batch = previewed(wulan, *NEW)
    assert confirm(wulan, batch).status_code == 303
    work()
    batch.refresh_from_db()
    assert (batch.state, batch.created, Citizen.objects.count()) == ("applied", 2, 2)
    assert not list(uploads.root().iterdir())
    assert "Sudah diterapkan." in text(page(wulan, batch))


def test_events_name_who_sent_the_batch_and_which_it_was():
    user = staff("operator")
    client = logged_in(user)
    batch = previewed(client, row())
    confirm(client, batch)
    work()
    event = Event.objects.get()
    assert (event.actor, event.source) == (user.actor, f"batch:{batch.pk}")


def test_pressing_twice_applies_once(wulan):
    batch = previewed(wulan, *NEW)
    confirm(wulan, batch)
    assert confirm(wulan, batch).status_code == 303
    work()
    confirm(wulan, batch)
    work()
    assert Event.objects.count() == 2


@pytest.mark.parametrize("role", ["operator", "supervisor"])
def test_only_ones_own_upload_can_be_confirmed_or_withdrawn(wulan, role):
    batch = previewed(wulan, *NEW)
    other = as_(role)
    assert "Terapkan" not in page(other, batch).content.decode()
    assert confirm(other, batch).status_code == 403
    assert withdraw(other, batch).status_code == 403
    batch.refresh_from_db()
    assert batch.state == "previewed"


def test_confirming_by_an_address_alone_does_nothing(wulan):
    batch = previewed(wulan, *NEW)
    assert wulan.get(f"/admin/integration/batch/{batch.pk}/terapkan/").status_code == 405


def test_a_card_that_moved_since_the_preview_is_noticed(wulan):
    send(row())
    batch = previewed(wulan, said("SENT_FOR_DEDUP", "2017-03-01"))
    send(said("DUPLICATE_RECORD", "2017-02-20"))
    before = Event.objects.count()
    confirm(wulan, batch)
    work(tasks=1)
    assert Event.objects.count() == before
    work()
    seen = batch.fingerprint
    batch.refresh_from_db()
    assert (batch.state, batch.fingerprint != seen) == ("previewed", True)
    assert "Sejak pratinjau, ada kartu yang sudah berubah." in text(page(wulan, batch))
    confirm(wulan, batch)
    work()
    batch.refresh_from_db()
    assert (batch.state, card().stage) == ("applied", "DEDUPLICATING")


def test_an_older_preview_in_another_tab_cannot_be_confirmed(wulan):
    batch = previewed(wulan, *NEW)
    shown = Batch.objects.get()
    shown.fingerprint = "0:0"
    answer = confirm(wulan, shown)
    assert answer.status_code == 303
    batch.refresh_from_db()
    assert batch.state == "previewed"
    assert "Pratinjau ini sudah diganti" in text(page(wulan, batch))


def test_a_withdrawn_batch_changes_nothing_and_its_files_are_gone(wulan):
    batch = previewed(wulan, *NEW)
    assert withdraw(wulan, batch).status_code == 303
    confirm(wulan, batch)
    work()
    batch.refresh_from_db()
    assert (batch.state, Card.objects.count()) == ("withdrawn", 0)
    assert not list(uploads.root().iterdir())


def test_a_batch_withdrawn_before_it_is_examined_stays_withdrawn(wulan):
    batch = uploaded(wulan, *NEW)
    withdraw(wulan, batch)
    work()
    batch.refresh_from_db()
    assert (batch.state, batch.read) == ("withdrawn", 0)


def test_what_is_being_applied_cannot_be_withdrawn(wulan):
    batch = previewed(wulan, *NEW)
    confirm(wulan, batch)
    withdraw(wulan, batch)
    work()
    batch.refresh_from_db()
    assert batch.state == "applied"


def test_rejects_are_downloaded_for_a_spreadsheet_and_that_is_on_record(wulan):
    batch = previewed(wulan, *NEW)
    answer = wulan.get(f"/admin/integration/batch/{batch.pk}/ditolak/")
    lines = body(answer).splitlines()
    assert lines[0].startswith("\ufeffNIK,") and lines[0].endswith("LINE,REASON,MESSAGE")
    assert DEWI in lines[1] and ",4,region_unknown," in lines[1]
    record = AccessLog.objects.get()
    assert (record.action, record.source, "1 baris" in record.reason) == ("export", "batch rejects", True)


def test_rejects_hold_niks_so_an_auditor_does_not_get_them(wulan):
    batch = previewed(wulan, *NEW)
    auditor = as_("auditor")
    assert auditor.get(f"/admin/integration/batch/{batch.pk}/ditolak/").status_code == 403
    assert "Unduh" not in page(auditor, batch).content.decode()


def test_put_right_the_rejects_can_be_sent_again(wulan):
    batch = previewed(wulan, *NEW)
    text = body(wulan.get(f"/admin/integration/batch/{batch.pk}/ditolak/")).replace(",99,", ",01,")
    file = a_file(row(), name="ditolak.csv")
    file.file.seek(0)
    file.file.truncate()
    file.file.write(text.encode())
    file.size = file.file.tell()
    file.file.seek(0)
    upload(wulan, file)
    work()
    again = Batch.objects.latest("pk")
    assert (again.created, again.rejected) == (1, 0)


def test_history_lists_batches_and_nothing_in_it_can_be_changed_or_deleted(wulan):
    batch = previewed(wulan, *NEW)
    confirm(wulan, batch)
    work()
    for role in ("operator", "supervisor", "auditor"):
        client = as_(role)
        shown = text(client.get("/admin/integration/batch/"))
        assert f"#{batch.pk}" in shown and "Selesai" in shown
        for verb in ("delete", "history"):
            assert client.get(f"/admin/integration/batch/{batch.pk}/{verb}/").status_code in (302, 403)
        assert client.get("/admin/integration/batch/add/").status_code == 403
        client.post(f"/admin/integration/batch/{batch.pk}/change/", {"state": "uploaded"})
    batch.refresh_from_db()
    assert batch.state == "applied"


def test_an_officer_sees_no_batches(wulan):
    batch = previewed(wulan, *NEW)
    officer = as_("kecamatan")
    assert officer.get("/admin/integration/batch/").status_code == 403
    assert page(officer, batch).status_code == 403


@pytest.mark.parametrize("key", ["0", "999999", "9" * 30, "abc", "1'"])
def test_a_batch_that_is_not_there_is_404(wulan, key):
    assert wulan.get(f"/admin/integration/batch/{key}/change/").status_code == 404


def test_the_front_page_names_imports_with_trouble_and_those_that_wait(wulan):
    previewed(wulan, *NEW)
    shown = text(wulan.get("/admin/"))
    assert re.search(r"1 Impor menunggu persetujuan Anda", shown)
    assert re.search(r"0 Impor bermasalah", shown)


def test_a_formula_in_a_column_name_is_only_shown(wulan):
    file = a_file({**row(), "=cmd()": "x"})
    upload(wulan, file)
    work()
    assert "=cmd()" in page(wulan, Batch.objects.get()).content.decode()
