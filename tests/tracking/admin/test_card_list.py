"""The list of cards: scoped, uncounted, by key, and never a 500."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.staff.cast import OTHER, OWN, a_card, as_, staff
from tracking.actions import block
from tracking.actor import acting
from tracking.models import Card
from tracking.stages import Stage, phase_of

pytestmark = pytest.mark.django_db
LIST = "/admin/tracking/card/"


def shown(page) -> list[int]:
    return [
        int(pk)
        for pk in re.findall(r'field-number"><a href="/admin/tracking/card/(\d+)/', page.content.decode())
    ]


def test_disdukcapil_sees_every_card() -> None:
    cards = [a_card(kecamatan=OWN).pk, a_card(kecamatan=OTHER).pk]
    assert set(shown(as_("operator").get(LIST))) >= set(cards)


def test_an_officer_sees_the_own_kecamatan_alone() -> None:
    own, other = a_card(kecamatan=OWN), a_card(kecamatan=OTHER)
    found = shown(as_("kecamatan").get(LIST))
    assert own.pk in found
    assert other.pk not in found


def test_an_officer_keeps_the_cards_of_the_own_tickets() -> None:
    card = a_card("RECORDED", "WAITING_FOR_BLANK", kecamatan=OWN)
    with acting(by="source:siak", source="siak"):
        Card.objects.filter(pk=card.pk).update(kecamatan_id=OTHER)
    assert card.pk in shown(as_("kecamatan").get(LIST))


@pytest.mark.parametrize(
    "filters", ["?kecamatan=7", "?kecamatan=7&tahap=RECORDED", "?place=7", "?kecamatan_id=7"]
)
def test_no_filter_shows_an_officer_another_kecamatan(filters: str) -> None:
    other = a_card(kecamatan=OTHER)
    assert other.pk not in shown(as_("kecamatan").get(LIST + filters))


def test_it_filters_by_stage() -> None:
    waiting, recorded = a_card("WAITING_FOR_BLANK"), a_card("RECORDED")
    found = shown(as_("operator").get(f"{LIST}?tahap=WAITING_FOR_BLANK"))
    assert waiting.pk in found
    assert recorded.pk not in found


def test_it_filters_blocked_cards() -> None:
    blocked, free = a_card(), a_card()
    block(blocked.pk, by=staff("operator"), reason="review")
    assert shown(as_("operator").get(f"{LIST}?blokir=ya")) == [blocked.pk]
    assert free.pk in shown(as_("operator").get(LIST))


def test_it_filters_cards_outside_the_ledger_that_are_still_looked_for() -> None:
    lost, delivered = a_card("AT_KECAMATAN"), a_card("DELIVERED")
    found = shown(as_("operator").get(f"{LIST}?buku=dicari"))
    assert lost.pk in found
    assert delivered.pk not in found


def test_every_stage_is_in_the_phase_that_the_database_gives_it() -> None:
    for stage in Stage:
        assert a_card(stage).phase == phase_of(stage)


def test_pages_follow_each_other_by_key(monkeypatch: pytest.MonkeyPatch) -> None:
    from tracking.admin.cards import CardAdmin

    monkeypatch.setattr(CardAdmin, "list_per_page", 2)
    cards = [a_card().pk for _ in range(5)][::-1]
    client = as_("operator")
    first = client.get(LIST)
    assert shown(first) == cards[:2]
    second = client.get(LIST + first.context["cl"].older_page)
    assert shown(second) == cards[2:4]
    assert shown(client.get(LIST + second.context["cl"].newer_page)) == cards[:2]


@pytest.mark.parametrize(
    "query",
    [
        "?tahap=NOWHERE",
        "?tahap=%00",
        "?kecamatan=99999999999999999999",
        "?kecamatan=x",
        "?p=99999",
        "?p=x",
        "?all=",
        "?o=-1.2.x",
        "?q=3275011503900001",
        "?e=1",
        "?sesudah=99999999999999999999999",
        "?sesudah=-1",
        "?sebelum=0",
        "?sesudah=٣",
        "?id__in=1,2,x",
        "?citizen__name__startswith=B",
        "?_to_field=citizen",
        "?_popup=1&_facets=True",
        "?stage__exact=%F0%28",
        "?" + "tahap=RECORDED&" * 50,
    ],
)
def test_odd_parameters_are_no_error(query: str) -> None:
    a_card()
    assert as_("operator").get(LIST + query, follow=True).status_code == 200


def test_it_never_counts_and_takes_few_queries() -> None:
    for _ in range(3):
        a_card()
    client = as_("operator")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(LIST)
    told = [query["sql"] for query in queries]
    assert not any("COUNT(" in sql.upper() for sql in told)
    assert not any("OFFSET" in sql.upper() for sql in told)
    assert len(told) <= 16


def test_its_queries_need_not_grow_with_the_cards() -> None:
    client = as_("operator")
    a_card()
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for _ in range(6):
        a_card()
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(many) == len(few)


@pytest.mark.parametrize("role", ["operator", "supervisor", "kecamatan", "auditor"])
def test_nobody_adds_or_deletes_cards(role: str) -> None:
    card, client = a_card(), as_(role)
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{card.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(LIST, {"action": "delete_selected", "_selected_action": card.pk}).status_code == 200
    assert Card.objects.filter(pk=card.pk).exists()
