"""What a kecamatan gives itself: to its kelurahan offices, and to where citizens have moved."""

import re
import uuid

import pytest
from django.test import Client

from delivery.actions.round import make_round
from delivery.models import Handover
from delivery.queries import rounds
from staff.models import AccessLog
from tests import people
from tests.builders import move_house, refused, sql
from tests.builders import settle as commit
from tests.staff.cast import logged_in
from tracking.models import Card
from tracking.stages import Stage
from tracking.verify import verify

from ..cast import Office, as_person, card_of, holder
from ..rounds.walk import a_courier, by_signed_list

pytestmark = pytest.mark.django_db
KELURAHAN = 11001


@pytest.fixture
def office(db: None) -> Office:
    made = Office()
    made.closed(3)
    return made


@pytest.fixture
def client(office: Office) -> Client:
    return logged_in(office.tuti)


def packed(client: Client, to: str) -> Handover:
    client.post("/petugas/kirim/", {"tujuan": to})
    commit()
    return Handover.objects.latest("id")


def test_a_kelurahan_office_is_a_stop_on_the_way(office: Office, client: Client) -> None:
    made = packed(client, f"kelurahan:{KELURAHAN}")
    client.post(f"/petugas/kirim/{made.pk}/", {"lepas": "1", "penerima": "Bu Lurah"})
    commit()
    assert holder(card_of(made, 1).pk) == f"transit {made.pk}"
    for line in ("1", "2", "3"):
        client.post(f"/petugas/kedatangan/{made.pk}/", {"received": line})
    client.post(f"/petugas/kedatangan/{made.pk}/", {"tutup": "1"})
    commit()
    card = card_of(made, 1)
    assert (card.stage, holder(card.pk)) == (Stage.AT_KECAMATAN, f"kelurahan {KELURAHAN}")
    assert Handover.objects.get(pk=made.pk).paper["taker"]["name"] == "Bu Lurah"
    assert verify().ok


def test_a_card_follows_its_citizen_to_another_kecamatan(office: Office, client: Client) -> None:
    card = Card.objects.filter(stage=Stage.AT_KECAMATAN)[0]
    move_house(card, 2)
    made = packed(client, "kecamatan:2")
    there = people.officer(2)
    page = client.post(f"/petugas/kirim/{made.pk}/", {"lepas": "1", "penjemput": there.pk}).content.decode()
    code = re.findall(r'class="code">(\d{6})<', page)[0]
    taker = logged_in(there)
    taker.post(f"/petugas/kedatangan/{made.pk}/", {"jemput": code})
    taker.post(f"/petugas/kedatangan/{made.pk}/", {"received": "1"})
    taker.post(f"/petugas/kedatangan/{made.pk}/", {"tutup": "1"})
    commit()
    assert holder(card.pk) == "kecamatan 2"
    assert {problem.invariant for problem in verify().problems} <= {
        "residence"
    }  # the test moved the card alone


def test_a_card_on_its_way_to_a_kelurahan_is_not_handed_out(office: Office, client: Client) -> None:
    made = packed(client, f"kelurahan:{KELURAHAN}")
    for stage in ("OUT_FOR_DELIVERY", "DELIVERED"):
        with refused("EK021"), as_person(office.tuti):
            sql("UPDATE tracking_card SET stage = %s WHERE id = %s", [stage, card_of(made, 1).pk])


def test_what_was_packed_by_mistake_stays_here(office: Office, client: Client) -> None:
    made = packed(client, f"kelurahan:{KELURAHAN}")
    client.post(f"/petugas/kirim/{made.pk}/", {"lepas": "1", "penerima": ""})
    assert Handover.objects.get(pk=made.pk).state == "called"
    client.post(f"/petugas/kirim/{made.pk}/", {"tarik": "1"})
    commit()
    assert holder(card_of(made, 1).pk) == "kecamatan 1"
    assert packed(client, f"kelurahan:{KELURAHAN}").pk != made.pk


def test_missing_on_this_leg_is_the_kecamatans_work(office: Office, client: Client) -> None:
    made = packed(client, f"kelurahan:{KELURAHAN}")
    client.post(f"/petugas/kirim/{made.pk}/", {"lepas": "1", "penerima": "Bu Lurah"})
    client.post(f"/petugas/kedatangan/{made.pk}/", {"missing": "1"})
    commit()
    assert "Hilang di perjalanan" in client.get("/petugas/").content.decode()
    assert client.get("/petugas/hilang/").status_code == 200
    client.get(f"/petugas/kirim/{made.pk}/")
    assert AccessLog.objects.filter(source="petugas:kirim", card_ids=[card_of(made, 1).pk]).exists()
    client.post(f"/petugas/kirim/{made.pk}/", {"ditemukan": "1"})
    commit()
    assert holder(card_of(made, 1).pk) == "kecamatan 1"
    assert verify().ok


@pytest.mark.parametrize("to", ["kelurahan:21001", "kecamatan:1", "kecamatan:99", "x", ""])
def test_no_such_destination(office: Office, client: Client, to: str) -> None:
    before = Handover.objects.count()
    assert client.post("/petugas/kirim/", {"tujuan": to}).status_code == 303
    assert Handover.objects.count() == before


def test_from_a_kelurahan_office_cards_go_out_with_its_couriers(office: Office, client: Client) -> None:
    made = packed(client, f"kelurahan:{KELURAHAN}")
    client.post(f"/petugas/kirim/{made.pk}/", {"lepas": "1", "penerima": "Bu Lurah"})
    for line in ("1", "2", "3"):
        client.post(f"/petugas/kedatangan/{made.pk}/", {"received": line})
    client.post(f"/petugas/kedatangan/{made.pk}/", {"tutup": "1"})
    commit()
    assert rounds.not_divided(1, 1000)[0] == 3
    cards = [card_of(made, line).pk for line in (1, 2)]
    its_round = make_round(by=office.tuti, request=uuid.uuid4(), courier=a_courier(), cards=cards)
    by_signed_list(its_round)
    assert card_of(made, 1).stage == Stage.OUT_FOR_DELIVERY
    assert rounds.not_divided(1, 1000)[0] == 1
    assert verify().ok


def test_from_another_kecamatans_kelurahan_office_nothing_goes_out(office: Office, client: Client) -> None:
    made = packed(client, f"kelurahan:{KELURAHAN}")
    client.post(f"/petugas/kirim/{made.pk}/", {"lepas": "1", "penerima": "Bu Lurah"})
    client.post(f"/petugas/kedatangan/{made.pk}/", {"received": "1"})
    commit()
    card = card_of(made, 1)
    assert sql(
        "SELECT delivery_may_go_out(%s, 1::smallint), delivery_may_go_out(%s, 2::smallint)", [card.pk] * 2
    ) == [(True, False)]


def test_what_is_in_a_round_is_left_out_of_what_is_packed(office: Office, client: Client) -> None:
    card = Card.objects.filter(stage=Stage.AT_KECAMATAN)[0]
    make_round(by=office.tuti, request=uuid.uuid4(), courier=a_courier(), cards=[card.pk])
    assert "<td>2</td>" in client.get("/petugas/kirim/").content.decode()
    made = packed(client, f"kelurahan:{KELURAHAN}")
    assert made.lines.count() == 2
