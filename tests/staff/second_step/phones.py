"""Phones with an app for codes, and a clock that goes on half a minute with each code."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.test import Client

from staff.models import User
from staff.second_step import actions, codes
from tests.staff.cast import PASSWORD

LOGIN, CODE, SETUP, OWN = "/admin/login/", "/admin/masuk/kode/", "/admin/masuk/pasang/", "/admin/dua-langkah/"


class Clock:
    now = 1_500_000_000.0


def app_code(secret: bytes, at: float) -> str:
    return TOTP(secret, 6, SHA1(), 30).generate(at).decode()


class Phone:
    """What somebody's app shows."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self.secret, self.clock = secret, clock

    def shows(self, later: float = 0) -> str:
        return app_code(self.secret, self.clock.now + later)

    def next(self) -> str:
        self.clock.now += 30
        return self.shows()

    def wrong(self) -> str:
        near = {self.shows(later) for later in (-60, -30, 0, 30, 60)}
        return next(code for code in map("{:06}".format, range(10)) if code not in near)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """What codes are reckoned by."""
    made = Clock()
    monkeypatch.setattr(codes, "time", SimpleNamespace(time=lambda: made.now))
    yield made


def with_phone(user: User, clock: Clock) -> tuple[Phone, list[str]]:
    """This person has turned it on; the phone and the paper."""
    secret = codes.new_secret()
    return Phone(secret, clock), actions.turn_on(user, secret, int(clock.now // 30))


def half_in(user: User, client: Client | None = None, password: str = PASSWORD, login: str = LOGIN) -> Any:
    """After the first step."""
    client = client or Client()
    client.post(login, {"username": user.username, "password": password})
    return client


def is_in(client: Client, address: str = "/admin/") -> bool:
    return client.get(address).status_code == 200
