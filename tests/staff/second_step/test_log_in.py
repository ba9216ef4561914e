"""The second step: asked for after the password, once, with the same words whatever is wrong."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from staff.models import Authenticator, SecondStepAct, User
from staff.second_step import actions, log_in
from tests.staff.cast import PASSWORD, a_card, logged_in, staff

from .phones import CODE, LOGIN, OWN, SETUP, Clock, half_in, is_in, with_phone

pytestmark = pytest.mark.django_db
WRONG = "Kode ini tidak cocok atau sudah dipakai."


def test_the_code_lets_in_where_the_person_wanted_to_go(clock: Clock) -> None:
    user = staff("operator")
    phone, _paper = with_phone(user, clock)
    client = Client()
    there = "/admin/tracking/card/"
    first = client.post(LOGIN, {"username": user.username, "password": PASSWORD, "next": there})
    assert first["Location"] == CODE
    second = client.post(CODE, {"kode": phone.next()})
    assert second["Location"] == there
    assert is_in(client, there)


def test_between_the_steps_nobody_is_logged_in(clock: Clock) -> None:
    user = staff("supervisor")
    with_phone(user, clock)
    client = half_in(user)
    assert "_auth_user_id" not in client.session
    assert client.get("/admin/")["Location"].startswith(LOGIN)
    assert client.get(CODE).status_code == 200


def test_each_step_begins_a_new_session(clock: Clock) -> None:
    user = staff("operator")
    phone, _paper = with_phone(user, clock)
    client = Client()
    client.get(LOGIN)
    keys = [client.session.session_key]
    half_in(user, client)
    keys.append(client.session.session_key)
    client.post(CODE, {"kode": phone.next()})
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3
    assert list(client.session.keys() & {log_in.HALF, log_in.OFFER}) == []
    assert not Session.objects.filter(pk__in=[key for key in keys[:2] if key]).exists()


def test_who_is_logged_in_is_logged_out_by_anothers_password(clock: Clock) -> None:
    user = staff("supervisor")
    with_phone(user, clock)
    client = half_in(user, logged_in(staff("operator")))
    assert not is_in(client)


def test_a_code_counts_once(clock: Clock) -> None:
    user = staff("operator")
    phone, _paper = with_phone(user, clock)
    code = phone.next()
    assert half_in(user).post(CODE, {"kode": code}).status_code == 303
    again = half_in(user).post(CODE, {"kode": code})
    assert again.status_code == 422
    assert WRONG in again.content.decode()


def test_an_older_code_than_the_last_is_refused(clock: Clock) -> None:
    user = staff("operator")
    phone, _paper = with_phone(user, clock)
    early = phone.next()
    half_in(user).post(CODE, {"kode": phone.next()})
    assert half_in(user).post(CODE, {"kode": early}).status_code == 422


def test_the_code_that_connected_the_app_is_used(clock: Clock) -> None:
    user = staff("operator")
    phone, _paper = with_phone(user, clock)
    assert half_in(user).post(CODE, {"kode": phone.shows()}).status_code == 422


def test_a_code_on_paper_lets_in_once_and_is_on_record(clock: Clock) -> None:
    user = staff("operator")
    _phone, paper = with_phone(user, clock)
    data = {"kode": paper[3].upper(), "cadangan": "1"}
    assert half_in(user).post(CODE, data).status_code == 303
    refused = half_in(user).post(CODE, data)
    assert refused.status_code == 422
    assert WRONG in refused.content.decode()
    used = SecondStepAct.objects.filter(user_id=user.pk, act="recovery")
    assert [(act.actor, act.username) for act in used] == [(user.actor, user.username)]
    assert actions.codes_left(user) == 9


def test_the_words_are_the_same_whatever_is_wrong(clock: Clock) -> None:
    user, other = staff("operator"), staff("operator")
    phone, paper = with_phone(user, clock)
    theirs, their_paper = with_phone(other, clock)
    used = phone.next()
    half_in(user).post(CODE, {"kode": used})
    pages = set()
    for typed in (used, phone.wrong(), "", "x\0y"):
        AccessAttempt.objects.all().delete()
        Authenticator.objects.update(tries=0)
        client = half_in(user)
        page = client.post(CODE, {"kode": typed}).content.decode()
        pages.add(page.split('<form method="post" class="second-step">')[1].split('value="', 1)[1][64:])
    for typed in (theirs.next(), their_paper[0]):
        assert half_in(user).post(CODE, {"kode": typed}).status_code == 422
    assert len(pages) == 1
    assert paper[0] not in "".join(pages)


def test_five_wrong_codes_pause_the_name_like_five_wrong_passwords(clock: Clock) -> None:
    user = staff("operator")
    phone, _paper = with_phone(user, clock)
    client = half_in(user)
    answers = [client.post(CODE, {"kode": phone.wrong()}) for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert [answer.status_code for answer in answers] == [422] * 4 + [429]
    assert "Coba lagi 15 menit lagi" in answers[-1].content.decode()
    assert client.post(CODE, {"kode": phone.next()}).status_code == 429
    assert client.post(LOGIN, {"username": user.username, "password": PASSWORD}).status_code == 429


def test_the_right_password_between_does_not_begin_the_count_anew(clock: Clock) -> None:
    user = staff("operator")
    phone, _paper = with_phone(user, clock)
    for _ in range(4):
        half_in(user).post(CODE, {"kode": phone.wrong()})
    assert half_in(user).post(CODE, {"kode": phone.wrong()}).status_code == 429


def test_five_wrong_codes_from_five_places_pause_the_person_too(clock: Clock) -> None:
    user = staff("operator")
    phone, _paper = with_phone(user, clock)
    for place in range(1, 6):
        half_in(user, Client(REMOTE_ADDR=f"10.0.0.{place}")).post(CODE, {"kode": phone.wrong()})
    elsewhere = half_in(user, Client(REMOTE_ADDR="10.0.0.9"))
    assert elsewhere.post(CODE, {"kode": phone.next()}).status_code == 429
    Authenticator.objects.filter(user=user).update(tried_at=timezone.now() - actions.PAUSE)
    assert elsewhere.post(CODE, {"kode": phone.next()}).status_code == 303
    assert Authenticator.objects.get(user=user).tries == 0


def test_no_typed_code_is_kept(clock: Clock) -> None:
    user = staff("operator")
    phone, _paper = with_phone(user, clock)
    half_in(user).post(CODE, {"kode": phone.wrong()})
    attempt = AccessAttempt.objects.get()
    assert attempt.username == user.username
    assert phone.wrong() not in str(vars(attempt))


def test_the_second_step_is_not_waited_for_long(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    user = staff("operator")
    phone, _paper = with_phone(user, clock)
    client = half_in(user)
    monkeypatch.setattr(log_in, "PATIENCE", -1)
    answer = client.post(CODE, {"kode": phone.next()}, follow=True)
    assert answer.redirect_chain == [(LOGIN, 302)]
    assert "terlalu lama ditunggu" in answer.content.decode()
    assert log_in.HALF not in client.session
    assert not is_in(client)


@pytest.mark.parametrize("change", ["closed", "password"])
def test_what_changes_between_the_steps_ends_them(clock: Clock, change: str) -> None:
    user = staff("operator")
    phone, _paper = with_phone(user, clock)
    client = half_in(user)
    if change == "closed":
        User.objects.filter(pk=user.pk).update(is_active=False)
    else:
        user.set_password("kuda-laut-biru-9")
        user.save()
    assert client.post(CODE, {"kode": phone.next()})["Location"] == LOGIN
    assert not is_in(client)


def test_half_way_in_nobody_connects_another_phone(clock: Clock) -> None:
    user = staff("operator")
    with_phone(user, clock)
    client = half_in(user)
    assert client.get(SETUP)["Location"] == LOGIN
    assert client.get(OWN)["Location"].startswith(LOGIN)


def test_without_a_password_there_is_no_second_step() -> None:
    for address in (CODE, SETUP):
        assert Client().get(address)["Location"] == LOGIN
        assert Client().post(address, {"kode": "000000"})["Location"] == LOGIN


def test_who_has_no_app_and_needs_none_logs_in_as_ever() -> None:
    user = staff("operator")
    assert is_in(half_in(user))


def test_officers_have_the_same_in_their_own_frame(clock: Clock) -> None:
    user = staff("kecamatan")
    phone, _paper = with_phone(user, clock)
    client = half_in(user, login="/petugas/masuk/")
    assert client.get("/petugas/")["Location"].startswith("/petugas/masuk/")
    page = client.get("/petugas/masuk/kode/").content.decode()
    assert "Enam angka di aplikasi kode Anda." in page
    assert client.post("/petugas/masuk/kode/", {"kode": phone.next()})["Location"] == "/petugas/"
    assert is_in(client, "/petugas/")


def test_whoever_is_no_officer_goes_on_to_the_staff_site(clock: Clock) -> None:
    user = staff("operator")
    phone, _paper = with_phone(user, clock)
    client = half_in(user, login="/petugas/masuk/")
    assert client.post("/petugas/masuk/kode/", {"kode": phone.next()})["Location"] == "/admin/"


def test_a_session_without_its_second_step_opens_no_card(clock: Clock) -> None:
    card = a_card(name="RAHASIA SEKALI")
    user = staff("supervisor")
    with_phone(user, clock)
    client = half_in(user)
    for address in (f"/admin/tracking/card/{card.pk}/change/", "/admin/tracking/card/", "/petugas/"):
        assert b"RAHASIA" not in client.get(address, follow=True).content


def test_last_log_in_is_written_after_the_second_step_alone(clock: Clock) -> None:
    user = staff("operator")
    phone, _paper = with_phone(user, clock)
    client = half_in(user)
    assert User.objects.get(pk=user.pk).last_login is None
    client.post(CODE, {"kode": phone.next()})
    assert timezone.now() - User.objects.get(pk=user.pk).last_login < timedelta(minutes=1)
