"""The worker: a real process, killed in the middle, started again; what nobody may keep any longer is let go."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from bekasi_ektp import environment
from integration import actions, keeping, uploads
from integration.models import Batch, RejectChunk
from tests import cluster
from tests.staff.cast import staff
from tracking.models import Card, Event

from .admin.uploading import work
from .feeds import as_csv, row

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def wulan():
    return staff("operator")


def sent(by, *rows: dict[str, str], text: str = "") -> Batch:
    upload = uploads.Upload()
    file = upload.new_file("siak.csv")
    data = (text or as_csv(*rows)).encode()
    file.write(data)
    file.close()
    upload.size = len(data)
    return actions.send(by=by, source=actions.source_named("SIAK"), upload=upload)


def many(count: int) -> str:
    """A file long enough to be killed in."""
    head, line = as_csv(row()).splitlines()
    niks = (f"3275{1 + n // 250_000:02}{1 + n // 9000 % 28:02}0190{n % 9000 + 1:04}" for n in range(count))
    return "\n".join([head, *(line.replace("3275014107900001", nik) for nik in niks)])


def a_worker(*options: str) -> "subprocess.Popen[bytes]":
    told = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "EKTP_TEST_VAR": str(settings.VAR_DIR),
        "EKTP_TEST_DATABASE": cluster.database(),
    }
    command = [sys.executable, "manage.py", "db_worker", "--interval", "0.1", "--no-startup-delay", *options]
    with open(Path(settings.VAR_DIR) / "worker.log", "ab") as log:
        return subprocess.Popen(
            command,
            env=os.environ | told,
            cwd=environment.BASE_DIR,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _log() -> str:
    log = Path(settings.VAR_DIR) / "worker.log"
    return log.read_text()[-2000:] if log.exists() else ""


def until(condition, patience: float = 60.0) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, _log()
        time.sleep(0.05)


def state(batch: Batch) -> str:
    return Batch.objects.values_list("state", flat=True).get(pk=batch.pk)


def at_work(owner_sql) -> bool:
    rows = owner_sql("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = %s", [0x656B7475])
    return bool(rows)


@pytest.mark.slow
def test_a_real_worker_examines_and_applies(wulan):
    batch = sent(wulan, row())
    worker = a_worker()
    try:
        until(lambda: state(batch) == "previewed")
        batch.refresh_from_db()
        assert actions.confirm(batch.pk, by=wulan, fingerprint=batch.fingerprint)
        until(lambda: state(batch) == "applied")
    finally:
        worker.terminate()
    assert worker.wait(20) == 0
    assert Card.objects.count() == 1


@pytest.mark.slow
def test_killed_in_the_middle_nothing_is_half_done_and_the_next_worker_takes_it_up(wulan, owner_sql):
    batch = sent(wulan, text=many(60_000))
    work()
    batch.refresh_from_db()
    assert actions.confirm(batch.pk, by=wulan, fingerprint=batch.fingerprint)
    worker = a_worker()
    until(lambda: at_work(owner_sql))
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    until(lambda: not at_work(owner_sql))
    assert (state(batch), Card.objects.count(), Event.objects.count()) == ("confirmed", 0, 0)
    worker = a_worker()
    try:
        until(lambda: state(batch) == "applied")
    finally:
        worker.terminate()
        worker.wait(20)
    assert Card.objects.count() == Event.objects.count() == 60_000


@pytest.mark.slow
def test_progress_is_seen_while_the_worker_reads(wulan):
    batch = sent(wulan, text=many(60_000))
    worker = a_worker()
    seen = set()
    try:

        def examined() -> bool:
            now, done = Batch.objects.values_list("state", "done").get(pk=batch.pk)
            if now == "uploaded":
                seen.add(done)
            return now == "previewed"

        until(examined)
    finally:
        worker.terminate()
        worker.wait(20)
    assert any(done > 0 for done in seen)


def test_a_task_that_died_is_sent_again(wulan):
    batch = sent(wulan, row())
    DBTaskResult.objects.update(status="RUNNING")
    assert keeping.take_up_again() == 1
    assert keeping.take_up_again() == 0
    work()
    assert state(batch) == "previewed"


def test_what_somebody_works_on_is_not_sent_again(wulan):
    batch = sent(wulan, row())
    DBTaskResult.objects.update(status="RUNNING")
    other = cluster.connect("ektp_site")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [0x656B7475, batch.pk])
    assert keeping.take_up_again() == 0
    other.close()


def test_a_batch_that_kills_its_workers_is_given_up_with_a_message(wulan):
    batch = sent(wulan, row())
    for _ in range(keeping.TRIES):
        DBTaskResult.objects.update(status="RUNNING")
        keeping.take_up_again()
    batch.refresh_from_db()
    assert batch.state == "refused"
    assert "tidak ada yang berubah" in batch.message


def test_two_workers_at_one_batch_do_it_once(wulan):
    batch = sent(wulan, row())
    work()
    batch.refresh_from_db()
    actions.confirm(batch.pk, by=wulan, fingerprint=batch.fingerprint)
    DBTaskResult.objects.update(status="RUNNING")
    keeping.take_up_again()
    DBTaskResult.objects.update(status="READY")
    work()
    assert Event.objects.count() == 1


def test_a_fault_of_ours_is_said_and_changes_nothing(wulan, monkeypatch):
    batch = sent(wulan, row())

    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("integration.tasks.take_in", broken)
    work()
    batch.refresh_from_db()
    assert (batch.state, "kesalahan di sistem kami" in batch.message) == ("refused", True)


def test_an_upload_that_is_gone_is_said(wulan):
    batch = sent(wulan, row())
    uploads.remove(batch.upload)
    work()
    batch.refresh_from_db()
    assert (batch.state, "tidak ada lagi" in batch.message) == ("refused", True)


def test_a_damaged_upload_is_said(wulan):
    batch = sent(wulan, row())
    file = uploads.root() / batch.upload / "1"
    data = bytearray(file.read_bytes())
    data[-5] ^= 1
    file.write_bytes(data)
    work()
    batch.refresh_from_db()
    assert (batch.state, "rusak di penyimpanan" in batch.message) == ("refused", True)


def test_after_a_day_an_upload_nobody_confirmed_is_let_go(wulan):
    batch = sent(wulan, row())
    work()
    Batch.objects.update(created_at=timezone.now() - timedelta(hours=25))
    keeping.let_go()
    batch.refresh_from_db()
    assert (batch.state, "24 jam" in batch.message) == ("withdrawn", True)
    assert not (uploads.root() / batch.upload).exists()


def test_a_command_that_was_killed_does_not_look_at_work_for_ever():
    batch = Batch.objects.create(source=actions.source_named("SIAK"), actor="source:siak", state="confirmed")
    Batch.objects.update(created_at=timezone.now() - timedelta(hours=25))
    keeping.let_go()
    assert state(batch) == "withdrawn"


def test_an_upload_that_broke_off_is_let_go():
    folder = uploads.Upload().folder
    long_ago = time.time() - keeping.STILL_COMING - 60
    os.utime(folder, (long_ago, long_ago))
    keeping.let_go()
    assert not folder.exists()


def test_an_upload_that_is_still_coming_stays():
    folder = uploads.Upload().folder
    keeping.let_go()
    assert folder.exists()


def test_rejected_rows_are_let_go_after_30_days(wulan):
    sent(wulan, row(NO_KEC="99"))
    work()
    assert RejectChunk.objects.exists()
    Batch.objects.update(created_at=timezone.now() - timedelta(days=31))
    keeping.let_go()
    assert not RejectChunk.objects.exists()


@pytest.mark.parametrize("size", [0, 1, 262_143, 262_144, 262_145, 800_000])
def test_a_sealed_file_reads_as_it_was_written(size):
    upload = uploads.Upload()
    data = os.urandom(size)
    file = upload.new_file("a.csv")
    for at in range(0, size, 100_000):
        file.write(data[at : at + 100_000])
    file.close()
    (source,) = uploads.open_upload(upload.key, ["a.csv"])
    assert source.size == size
    assert source.read_at(0, size) == data
    assert source.read_at(262_000, 300) == data[262_000:262_300]
    assert source.read_at(size, 10) == b""
