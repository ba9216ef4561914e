"""Imports that meet each other, other writers, a crash: nothing half done, nobody waits for long."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.db import connection, connections

from integration.feed import open_feed
from integration.intake import take_in
from integration.models import Batch, Source
from tests import cluster
from tests.builders import step
from tracking.models import Card, Ticket

from .feeds import as_csv, card, said, send

pytestmark = pytest.mark.usefixtures("committed")

FEB, MAR = "2017-02-01 09:00:00", "2017-03-01 09:00:00"


def people(count: int, code: str = "PRINT_READY_RECORD", at: str = FEB) -> list[dict[str, str]]:
    return [said(code, at, NIK=f"3275010101{90 + i // 9000:02}{i % 9000 + 1:04}") for i in range(count)]


def batch() -> Batch:
    source, _ = Source.objects.get_or_create(slug="siak")
    return Batch.objects.create(source=source, actor="source:siak")


def a_file(folder: Path, *rows: dict[str, str]) -> str:
    path = folder / "siak.csv"
    path.write_text(as_csv(*rows), encoding="utf-8")
    return str(path)


def test_two_imports_of_the_same_people_at_once_count_each_person_once(tmp_path: Path) -> None:
    file = a_file(tmp_path, *people(300))

    def run(number: int) -> Batch:
        try:
            return take_in(open_feed([file], workers=0), batch())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(run, range(2))
    assert {first.created, second.created} == {300, 0}
    assert {first.unchanged, second.unchanged} == {0, 300}
    assert Card.objects.count() == 300
    assert sorted(Ticket.objects.values_list("number", flat=True)) == list(range(1, 301))


def test_a_card_that_the_file_only_names_is_not_locked(tmp_path: Path) -> None:
    send(said("PRINT_READY_RECORD", FEB))
    for stage in ("BLANK_ALLOCATED", "PRINTED"):
        step(card(), stage)
    site = cluster.connect("ektp_site")
    worked = []

    def officer_receives_it(lines: Iterator[str]) -> None:
        with site.cursor() as cursor:
            cursor.execute(
                "SET lock_timeout = '1s'; SET ektp.actor = 'staff:1'; SET ektp.source = 'kedatangan'"
            )
            cursor.execute("UPDATE tracking_card SET stage = 'AT_KECAMATAN' WHERE id = %s", [card().id])
            worked.append(cursor.rowcount)

    done = take_in(
        open_feed([a_file(tmp_path, said("CARD_SHIPPED", MAR))]), batch(), on_rejects=officer_receives_it
    )
    site.close()
    assert (done.updated, worked) == (1, [1])
    assert card().stage == "AT_KECAMATAN"


def test_a_card_that_the_file_moves_answers_try_again(tmp_path: Path) -> None:
    send(said("BIO_CAPTURED", FEB))
    site = cluster.connect("ektp_site")

    def somebody_cancels_it(lines: Iterator[str]) -> None:
        with site.cursor() as cursor, pytest.raises(psycopg2.errors.LockNotAvailable):
            cursor.execute("SET lock_timeout = '20ms'; SET ektp.actor = 'staff:1'; SET ektp.source = 'test'")
            cursor.execute("SET ektp.reason = 'other'; UPDATE tracking_card SET stage = 'CANCELLED'")

    take_in(
        open_feed([a_file(tmp_path, said("PRINT_READY_RECORD", MAR))]),
        batch(),
        on_rejects=somebody_cancels_it,
    )
    site.close()
    assert card().stage == "WAITING_FOR_BLANK"


def test_a_killed_import_leaves_nothing_and_the_same_file_can_be_sent_again(tmp_path: Path) -> None:
    file = a_file(tmp_path, *people(20_000))
    killed = 0
    for delay in (0.3, 0.6, 0.9):  # somewhere between start and commit; where exactly does not matter
        process = subprocess.Popen(
            [sys.executable, "-m", "django", "import_cards", file, "--source", "siak"],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "EKTP_TEST_VAR": str(settings.VAR_DIR),
                "EKTP_TEST_DATABASE": cluster.database(),
            },
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            killed += 1
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM tracking_card), (SELECT count(*) FROM tracking_event)"
            )
            assert cursor.fetchone() in {(0, 0), (20_000, 20_000)}
    assert killed
    take_in(open_feed([file]), batch())
    assert Card.objects.count() == Ticket.objects.count() == 20_000
