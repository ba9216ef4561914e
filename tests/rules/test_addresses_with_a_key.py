"""Every address that a token opens, as the citizen's, the courier's and the partner's: without it nothing opens.

Found in the table of addresses, so a page that is added is walked too.
"""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

pytestmark = pytest.mark.django_db
INVENTED = ("A" * 22, "3275014107900001", "q0x-q", "1:abcdef")
OPEN = {"/api/v1/openapi.json", "/api/v1/docs"}  # for whoever comes


def addresses(resolver: URLResolver | None = None, prefix: str = "/") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern).removeprefix("^").removesuffix("$")
        if isinstance(entry, URLResolver):
            yield from addresses(entry, path)
        elif isinstance(entry, URLPattern):
            yield path


def filled(address: str, token: str) -> str:
    address = re.sub(r"\(\?P<token>.*?\)|<(?:\w+:)?token>", token, address)
    return re.sub(r"\(\?P<\w+>.*?\)|<(?:\w+:)?\w+>", "1", address)


def with_a_token() -> list[str]:
    return [one for one in addresses() if "token>" in one and not one.startswith("/admin/")]


def of_partners() -> list[str]:
    found = {filled(one, "") for one in addresses() if one.startswith("/api/v1/")}
    return sorted(found - OPEN)


def test_the_walk_finds_them() -> None:
    pages = {address.split("/")[1] for address in with_a_token()}
    assert pages >= {"status", "tanda-terima", "tunggu", "berhenti", "kurir"}
    assert set(of_partners()) >= {"/api/v1/batches", "/api/v1/batches/1", "/api/v1/changes"}


@pytest.mark.parametrize("address", with_a_token())
@pytest.mark.parametrize("token", INVENTED)
def test_an_invented_token_opens_nothing(address: str, token: str) -> None:
    for method in ("get", "post"):
        answer = getattr(Client(), method)(filled(address, token), {"act": "lapor", "pin": "123456"})
        assert answer.status_code in (404, 405), method
        assert token not in answer.content.decode(), method
        assert not answer.cookies, method


@pytest.mark.parametrize("address", of_partners())
@pytest.mark.parametrize("words", ["", "Bearer", "Bearer ektp_invented", "Basic YTpi"])
def test_without_a_partners_token_there_is_no_answer(address: str, words: str) -> None:
    headers = {"Authorization": words} if words else {}
    for method in ("get", "post", "put", "delete"):
        answer = getattr(Client(), method)(address, headers=headers)
        assert answer.status_code in (401, 404, 405), method
        assert answer["Content-Type"].startswith("application/problem+json"), method
