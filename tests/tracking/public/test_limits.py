"""How often one may look up: shared by all workers, by client and by NIK, misses dearer than hits."""

import uuid
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client, RequestFactory, override_settings

from tests import builders
from tests.people import BUDI, SITI
from tests.tracking.public.cards import Answer, a_card, status_of, text_of
from tracking import limits
from tracking.limits import Decision, Limit
from tracking.models import LookupLimit
from tracking.stages import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def few() -> Iterator[None]:
    """Ten look-ups a client, two misses, five a NIK, one back every 100 seconds."""
    misses = Limit(100, 2)
    limited = patch.multiple(limits, CLIENT=Limit(100, 10), MISSES=misses, NIK=Limit(100, 5))
    with limited, patch("tracking.public.status_page.MISSES", misses):
        yield


def ask(typed: str = SITI, client: str = "10.1.1.1", **more: Any) -> Answer:
    return Client(REMOTE_ADDR=client).post("/", {"nik": typed}, **more)


def others(count: int) -> list[str]:
    """NIKs that are not recorded, all different."""
    return [f"327501010180{n:04}" for n in range(1, count + 1)]


def test_misses_run_out_sooner_than_hits(few: None) -> None:
    assert [ask(nik).status_code for nik in others(4)] == [404, 404, 429, 429]


def test_one_nik_is_not_asked_about_for_ever_though_by_many(few: None) -> None:
    a_card("RECORDED")
    answers = [ask(client=f"10.1.1.{n}").status_code for n in range(7)]
    assert answers == [303] * 5 + [429] * 2


def test_a_refusal_says_when_to_come_back(few: None) -> None:
    for nik in others(3):
        response = ask(nik)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 101
    page = text_of(response)
    assert "Mohon tunggu sebentar" in page
    assert "Banyak pencarian dari jaringan yang Anda pakai. Ini bukan kesalahan Anda." in page
    assert "Coba lagi <strong>pukul " in page
    assert response["Cache-Control"] == "no-store"


def test_a_refusal_in_english(few: None) -> None:
    for nik in others(3):
        response = Client(REMOTE_ADDR="10.1.1.1").post("/en/", {"nik": nik})
    assert "Please wait a moment" in text_of(response)


def test_a_refusal_costs_nothing(few: None) -> None:
    for nik in others(3):
        ask(nik)
    spent = LookupLimit.objects.order_by("-spent_until")[0].spent_until
    ask(BUDI)
    assert LookupLimit.objects.order_by("-spent_until")[0].spent_until == spent


def test_who_waits_may_ask_again(few: None) -> None:
    for nik in others(3):
        ask(nik)
    builders.sql("UPDATE tracking_lookuplimit SET spent_until = spent_until - interval '1000 seconds'")
    assert ask(BUDI).status_code == 404


def test_another_client_is_not_held_up(few: None) -> None:
    for nik in others(3):
        ask(nik)
    assert ask(BUDI, client="10.9.9.9").status_code == 404


def test_dead_links_count_as_misses(few: None) -> None:
    answers = [Client().get(f"/status/{'x' * 22}/").status_code for _ in range(4)]
    assert answers == [404, 404, 404, 429]


def test_a_status_page_costs_nothing(few: None) -> None:
    card = a_card("RECORDED")
    assert {status_of(card).status_code for _ in range(30)} == {200}
    assert not LookupLimit.objects.exists()


def test_the_page_that_a_last_look_up_led_to_is_shown(few: None) -> None:
    card = a_card("RECORDED")
    with patch.object(limits, "NIK", Limit(1, 100)):
        answers = [ask(client="127.0.0.1").status_code for _ in range(11)]
    assert answers == [303] * 10 + [429]
    assert status_of(card).status_code == 200


def test_a_neighbourhood_behind_one_address_may_look_at_once() -> None:
    a_card("RECORDED")
    with patch.object(limits, "NIK", Limit(1, 1000)):
        assert {ask().status_code for _ in range(200)} == {303}


def test_nothing_in_the_table_names_a_client_or_a_nik() -> None:
    a_card("RECORDED")
    ask()
    request = RequestFactory().get("/", REMOTE_ADDR="10.1.1.1")
    keys = set(LookupLimit.objects.values_list("key", flat=True))
    assert limits.client_key(request) in keys
    assert not keys & set(builders.sql("SELECT nik_index FROM tracking_citizen")[0])
    with patch.object(limits, "today", return_value=limits.today() + 1):
        assert limits.client_key(request) not in keys


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("fe80::1%eth0", "fe80::2", True),
        ("no:address", "no:address", True),
    ],
)
def test_a_client_is_an_address_or_a_network_of_64_bits(one: str, other: str, same: bool) -> None:
    assert (limits.network(one) == limits.network(other)) is same


def misses_through(proxy: str, visitor: str) -> list[int]:
    return [ask(nik, client=proxy, headers={"X-Forwarded-For": visitor}).status_code for nik in others(3)]


@override_settings(TRUSTED_PROXIES=["10.0.0.9"])
def test_visitors_behind_a_trusted_proxy_are_told_apart(few: None) -> None:
    assert misses_through("10.0.0.9", "203.0.113.7") == [404, 404, 429]
    assert misses_through("10.0.0.9", "203.0.113.8") == [404, 404, 429]


def test_whoever_forwards_without_being_trusted_is_the_visitor(few: None) -> None:
    assert misses_through("10.0.0.8", "203.0.113.7") == [404, 404, 429]
    assert misses_through("10.0.0.8", "203.0.113.8") == [429, 429, 429]


def test_the_whole_city_is_counted() -> None:
    with (
        patch.object(limits, "CITY", Limit(1000, 1)),
        patch.object(limits, "decide", wraps=limits.decide) as decide,
    ):
        ask(BUDI)
        ask(SITI)
    assert [call.args for call in decide.call_args_list] == [(0.0, False), (0.0, True)]


@pytest.mark.parametrize(
    ("wait", "busy", "decision"),
    [
        (0, False, Decision.ALLOW),
        (0, True, Decision.SLOW),
        (5, False, Decision.REFUSE),
        (5, True, Decision.REFUSE),
    ],
)
def test_decisions(wait: float, busy: bool, decision: Decision) -> None:
    assert limits.decide(wait, busy) is decision


def test_rows_of_days_gone_by_are_purged() -> None:
    ask(BUDI)
    today = LookupLimit.objects.count()
    LookupLimit.objects.create(key=uuid.uuid4(), day="2017-09-01", spent_until="2017-09-01T00:00:00Z")
    limits.purge()
    assert LookupLimit.objects.count() == today


def test_look_ups_purge_now_and_then() -> None:
    with patch.object(limits, "PURGE_EVERY", 1), patch.object(limits, "purge") as purge:
        ask(BUDI)
    purge.assert_called_once()


def test_the_table_is_not_logged() -> None:
    assert builders.sql("SELECT relpersistence FROM pg_class WHERE relname = 'tracking_lookuplimit'") == [
        ("u",)
    ]


def test_counting_many_waiting_cards_is_no_part_of_a_look_up() -> None:
    builders.many_cards(10, stage=Stage.WAITING_FOR_BLANK)
    with connection.execute_wrapper(
        lambda run, sql, *rest: pytest.fail(sql) if "count(" in sql else run(sql, *rest)
    ):
        assert ask(BUDI).status_code == 404
