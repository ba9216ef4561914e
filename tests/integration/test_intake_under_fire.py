"""Imports that meet each other, other writers, a crash: nothing half done, nobody waits for long."""

import io
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from integration.feed import Feed, open_feed
from integration.intake import LITTLE, take_in
from integration.models import Batch, Source
from tests import cluster
from tests.builders import step
from tracking.models import Card, Ticket
from tracking.refusals import sqlstate

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


STAGES_BY_DAY = [
    "BIO_CAPTURED",
    "SENT_FOR_ENROLLMENT",
    "SENT_FOR_DEDUP",
    "ADJUDICATE_IN_PROCESS",
    "PRINT_READY_RECORD",
]


def feed(*rows: dict[str, str]) -> Feed:
    return open_feed([io.BytesIO(as_csv(*rows).encode())], workers=0)


def take(*rows: dict[str, str], patience: str = "", **options: Any) -> Batch:
    """Take in a feed of these rows on this thread's own connection."""
    try:
        return take_in(feed(*rows), batch(), patience=patience, **options)
    finally:
        connections.close_all()


def test_many_little_feeds_and_a_large_one_about_the_same_people_end_as_the_newest_says() -> None:
    everybody = range(2 * LITTLE)

    def rows(numbers: Iterable[int], day: int) -> list[dict[str, str]]:
        at = f"2017-02-{day + 1:02} 09:00:00"
        return [people(number + 1, STAGES_BY_DAY[day], at)[-1] for number in numbers]

    chance = random.Random(8)
    feeds = [rows(chance.sample(everybody, 30), chance.randrange(4)) for _ in range(40)]
    feeds.insert(20, rows(everybody, 4))
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda one: take(*one), feeds))
    assert sum(one.created for one in done) == len(everybody)
    assert sum(one.rejected for one in done) == 0
    assert Card.objects.filter(stage="WAITING_FOR_BLANK").count() == len(everybody) == Card.objects.count()
    assert sorted(Ticket.objects.values_list("number", flat=True)) == [n + 1 for n in everybody]
    call_command("verify")


@pytest.mark.parametrize(
    ("other", "waits"),
    [
        pytest.param(people(3)[2:], False, id="little, about others"),
        pytest.param(people(2)[1:], True, id="little, about one of them"),
        pytest.param(people(LITTLE + 10)[5:], True, id="large, about others"),
    ],
)
def test_who_waits_for_a_little_feed(other: list[dict[str, str]], waits: bool) -> None:
    came: list[Any] = []

    def meanwhile(_lines: Iterator[str]) -> None:
        with ThreadPoolExecutor(1) as pool:
            came.append(pool.submit(take, *other, patience="200ms").exception())

    take(*people(2), on_rejects=meanwhile)
    [error] = came
    assert sqlstate(error) == "55P03" if waits else error is None, error


@pytest.mark.parametrize("pooled", [False, True])
def test_a_session_takes_in_little_and_large_feeds_by_turns(monkeypatch, pooled: bool) -> None:
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", pooled)
    turns = [(3, 3), (LITTLE + 50, LITTLE + 47), (5, 0), (LITTLE + 60, 10), (2, 0)]
    for number, (count, new) in enumerate(turns):
        done = take_in(feed(*people(count, at=f"2017-02-{number + 1:02} 09:00:00")), batch())
        assert (done.created, done.unchanged) == (new, count - new)
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('pg_temp.feed_row')")
            kept = cursor.fetchone()[0] is not None
            assert kept == (count <= LITTLE and not pooled)
            if kept:
                cursor.execute("SELECT count(*) FROM feed_row")
                assert cursor.fetchone() == (0,)


def test_what_a_large_feed_left_when_it_was_given_up_is_gone_with_the_next() -> None:
    def given_up(_lines: Iterator[str]) -> None:
        raise InterruptedError

    take_in(feed(*people(2)), batch())
    with pytest.raises(InterruptedError):
        take_in(feed(*people(LITTLE + 50)), batch(), on_rejects=given_up)
    assert take_in(feed(*people(3)), batch()).created == 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_relation_size('pg_temp.feed_row'), pg_relation_size('pg_temp.feed_decision')"
        )
        assert cursor.fetchone() == (0, 0)
