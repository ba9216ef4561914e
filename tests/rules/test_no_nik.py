"""No NIK leaves the form it was typed into: not in an address, a title, a log, a page or a Referer."""

import logging
import re
from urllib.request import Request, urlopen

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver
from playwright.sync_api import Browser

from bekasi_ektp import logs
from tests import cluster
from tests.people import BUDI, DEWI, SITI
from tests.tracking.public.cards import a_card, a_citizen, address, text_of
from tracking import nik
from tracking.models import Citizen

SECRET = (SITI, BUDI, DEWI)
SPELLINGS = (SITI, "3275 0141 0790 0001", "3275.0141.0790.0001", f"'{SITI}")


def leaks(text: str) -> list[str]:
    """NIKs of the cast in a text, however they are grouped, and any other run of 16 digits."""
    return [match[0] for match in logs.NIK.finditer(text)]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/en/"])
def test_no_answer_to_a_nik_repeats_it(path: str, caplog: pytest.LogCaptureFixture) -> None:
    a_card("RECORDED")
    with caplog.at_level(logging.DEBUG):
        for typed in (*SPELLINGS, BUDI):
            response = Client().post(path, {"nik": typed})
            assert leaks(response.content.decode() + str(response.headers)) == []
    assert leaks(caplog.text) == []


@pytest.mark.django_db
def test_only_the_field_keeps_what_cannot_be_a_nik(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        page = text_of(Client().post("/", {"nik": "3275013207900001"}))
    assert leaks(page.replace('value="3275013207900001"', "")) == []
    assert leaks(caplog.text) == []


@pytest.mark.django_db
def test_a_status_page_has_no_part_of_a_nik_and_no_name() -> None:
    card = a_card("WAITING_FOR_BLANK", name="SITI AMINAH")
    for language in ("id", "en"):
        page = text_of(Client().get(address(card, language)))
        for secret in (SITI, SITI[:6], SITI[6:12], SITI[-4:], "SITI", "AMINAH", "Bekasijaya"):
            assert secret not in page


@pytest.mark.django_db
def test_a_fault_while_a_nik_is_in_hand_leaves_none_behind(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(arguments: object) -> None:
        raise RuntimeError(f"broken while asking for {SITI}")

    monkeypatch.setattr("tracking.public.queries.look_up", fails)
    client = Client(raise_request_exception=False)
    with caplog.at_level(logging.DEBUG):
        response = client.post("/", {"nik": SITI})
    assert response.status_code == 500
    assert "Ada gangguan di pihak kami" in response.content.decode()
    assert "RuntimeError" in caplog.text
    assert leaks(caplog.text + response.content.decode()) == []


@pytest.mark.django_db
def test_a_database_that_fails_says_no_nik(caplog: pytest.LogCaptureFixture) -> None:
    citizen = a_citizen(SITI)
    with pytest.raises(Exception) as caught:
        Citizen.objects.create(pk=citizen.pk, nik_index=citizen.nik_index, name=SITI)
    logging.getLogger("test").error("refused", exc_info=caught.value)
    assert leaks(caplog.text) == []


def test_no_address_of_the_site_takes_a_nik() -> None:
    def patterns(resolver: object) -> list[str]:
        found = [str(resolver.pattern)]  # type: ignore[attr-defined]
        for one in getattr(resolver, "url_patterns", []):
            found += patterns(one)
        return found

    assert [pattern for pattern in patterns(get_resolver()) if re.search("<[^>]*nik", pattern)] == []


@pytest.mark.django_db
def test_a_nik_in_an_address_is_not_looked_up() -> None:
    card = a_card("RECORDED")
    assert "data-stage" not in text_of(Client().get(f"/?nik={SITI}"))
    assert Client().get(f"/status/{SITI}/").status_code == 404
    assert SITI not in address(card)


def test_what_is_stored_opens_with_the_keys_alone(committed: None) -> None:
    a_citizen(SITI)
    connection = cluster.connect("postgres")
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM tracking_citizen c")
        ((stored,),) = cursor.fetchall()
    connection.close()
    assert SITI not in stored
    assert nik.packed(SITI).hex() not in stored
    assert nik.unseal(Citizen.objects.get().nik_sealed) == SITI


@pytest.mark.browser
def test_a_real_visit_leaves_no_nik_in_addresses_titles_referers_or_the_servers_log(
    live_site: str, browser: Browser
) -> None:
    a_card("WAITING_FOR_BLANK")
    log = settings.VAR_DIR / f"site-{cluster.database()}.log"
    before = log.stat().st_size
    page = browser.new_page()
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url + request.headers.get("referer", "")))
    for typed in (SITI, BUDI, "3275013207900001"):
        page.goto(f"{live_site}/")
        page.fill("#nik", typed)
        page.press("#nik", "Enter")
        page.wait_for_load_state()
        seen += [page.url, page.title()]
    page.close()
    with log.open("rb") as file:
        file.seek(before)
        logged = file.read().decode()
    assert '"POST /" 303' in logged
    assert leaks("\n".join(seen) + logged) == []


@pytest.mark.browser
def test_a_token_is_cut_from_the_servers_log(live_site: str) -> None:
    card = a_card("RECORDED")
    log = settings.VAR_DIR / f"site-{cluster.database()}.log"
    with urlopen(Request(live_site + address(card))) as answer:
        assert answer.status == 200
    assert address(card) not in log.read_text()
    assert re.search(r"GET /status/…", log.read_text())
