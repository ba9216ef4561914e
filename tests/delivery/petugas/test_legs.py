"""What a kecamatan gives itself: to its kelurahan offices, and to where citizens have moved."""

import re

import pytest
from django.test import Client

from delivery.models import Handover
from staff.models import AccessLog
from tests import people
from tests.builders import move_house, refused, sql
from tests.builders import settle as commit
from tests.staff.cast import logged_in
from tracking.models import Card
from tracking.stages import Stage
from tracking.verify import verify

from ..cast import Office, as_person, card_of, holder

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
