"""One's own second step: turned on with the password, changed with a code, and what it does to sessions."""

import base64
import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from outbox.models import Message
from outbox.sending import send_due
from staff import sealing
from staff.models import Authenticator, RecoveryCode, SecondStepAct, User
from staff.second_step import actions, log_in
from tests.builders import sql
from tests.staff.cast import PASSWORD, logged_in, staff

from .phones import CODE, OWN, SETUP, Clock, Phone, half_in, is_in, with_phone

pytestmark = pytest.mark.django_db


def secret_on(page: str) -> bytes:
    [text] = re.findall(r'<code class="secret">([A-Z2-7 ]+)</code>', page)
    return base64.b32decode(text.replace(" ", ""))


def paper_on(page: str) -> list[str]:
    return re.findall(r"<li><code>([a-z0-9-]{19})</code></li>", page)


def turn_on(client: Client, clock: Clock) -> tuple[Phone, list[str]]:
    """Through the pages, as a person does."""
    assert client.post(OWN, {"password": PASSWORD})["Location"] == SETUP
    phone = Phone(secret_on(client.get(SETUP).content.decode()), clock)
    page = client.post(SETUP, {"kode": phone.next()})
    assert page.status_code == 200
    return phone, paper_on(page.content.decode())


def test_is_turned_on_with_the_password_and_the_first_code(clock: Clock) -> None:
    user = staff("auditor")
    client = logged_in(user)
    phone, paper = turn_on(client, clock)
    assert len(paper) == 10
    assert is_in(client)
    assert "Aktif sejak" in client.get(OWN).content.decode()
    assert half_in(user).post(CODE, {"kode": phone.next()}).status_code == 303
    assert half_in(user).post(CODE, {"kode": paper[0]}).status_code == 303


def test_a_wrong_password_shows_no_secret() -> None:
    client = logged_in(staff("operator"))
    assert client.post(OWN, {"password": "salah"}).status_code == 422
    assert client.get(SETUP)["Location"] == OWN


def test_a_wrong_first_code_turns_nothing_on(clock: Clock) -> None:
    user = staff("operator")
    client = logged_in(user)
    client.post(OWN, {"password": PASSWORD})
    phone = Phone(secret_on(client.get(SETUP).content.decode()), clock)
    assert client.post(SETUP, {"kode": phone.wrong()}).status_code == 422
    assert not Authenticator.objects.exists()
    assert client.post(SETUP, {"kode": phone.next()}).status_code == 200


def test_the_qr_code_is_in_the_page_itself(clock: Clock) -> None:
    client = logged_in(staff("operator"))
    client.post(OWN, {"password": PASSWORD})
    page = client.get(SETUP)
    assert "<svg" in page.content.decode()
    assert "style=" not in page.content.decode().split("<svg")[1].split("</svg>")[0]
    assert "no-store" in page["Cache-Control"]


def test_other_sessions_end_when_it_is_turned_on(clock: Clock) -> None:
    user = staff("operator")
    here, elsewhere = logged_in(user), logged_in(user)
    turn_on(here, clock)
    assert is_in(here)
    assert not is_in(elsewhere)


def test_recovery_codes_are_shown_once_and_kept_as_hashes(clock: Clock) -> None:
    client = logged_in(staff("operator"))
    _phone, paper = turn_on(client, clock)
    assert client.post(SETUP, {"kode": "000000"})["Location"] == OWN
    assert not any(code in client.get(OWN).content.decode() for code in paper)
    rows = "".join(row for (row,) in sql("SELECT c::text FROM staff_recoverycode c"))
    assert len(RecoveryCode.objects.all()) == 10
    assert not any(code.replace("-", "") in rows.replace("-", "") for code in paper)


def test_a_dump_gives_no_secret(clock: Clock) -> None:
    client = logged_in(staff("operator"))
    client.post(OWN, {"password": PASSWORD})
    secret = secret_on(client.get(SETUP).content.decode())
    offered = "".join(str(one.get_decoded()) for one in Session.objects.all())
    kept = base64.b64decode(client.session[log_in.OFFER]["secret"])
    client.post(SETUP, {"kode": Phone(secret, clock).next()})
    row = bytes(Authenticator.objects.get().secret_sealed)
    for place in (kept, row, offered.encode()):
        assert secret not in place
        assert base64.b32encode(secret) not in place
    assert sealing.unseal(row, actions.FIELD) == secret
    assert not any(log_in.OFFER in one.get_decoded() for one in Session.objects.all())


def test_another_phone_takes_over_when_its_first_code_is_right(clock: Clock) -> None:
    user = staff("supervisor")
    client = logged_in(user)
    old, paper = turn_on(client, clock)
    assert client.post(OWN, {"lakukan": "ganti", "kode": old.next()})["Location"] == SETUP
    new = Phone(secret_on(client.get(SETUP).content.decode()), clock)
    assert half_in(user).post(CODE, {"kode": old.next()}).status_code == 303  # until then the old one
    assert client.post(SETUP, {"kode": new.next()}).status_code == 200
    assert is_in(client)
    assert half_in(user).post(CODE, {"kode": old.next()}).status_code == 422
    assert half_in(user).post(CODE, {"kode": paper[0]}).status_code == 422
    assert half_in(user).post(CODE, {"kode": new.next()}).status_code == 303


