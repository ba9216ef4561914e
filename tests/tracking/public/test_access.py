"""What every public answer says to browsers and caches: no cookie, nothing kept that is personal."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests.people import SITI
from tests.tracking.public.cards import Answer, a_card, address

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/antrean/",
    "/antrean/bekasi-timur/",
    "/statistik/",
    "/data/",
    "/bantuan/",
    "/privasi/",
    "/aksesibilitas/",
]
MISSING = ["/status/x/", "/tidak-ada/"]
EXISTING = [prefix + page for prefix in ("", "/en") for page in PAGES]
ALL = EXISTING + [prefix + page for prefix in ("", "/en") for page in MISSING]


def answers() -> list[Answer]:
    """Every public page, and every answer of the form, in both languages."""
    card = a_card("WAITING_FOR_BLANK")
    client = Client()
    found = [client.get(path) for path in [*ALL, address(card), address(card, "en")]]
    for path in ("/", "/en/"):
        found += [client.post(path, {"nik": typed}) for typed in (SITI, "1", "3275010101800009")]
        found.append(client.post(path, {"nik": SITI}, headers={"Origin": "null"}))
    return found


def test_no_answer_sets_a_cookie_or_asks_for_one() -> None:
    for response in answers():
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")


def test_every_answer_is_strict_with_the_browser() -> None:
    for response in answers():
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy
        assert response["Referrer-Policy"] == "same-origin"
        assert response["X-Content-Type-Options"] == "nosniff"


def test_nothing_inline_and_nothing_from_elsewhere() -> None:
    for response in answers():
        page = response.content.decode()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?! src=)", page)
        assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", page)


def test_the_language_is_the_addresss() -> None:
    for path in ALL:
        response = Client().get(
            path, headers={"Accept-Language": "en" if not path.startswith("/en") else "id"}
        )
        language = "en" if path.startswith("/en/") else "id"
        assert f'<html lang="{language}">' in response.content.decode()
        assert response["Content-Language"] == language


def test_every_page_links_to_its_twin_in_the_other_language() -> None:
    for path in EXISTING:
        twin = path.removeprefix("/en") if path.startswith("/en/") else f"/en{path}"
        assert f'<a href="{twin}" lang=' in Client().get(path).content.decode()


@pytest.mark.parametrize("typed", [SITI, "1", "3275010101800009"])
def test_answers_to_a_look_up_are_kept_by_nobody(typed: str) -> None:
    a_card("RECORDED")
    response = Client().post("/", {"nik": typed})
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"


def test_status_pages_are_kept_by_nobody() -> None:
    card = a_card("RECORDED")
    for path in (address(card), address(card, "en"), "/status/x/"):
        response = Client().get(path)
        assert response["Cache-Control"] == "no-store"
        assert response["X-Robots-Tag"] == "noindex"
        assert '<meta name="robots" content="noindex">' in response.content.decode()


def test_a_status_page_is_only_read() -> None:
    path = address(a_card("RECORDED"))
    assert Client().post(path).status_code == 405
    assert Client().head(path).status_code == 200


@pytest.mark.parametrize("path", ["/status/x/", "/status/%00/", "/status/" + "A" * 22 + "/", "/en/status/é/"])
def test_a_dead_or_malformed_link_has_its_way_out(path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 404
    said = (
        "This link is not valid"
        if path.startswith("/en/")
        else "Tautan ini tidak berlaku. Cari lagi dengan NIK."
    )
    assert said in response.content.decode()
    assert 'name="nik"' in response.content.decode()


def test_an_address_that_does_not_exist_has_its_way_out() -> None:
    response = Client().get("/tidak-ada/")
    assert response.status_code == 404
    assert "Halaman ini tidak ada" in response.content.decode()
    assert 'name="nik"' in response.content.decode()


def test_every_page_is_within_its_weight() -> None:
    for response in answers():
        assert len(gzip.compress(response.content)) <= 6 * 1024


def test_the_first_view_is_within_its_weight() -> None:
    css = gzip.compress(Path(str(finders.find("public.css"))).read_bytes())
    first = gzip.compress(Client().get("/").content)
    assert len(css) <= 5 * 1024
    assert len(css) + len(first) <= 14 * 1024


def test_no_link_of_ours_is_dead() -> None:
    client = Client()
    seen = {path: client.get(path).content.decode() for path in EXISTING}
    links = {link for page in seen.values() for link in re.findall(r'href="(/[^"#]*)', page)}
    for link in links:
        if not link.startswith("/static/"):
            assert client.get(link).status_code == 200, link


def test_an_address_that_does_not_exist_is_not_repeated() -> None:
    page = Client().get("/en/tidak-ada/").content.decode()
    assert "tidak-ada" not in page
    assert '<a href="/" lang="id"' in page
