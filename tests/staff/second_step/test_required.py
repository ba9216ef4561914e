"""Roles that must have a second step: led to it right after the password, and nothing else opens until it is there."""

import re

import pytest
from django.test import Client

from staff.models import Authenticator, User
from tests.delivery.petugas.test_own_kecamatan_alone import OPEN, patterns
from tests.rules.test_staff_addresses import addresses
from tests.rules.test_staff_addresses import barred as barred_fixture
from tests.rules.test_staff_addresses import card as card_fixture
from tests.staff.cast import logged_in, staff
from tracking.models import Block, Card

from .phones import CODE, LOGIN, OWN, SETUP, Clock, Phone, half_in, is_in, with_phone
from .test_own import paper_on, secret_on

pytestmark = pytest.mark.django_db
card, barred = card_fixture, barred_fixture


@pytest.fixture(autouse=True)
def required(settings) -> None:
    settings.STAFF_TWO_FACTOR = ["supervisor", "operator"]


def test_the_password_leads_to_the_set_up_and_that_lets_in(clock: Clock) -> None:
    user, client = staff("supervisor"), Client()
    first = client.post(
        LOGIN, {"username": user.username, "password": "sandi-untuk-uji-2017", "next": "/admin/staff/user/"}
    )
    assert first["Location"] == SETUP
    page = client.get(SETUP).content.decode()
    assert "Pasang dulu, baru pekerjaan terbuka." in page
    done = client.post(SETUP, {"kode": Phone(secret_on(page), clock).next()}).content.decode()
    assert len(paper_on(done)) == 10
    assert 'href="/admin/staff/user/"' in done
    assert is_in(client)


def test_the_secret_stays_the_same_until_it_is_connected() -> None:
    client = half_in(staff("supervisor"))
    first, second = (secret_on(client.get(SETUP).content.decode()) for _ in range(2))
    assert first == second
    other = half_in(staff("operator"))
    assert secret_on(other.get(SETUP).content.decode()) != first


def test_until_then_no_address_of_the_staff_opens(card: Card, barred: Block) -> None:
    client = half_in(staff("supervisor"))
    for address, name in addresses(card, barred):
        for method in ("get", "post"):
            answer = getattr(client, method)(address)
            if name in ("login", "logout", "jsi18n", "second_step_setup", "second_step"):
                continue
            assert answer.status_code == 302, (address, method)
            assert LOGIN in answer["Location"], (address, method)
            assert b"RAHASIA" not in answer.content
    assert client.get("/petugas/")["Location"].startswith("/petugas/masuk/")


def test_a_session_that_never_had_its_second_step_does_not_hold() -> None:
    """Whatever logged this person in."""
    assert not is_in(logged_in(staff("supervisor")))


def test_sessions_from_before_the_role_or_the_setting_end(settings) -> None:
    settings.STAFF_TWO_FACTOR = []
    user = staff("supervisor")
    client = logged_in(user)
    assert is_in(client)
    settings.STAFF_TWO_FACTOR = ["supervisor"]
    assert not is_in(client)


def test_other_roles_go_on_as_before() -> None:
    assert is_in(half_in(staff("auditor")))
    assert is_in(half_in(staff("kecamatan"), login="/petugas/masuk/"), "/petugas/")


def test_it_is_not_turned_off(clock: Clock) -> None:
    user = staff("supervisor")
    phone, _paper = with_phone(user, clock)
    client = logged_in(user)
    assert "Matikan" not in client.get(OWN).content.decode()
    assert client.post(OWN, {"lakukan": "matikan", "kode": phone.next()})["Location"] == OWN
    assert Authenticator.objects.filter(user=user).exists()


def test_of_two_who_know_the_password_the_second_needs_the_firsts_code(clock: Clock) -> None:
    user = staff("supervisor")
    one, two = half_in(user), half_in(user)
    phones = [Phone(secret_on(client.get(SETUP).content.decode()), clock) for client in (one, two)]
    assert one.post(SETUP, {"kode": phones[0].next()}).status_code == 200
    assert two.post(SETUP, {"kode": phones[1].next()})["Location"] == LOGIN
    assert two.post(CODE, {"kode": phones[1].next()}).status_code == 422
    assert not is_in(two)


def test_an_officer_who_must_is_led_in_the_own_frame(clock: Clock, settings) -> None:
    settings.STAFF_TWO_FACTOR = ["kecamatan"]
    user = staff("kecamatan")
    client = half_in(user, login="/petugas/masuk/")
    setup = "/petugas/masuk/pasang/"
    page = client.get(setup).content.decode()
    assert client.get("/petugas/")["Location"].startswith("/petugas/masuk/")
    assert client.post(setup, {"kode": Phone(secret_on(page), clock).next()}).status_code == 200
    assert is_in(client, "/petugas/")


def test_half_way_in_opens_no_page_of_officers(settings) -> None:
    settings.STAFF_TWO_FACTOR = ["kecamatan"]
    client = half_in(staff("kecamatan"), login="/petugas/masuk/")
    pages = {name: "/" + re.sub("<[^>]+>", "1", address) for address, name in patterns()}
    assert len(pages) > 25
    for name, address in pages.items():
        if name in OPEN | {"second_step_setup"}:
            continue
        for method in ("get", "post"):
            answer = getattr(client, method)(address)
            assert answer.status_code in (302, 405), address
            assert answer.status_code == 405 or answer["Location"].startswith("/petugas/masuk/"), address
    assert is_in(client, "/petugas/masuk/pasang/")


def test_the_first_account_of_an_installation_gets_in(clock: Clock) -> None:
    User.objects.create_superuser("pertama", None, "sandi-untuk-uji-2017")
    client = half_in(User.objects.get(username="pertama"))
    page = client.get(SETUP).content.decode()
    assert client.post(SETUP, {"kode": Phone(secret_on(page), clock).next()}).status_code == 200
    assert is_in(client)
