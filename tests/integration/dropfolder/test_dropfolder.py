"""The drop folder: taken when whole, once, and nothing is lost whatever happens."""

import errno
import json
import os
import signal
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from integration import dropfolder
from integration.dropfolder import claiming, looking, places, taking
from integration.models import Batch, DroppedFile, FolderState, Source
from tests.integration.feeds import BUDI, as_csv, row
from tests.integration.test_worker import a_worker, many, until
from tracking.models import Card

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path, monkeypatch) -> Path:
    settings.DROP_FOLDER = str(tmp_path)
    monkeypatch.setattr(looking, "_first_seen", {})
    monkeypatch.setattr(looking, "_told", {})
    place = tmp_path / "siak"
    place.mkdir()
    return place


def drop(folder: Path, *rows: dict[str, str], name: str = "harian.csv", whole: bool = True) -> Path:
    file = folder / name
    file.write_text(as_csv(*rows))
    if whole:
        Path(f"{file}.done").touch()
    return file


def lies_in(place: Path) -> list[str]:
    return sorted(path.name.partition("-")[2] for path in place.iterdir()) if place.exists() else []


def report(place: Path) -> dict:
    (found,) = place.glob("*.laporan.json")
    return json.loads(found.read_text())


def test_a_whole_file_becomes_a_batch_and_lies_in_done_with_report_and_rejects(folder: Path) -> None:
    drop(folder, row(), row(NIK=BUDI, NO_KEC="99"))
    assert dropfolder.look() == 1
    batch = Batch.objects.get()
    assert (batch.door, batch.state, batch.created, batch.rejected) == ("folder", "applied", 1, 1)
    assert (batch.source.slug, batch.files) == ("siak", ["harian.csv"])
    assert lies_in(folder / "done") == ["harian.csv", "harian.csv.ditolak.csv", "harian.csv.laporan.json"]
    assert report(folder / "done") == batch.summary() | {"state": "applied", "message": "", "again": False}
    assert [path.name for path in folder.iterdir() if path.is_file()] == []


def test_nobody_else_reads_what_lies_there(folder: Path) -> None:
    drop(folder, row(NIK="1")).chmod(0o666)
    dropfolder.look()
    for path in (folder / "done").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
    for place in ("done", ".working"):
        assert (folder / place).stat().st_mode & 0o777 == 0o700


