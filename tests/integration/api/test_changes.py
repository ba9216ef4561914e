"""The change feed: every step once and in order, of the own kecamatan alone, whoever commits late."""

import random
import threading
from contextlib import suppress

import pytest
from django.db import connection, connections

from integration.api import changes
from integration.models import Change, ChangeMark
from tests import cluster
from tests.builders import a_card as a_card_at
from tests.builders import many_cards, sql, step
from tests.integration.test_worker import until
from tracking import codes
from tracking.actor import acting
from tracking.models import Card, Event

from .partner import Partner, code

pytestmark = pytest.mark.usefixtures("committed")
CHANGES = "/api/v1/changes"


@pytest.fixture
def reader() -> Partner:
    return Partner.made(may_read_changes=True)


def caught_up() -> None:
    """Once nothing older is under way."""
    last = sql("SELECT pg_sequence_last_value('tracking_event_id')")[0][0]
    until(lambda: changes.advance()[0] >= last)


def everything(reader: Partner, limit: int = 1000, *, wait: bool = True) -> list[dict[str, str]]:
    """All there is, page by page."""
    if wait:
        caught_up()
    found, after, more = [], 0, True
    while more:
        said = reader.get(f"{CHANGES}?after={after}&limit={limit}").json()
        found += said["changes"]
        after, more = said["next"], said["more"]
    return found


def test_steps_come_in_order_with_code_stage_and_times(reader: Partner) -> None:
    card = a_card_at("RECORDED")
    step(card, "WAITING_FOR_BLANK")
    found = everything(reader)
    assert [(one["card"], one["stage"]) for one in found] == [
        (codes.encode(card.pk), "RECORDED"), (codes.encode(card.pk), "WAITING_FOR_BLANK")]  # fmt: skip
    assert set(found[0]) == {"card", "stage", "since", "at"}


def test_pages_follow_each_other(reader: Partner) -> None:
    many_cards(25)
    assert len(everything(reader, 10)) == 25  # and all of it is settled by now
    first = reader.get(f"{CHANGES}?limit=10").json()
    assert (len(first["changes"]), first["more"]) == (10, True)


def test_at_the_end_the_cursor_stays_until_something_new_comes(reader: Partner) -> None:
    a_card_at("RECORDED")
    caught_up()
    end = reader.get(CHANGES).json()
    assert (len(end["changes"]), end["more"]) == (1, False)
    assert reader.get(f"{CHANGES}?after={end['next']}").json()["changes"] == []
    a_card_at("RECORDED")
    caught_up()
    assert len(reader.get(f"{CHANGES}?after={end['next']}").json()["changes"]) == 1


def test_a_kecamatan_reads_its_own_cards_alone() -> None:
    reader = Partner.made(kecamatan=2, may_read_changes=True)
    a_card_at("RECORDED", 1)
    own = a_card_at("RECORDED", 2)
    assert [one["card"] for one in everything(reader)] == [codes.encode(own.pk)]


def test_it_takes_a_right_of_its_own(partner: Partner) -> None:
    answer = partner.get(CHANGES)
    assert (answer.status_code, code(answer)) == (403, "changes_not_allowed")


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "limit=0", "limit=1001", f"after={2**63}", "after=1.5"]
)
def test_what_makes_no_sense_is_said(reader: Partner, query: str) -> None:
    answer = reader.get(f"{CHANGES}?{query}")
    assert (answer.status_code, code(answer)) == (422, "parameter_invalid")
    assert query.partition("=")[0] in answer.json()["detail"]


def test_who_commits_late_is_waited_for_and_not_skipped(reader: Partner) -> None:
    early, late = a_card_at("RECORDED"), a_card_at("RECORDED")
    start = everything(reader)
    slow = cluster.connect("ektp_site")
    slow.autocommit = False
    with slow.cursor() as cursor:  # draws its number first and commits last
        cursor.execute("SET LOCAL ektp.actor = 'x'; SET LOCAL ektp.source = 'y'")
        cursor.execute("UPDATE tracking_card SET stage = 'DEDUPLICATING' WHERE id = %s", [late.pk])
    step(early, "DEDUPLICATING")
    assert everything(reader, wait=False) == start
    slow.commit()
    slow.close()
    found = everything(reader)[len(start) :]
    assert [one["card"] for one in found] == [codes.encode(late.pk), codes.encode(early.pk)]


def test_who_works_in_another_database_of_the_server_is_not_waited_for(reader: Partner) -> None:
    elsewhere = cluster.connect("postgres", "postgres")
    elsewhere.autocommit = False
    with elsewhere.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
    a_card_at("RECORDED")
    assert len(everything(reader, wait=False)) == 1
    elsewhere.rollback()
    elsewhere.close()


