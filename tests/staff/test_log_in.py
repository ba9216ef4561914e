"""Logging in: throttled, a new session, cookies that scripts cannot read; no password is kept."""

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.test import Client

from staff import demo
from staff.models import User

from .cast import PASSWORD, staff

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"


def try_(client: Client, name: str, password: str):
    return client.post(LOGIN, {"username": name, "password": password, "next": "/admin/"})


def test_a_good_password_lets_in_with_a_new_session() -> None:
    user, client = staff("operator"), Client()
    client.get(LOGIN)
    before = client.session.session_key
    assert try_(client, user.username, PASSWORD).status_code == 302
    assert client.session.session_key != before
    assert client.get("/admin/").status_code == 200


def test_scripts_cannot_read_the_session_cookie() -> None:
    user, client = staff("operator"), Client()
    try_(client, user.username, PASSWORD)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_too_many_wrong_passwords_lock_the_name_for_a_while() -> None:
    user, client = staff("operator"), Client()
    answers = [try_(client, user.username, "salah") for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert answers[-1].status_code == 429
    assert "Coba lagi 15 menit lagi" in answers[-1].content.decode()
    assert try_(client, user.username, PASSWORD).status_code == 429


def test_others_are_not_locked_with_it() -> None:
    user, other, client = staff("operator"), staff("auditor"), Client()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        try_(client, user.username, "salah")
    assert try_(client, other.username, PASSWORD).status_code == 302


def test_the_record_of_attempts_keeps_name_and_address_but_no_password() -> None:
    try_(Client(), "siapa", "sandi-yang-salah-ketik")
    attempt = AccessAttempt.objects.get()
    assert (attempt.username, attempt.ip_address) == ("siapa", "127.0.0.1")
    assert "sandi-yang-salah-ketik" not in str(vars(attempt))


def test_a_nik_typed_as_a_name_is_not_kept() -> None:
    try_(Client(), "3275 0141 0790 0001", "salah")
    attempt = AccessAttempt.objects.get()
    assert attempt.username == "[NIK]"
    assert "0790" not in str(vars(attempt))


def test_a_closed_account_cannot_log_in() -> None:
    user = staff("operator", is_active=False)
    assert try_(Client(), user.username, PASSWORD).status_code == 200


def test_the_demo_has_one_log_in_a_role_and_keeps_its_passwords(settings) -> None:
    settings.DEMO = True
    first = demo.logins()
    assert demo.logins() == first
    assert len({login.username for login in first}) == 4
    assert User.objects.filter(username__in=[login.username for login in first]).count() == 4
    assert try_(Client(), first[0].username, first[0].password).status_code == 302


def test_there_are_no_demo_log_ins_outside_the_demo(settings) -> None:
    settings.DEMO = False
    with pytest.raises(RuntimeError):
        demo.logins()