def test_an_offer_is_of_one_session(clock: Clock) -> None:
    user = staff("supervisor")
    phone, _paper = with_phone(user, clock)
    client, other = logged_in(user), logged_in(user)
    client.post(OWN, {"lakukan": "ganti", "kode": phone.next()})
    assert client.get(SETUP).status_code == 200
    assert other.get(SETUP)["Location"] == OWN


@pytest.mark.parametrize("wish", ["ganti", "kode", "matikan"])
def test_nothing_changes_without_a_code(clock: Clock, wish: str) -> None:
    user = staff("operator")
    phone, paper = with_phone(user, clock)
    client = logged_in(user)
    assert client.post(OWN, {"lakukan": wish, "kode": phone.wrong()}).status_code == 422
    assert client.get(SETUP)["Location"] == OWN
    assert half_in(user).post(CODE, {"kode": paper[0]}).status_code == 303


def test_guesses_at_an_open_desk_are_counted_too(clock: Clock) -> None:
    user = staff("operator")
    phone, _paper = with_phone(user, clock)
    client = logged_in(user)
    answers = [client.post(OWN, {"lakukan": "matikan", "kode": phone.wrong()}) for _ in range(5)]
    assert answers[-1].status_code == 429
    assert client.post(OWN, {"lakukan": "matikan", "kode": phone.next()}).status_code == 429


def test_new_recovery_codes_replace_the_old(clock: Clock) -> None:
    user = staff("operator")
    phone, old = with_phone(user, clock)
    page = logged_in(user).post(OWN, {"lakukan": "kode", "kode": phone.next()}).content.decode()
    new = paper_on(page)
    assert len(new) == 10
    assert not set(new) & set(old)
    assert half_in(user).post(CODE, {"kode": old[0]}).status_code == 422
    assert half_in(user).post(CODE, {"kode": new[0]}).status_code == 303


def test_is_turned_off_with_a_code_and_other_sessions_end(clock: Clock) -> None:
    user = staff("operator")
    phone, _paper = with_phone(user, clock)
    client, elsewhere = logged_in(user), logged_in(user)
    assert client.post(OWN, {"lakukan": "matikan", "kode": phone.next()})["Location"] == OWN
    assert is_in(client)
    assert not is_in(elsewhere)
    assert is_in(half_in(user))


def test_everything_is_on_record_and_told(clock: Clock, mailoutbox: list) -> None:
    user = staff("operator")
    User.objects.update(email="joko@example.id")
    client = logged_in(user)
    phone, paper = turn_on(client, clock)
    half_in(user).post(CODE, {"kode": paper[0]})
    client.post(OWN, {"lakukan": "kode", "kode": phone.next()})
    client.post(OWN, {"lakukan": "matikan", "kode": phone.next()})
    acts = SecondStepAct.objects.filter(user_id=user.pk).order_by("id")
    assert [act.act for act in acts] == ["on", "codes", "recovery", "codes", "off"]
    assert {act.actor for act in acts} == {user.actor}
    send_due()
    assert [mail.to for mail in mailoutbox] == [["joko@example.id"]] * 3
    assert "kode cadangan" in mailoutbox[1].body
    assert Message.objects.filter(state="sent").count() == 3


def test_the_record_is_shown_on_the_own_page(clock: Clock) -> None:
    client = logged_in(staff("operator"))
    turn_on(client, clock)
    assert "Dinyalakan" in client.get(OWN).content.decode()


def test_officers_turn_it_on_in_their_own_frame(clock: Clock) -> None:
    client = logged_in(staff("kecamatan"))
    own, setup = "/petugas/dua-langkah/", "/petugas/masuk/pasang/"
    assert client.post(own, {"password": PASSWORD})["Location"] == setup
    phone = Phone(secret_on(client.get(setup).content.decode()), clock)
    page = client.post(setup, {"kode": phone.next()}).content.decode()
    assert len(paper_on(page)) == 10
    assert f'href="{own}"' in page
    assert is_in(client, own)


def test_keys_change_while_people_log_in(clock: Clock, settings) -> None:
    from tracking.rotation import rotate

    user = staff("operator")
    phone, _paper = with_phone(user, clock)
    new, [old] = b"another key of 32 bytes, newer..", settings.EKTP_SEAL_KEYS
    settings.EKTP_SEAL_KEYS = [new, old]
    assert half_in(user).post(CODE, {"kode": phone.next()}).status_code == 303
    rotate()
    settings.EKTP_SEAL_KEYS = [new]
    assert half_in(user).post(CODE, {"kode": phone.next()}).status_code == 303
    assert User.objects.get(pk=user.pk).authenticator.last_step == int(clock.now // 30)