def test_who_rolls_back_leaves_no_gap_that_is_waited_for(reader: Partner) -> None:
    card = a_card_at("RECORDED")
    with suppress(ZeroDivisionError), acting(by="x", source="y"):
        Card.objects.update(stage="DEDUPLICATING")
        raise ZeroDivisionError
    step(card, "WAITING_FOR_BLANK")
    assert [one["stage"] for one in everything(reader)] == ["RECORDED", "WAITING_FOR_BLANK"]


def test_a_long_past_is_listed_in_stretches(reader: Partner, monkeypatch) -> None:
    a_card_at("RECORDED")
    caught_up()  # event numbers of earlier tests are behind us: stretches are short from here on
    monkeypatch.setattr(changes, "_STRETCH", 7)
    many_cards(30)
    assert len(everything(reader)) == 31
    assert ChangeMark.objects.filter(settled=True).count() == 1


def test_the_worker_lists_only_while_somebody_may_read(partner: Partner) -> None:
    many_cards(5)
    changes.keep_up()
    assert not Change.objects.exists()
    Partner.made("pembaca", may_read_changes=True)
    until(lambda: changes.keep_up() or Change.objects.count() == 5)


def test_sixteen_writers_who_commit_as_they_like_are_read_once_each_and_in_order() -> None:
    ids = many_cards(160)
    stop, seen, total = threading.Event(), [], [0]

    def write(number: int) -> None:
        chance = random.Random(number)
        own = ids[number * 10 : number * 10 + 10]
        site = cluster.connect("ektp_site")
        site.autocommit = False
        for turn in range(12):
            with site.cursor() as cursor:
                cursor.execute("SET LOCAL ektp.actor = 'x'; SET LOCAL ektp.source = 'y'")
                for card in chance.sample(own, 3):
                    to = "DEDUPLICATING" if turn % 2 else "HELD"
                    code = None if turn % 2 else "PACKET_RETRY"
                    cursor.execute("SELECT set_config('ektp.reason', %s, true)", [code or ""])
                    cursor.execute(
                        "UPDATE tracking_card SET stage = %s, code = %s, since = now()"
                        " WHERE id = %s AND stage <> %s",
                        [to, code, card, to],
                    )
                    stop.wait(chance.random() * 0.004)
            site.rollback() if chance.random() < 0.2 else site.commit()
        site.close()

    def read() -> None:
        after = 0
        while True:
            last = stop.is_set()
            changes.advance()
            rows = changes.read(None, after, 1000)
            seen.extend(rows)
            if rows:
                after = rows[-1][0]
            elif last and after >= total[0]:
                break
        connections.close_all()

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=[number]) for number in range(16)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join(60)
    total[0] = sql("SELECT max(id) FROM tracking_event")[0][0]
    stop.set()
    reader.join(90)
    numbers = [one[0] for one in seen]
    assert numbers == sorted(set(numbers))
    assert numbers == list(Event.objects.order_by("id").values_list("id", flat=True))
    assert len(numbers) > 300


@pytest.mark.parametrize(
    ("kecamatan", "index"), [(None, "integration_change_pkey"), (1, "change_of_kecamatan")]
)
def test_a_page_comes_from_its_index_alone(kecamatan: int | None, index: str, owner_sql) -> None:
    owner_sql(
        "INSERT INTO integration_change SELECT n, n % 12 + 1, n, 'PRINTED', now(), now() FROM generate_series(1, 60000) n"
    )
    owner_sql("ANALYZE integration_change")
    text = changes.PAGE if kecamatan else changes.PAGE_OF_CITY
    with connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN (ANALYZE, COSTS OFF) {text}", {"kecamatan": kecamatan, "after": 30_000, "limit": 1000}
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert f"Scan using {index}" in plan
    assert "Sort" not in plan
    assert "Filter" not in plan
    assert "rows=1000" in plan


def test_new_events_are_found_without_reading_all(owner_sql) -> None:
    owner_sql(
        "INSERT INTO tracking_event (card_id, id, to_stage, at, since, actor, reason, source)"
        " SELECT n, n, 'PRINTED', now(), now(), 'x', '', 'x' FROM generate_series(1, 200000) n"
    )
    owner_sql("VACUUM ANALYZE tracking_event")
    plan = "\n".join(
        line for (line,) in sql(f"EXPLAIN (COSTS OFF) {changes.LIST}", {"after": 199_000, "until": 199_100})
    )
    assert "Bitmap Index Scan on event_numbers" in plan