def test_a_file_is_taken_when_it_has_stood_still(folder: Path, monkeypatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(looking.time, "monotonic", lambda: clock[0])
    file = drop(folder, row(), whole=False)
    assert dropfolder.look() == 0
    clock[0] += looking.STILL - 1
    assert dropfolder.look() == 0
    with file.open("a") as more:
        more.write("\n")
    clock[0] += 1
    assert dropfolder.look() == 0
    clock[0] += looking.STILL
    assert dropfolder.look() == 1


@pytest.mark.parametrize("name", [".harian.csv", "harian.csv.part", "harian.tmp", "harian.filepart"])
def test_a_file_under_another_name_is_still_being_written(folder: Path, name: str) -> None:
    drop(folder, row(), name=name)
    assert dropfolder.look() == 0
    assert (folder / name).exists()


def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(as_csv(row()))
    (folder / "harian.csv").symlink_to(secret)
    (folder / "harian.csv.done").touch()
    assert dropfolder.look() == 0
    assert not Batch.objects.exists()


def test_what_cannot_be_read_lies_in_failed_with_its_message(folder: Path) -> None:
    (folder / "x.csv").write_text("NIK\n1\n")
    (folder / "x.csv.done").touch()
    dropfolder.look()
    said = report(folder / "failed")
    assert (said["state"], "NAMA_LGKP" in said["message"]) == ("refused", True)
    assert Batch.objects.get().state == "refused"


def test_the_same_file_again_is_known_whatever_its_name(folder: Path) -> None:
    drop(folder, row())
    dropfolder.look()
    drop(folder, row(), name="lain.csv")
    assert dropfolder.look() == 1
    assert Batch.objects.count() == 1
    again = [
        json.loads(path.read_text())["again"] for path in sorted((folder / "done").glob("*.laporan.json"))
    ]
    assert again == [False, True]


def test_another_file_of_the_same_name_is_another_batch(folder: Path) -> None:
    for rows in ([row()], [row(NIK=BUDI)]):
        drop(folder, *rows)
        dropfolder.look()
    assert (Batch.objects.count(), Card.objects.count()) == (2, 2)
    assert lies_in(folder / "done").count("harian.csv") == 2


def test_the_same_content_of_another_source_is_its_own(folder: Path) -> None:
    other = folder.parent / "capil"
    other.mkdir()
    drop(folder, row())
    drop(other, row())
    assert dropfolder.look() == 2
    assert Batch.objects.count() == 2


def test_eight_workers_take_each_file_once(folder: Path) -> None:
    for number in range(12):
        drop(folder, row(NIK=f"32750101019000{number + 1:02}"), name=f"{number}.csv")
    settled: list[int] = []

    def work() -> None:
        try:
            settled.append(dropfolder.look())
        finally:
            connections.close_all()

    Source.objects.create(slug="siak")
    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    dropfolder.look()
    assert Batch.objects.count() == Card.objects.count() == 12
    assert len(lies_in(folder / "done")) == 24
    assert lies_in(folder / ".working") == []


def test_one_that_another_worker_holds_is_left_to_it(folder: Path) -> None:
    file = drop(folder, row())
    claimed = claiming.claim(file, places.seen(file.lstat()))
    with claiming.held(claimed):
        assert dropfolder.look() == 0
    assert dropfolder.look() == 1


def test_one_that_grows_while_it_is_taken_is_put_back(folder: Path) -> None:
    file = drop(folder, row())
    found = places.seen(file.lstat())
    with file.open("a") as more:
        more.write("\n")
    assert claiming.claim(file, found) is None
    assert file.exists()
    assert dropfolder.look() == 1


def test_a_crash_after_the_intake_takes_nothing_in_twice(folder: Path, monkeypatch) -> None:
    drop(folder, row())
    with monkeypatch.context() as patched:
        patched.setattr(taking, "_settle", lambda *a: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            dropfolder.look()
    assert Batch.objects.count() == 1
    assert dropfolder.look() == 1
    assert Batch.objects.count() == 1
    assert "harian.csv" in lies_in(folder / "done")


def test_a_full_disk_keeps_the_file_until_there_is_room(folder: Path, monkeypatch) -> None:
    drop(folder, row())

    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(taking, "_write", full)
        assert dropfolder.look() == 0
        assert FolderState.objects.get().fault == "1 berkas belum dapat diselesaikan"
    assert dropfolder.look() == 1
    assert (Batch.objects.count(), "harian.csv" in lies_in(folder / "done")) == (1, True)


def test_a_file_that_we_may_not_read_lies_in_failed_and_says_so(folder: Path, monkeypatch) -> None:
    drop(folder, row())
    really = os.open

    def closed(path, *arguments, **options):
        if ".working" in str(path):
            raise PermissionError(errno.EACCES, "Permission denied")
        return really(path, *arguments, **options)

    monkeypatch.setattr(claiming.os, "open", closed)
    assert dropfolder.look() == 1
    assert "izin" in report(folder / "failed")["message"]
    assert (folder / "failed").exists()


def test_a_folder_that_vanishes_is_said_and_comes_back(folder: Path, settings) -> None:
    drop(folder, row())
    dropfolder.look()
    settings.DROP_FOLDER = str(folder / "away")
    assert dropfolder.look() == 0
    assert "tidak dapat dibuka" in FolderState.objects.get().fault
    settings.DROP_FOLDER = str(folder.parent)
    drop(folder, row(NIK=BUDI))
    assert dropfolder.look() == 1
    assert FolderState.objects.get().fault == ""


def test_a_database_that_is_away_keeps_the_file(folder: Path, monkeypatch) -> None:
    from django.db import OperationalError

    def away(*arguments, **options):
        raise OperationalError

    drop(folder, row())
    with monkeypatch.context() as patched:
        patched.setattr("integration.doors.take_in", away)
        assert dropfolder.look() == 0
    assert dropfolder.look() == 1
    assert Card.objects.count() == 1


def test_a_fault_of_ours_is_a_refused_batch_and_the_file_may_come_again(folder: Path, monkeypatch) -> None:
    drop(folder, row())
    with monkeypatch.context() as patched:
        patched.setattr("integration.doors.take_in", lambda *a, **k: 1 / 0)
        assert dropfolder.look() == 1
    assert (Batch.objects.get().fault, "harian.csv" in lies_in(folder / "failed")) == ("internal", True)
    drop(folder, row())
    dropfolder.look()
    assert Card.objects.count() == 1


def test_what_was_read_goes_after_a_day_and_the_rest_after_30(folder: Path, monkeypatch) -> None:
    drop(folder, row(NIK="1"))
    (folder / "x.csv").write_text("x")
    (folder / "x.csv.done").touch()
    dropfolder.look()
    now = looking.time.time()
    monkeypatch.setattr(looking.time, "time", lambda: now + looking.KEPT_DONE + 60)
    dropfolder.let_go()
    assert lies_in(folder / "done") == ["harian.csv.ditolak.csv", "harian.csv.laporan.json"]
    assert len(lies_in(folder / "failed")) == 2
    monkeypatch.setattr(looking.time, "time", lambda: now + looking.KEPT_FAILED + 60)
    dropfolder.let_go()
    assert lies_in(folder / "done") == lies_in(folder / "failed") == []


def test_after_30_days_a_file_is_known_no_more(folder: Path) -> None:
    drop(folder, row())
    dropfolder.look()
    DroppedFile.objects.update(at=timezone.now() - timedelta(days=31))
    dropfolder.let_go()
    assert not DroppedFile.objects.exists()


def test_how_a_folder_is_can_be_seen(folder: Path) -> None:
    drop(folder, row(), whole=False)
    dropfolder.look()
    state = FolderState.objects.get()
    assert (state.waiting, state.fault, state.oldest_at is not None) == (1, "", True)


def test_without_the_setting_nothing_is_looked_at(settings, folder: Path) -> None:
    settings.DROP_FOLDER = ""
    drop(folder, row())
    assert dropfolder.look() == 0
    dropfolder.let_go()


@pytest.mark.slow
def test_a_worker_that_is_killed_in_the_middle_loses_nothing(folder: Path, superuser_sql) -> None:
    (folder / "besar.csv").write_text(many(60_000))
    (folder / "besar.csv.done").touch()
    os.environ["DROP_FOLDER"] = str(folder.parent)
    try:
        worker = a_worker()
        busy = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY%'"
        until(lambda: superuser_sql(busy))
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        until(lambda: not superuser_sql(busy))
        assert (Card.objects.count(), Batch.objects.count()) == (0, 0)
        worker = a_worker()
        try:
            until(lambda: (folder / "done").exists() and lies_in(folder / "done"))
            until(lambda: Batch.objects.filter(state="applied").exists())
        finally:
            worker.terminate()
            worker.wait(20)
    finally:
        del os.environ["DROP_FOLDER"]
    assert Card.objects.count() == 60_000
    assert "besar.csv" in lies_in(folder / "done")
