"""Every page of officers and couriers, read by axe: in the light and the dark, on a phone and on a desk, by keyboard."""

import uuid
from collections import Counter

import pytest
from playwright.sync_api import Browser, Page, expect

from delivery.actions import round as rounds
from delivery.actions.counter import hand_over, list_papers
from delivery.actions.pack import pack, pack_at_kecamatan
from delivery.models import RoundCard
from tests.builders import a_card, settle
from tests.delivery.cast import Office, card_of, printed
from tests.delivery.petugas.test_own_kecamatan_alone import OPEN, filled
from tests.delivery.rounds.walk import a_round, on_the_way, places, said, send, the_officer
from tests.journeys.test_courier import a_walk, stages, top
from tests.journeys.test_handover import log_in, looked_at
from tracking.actions import open_case
from tracking.models import Kelurahan

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 640}
DESK = {"width": 1280, "height": 800}
OF_ONE_KIND = 3
"""So many addresses of one page are looked at: hand-overs and rounds in their first states differ."""


@pytest.fixture
def office(committed: None) -> Office:
    """A day on which every page has something to show."""
    made = Office()
    done = made.closed(5, missing=1)
    hand_over(
        card_of(done, 5).pk,
        by=made.tuti,
        request=uuid.uuid4(),
        receiver="holder",
        shown="kk",
        took_old_card=True,
    )
    list_papers(by=made.tuti, kecamatan=1)
    made.collected(3)
    printed(2)
    pack(1, by=made.joko)
    a_round(2)
    link = on_the_way(3)
    one, two, three = places(link.round)
    send(link, said(one, "delivered"), said(one, "refused"), said(two, "not_home"))
    rounds.end_round(link.round, by=made.tuti)
    rounds.count_back(link.round, by=made.tuti, counted={three.pk: False})
    pack_at_kecamatan(made.tuti, to=Kelurahan.objects.get(pk=card_of(done, 4).citizen.kelurahan_id))
    open_case(a_card("DELIVERED").pk, kind="not_received")
    settle()
    return made


def pages(office: Office) -> list[tuple[str, str]]:
    """Addresses of an officer's pages, a few of each kind; what answers with a paper is none."""
    seen: Counter[str] = Counter()
    found = []
    for address, name in filled(office):
        seen[name] += 1
        if name not in OPEN and seen[name] <= OF_ONE_KIND and not address.endswith((".pdf", "/cetak/")):
            found.append((address, name))
    return found


def test_no_page_of_an_officer_has_a_violation(office: Office, live_site: str, browser: Browser) -> None:
    page = browser.new_page(viewport=PHONE)
    log_in(page, f"{live_site}/petugas/", "petugas-1")
    looked_at_names = set()
    for address, name in pages(office):
        answer = page.goto(live_site + address)
        if answer and answer.status == 200 and "pdf" not in answer.headers.get("content-type", ""):
            page.set_viewport_size(PHONE)
            looked_at(page, f"petugas-{name}")
            page.set_viewport_size(DESK)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
            looked_at_names.add(name)
    assert looked_at_names >= {"arrival", "walk", "walk_count", "walk_results", "reviews", "leg", "case"}


def test_no_screen_of_a_courier_has_a_violation(live_site: str, browser: Browser) -> None:
    walk = a_walk()
    context = browser.new_context(viewport=PHONE, bypass_csp=True)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(f"{live_site}/kurir/{walk.token}/")
    looked_at(page, "kurir-pin")
    page.fill("#pin", walk.pin)
    page.click("text=Buka")
    page.locator("#jumlah").wait_for()
    looked_at(page, "kurir-hitung")
    page.fill("#jumlah", "3")
    page.click("text=Saya terima kartunya")
    expect(page.locator("main")).to_contain_text("Siap tanpa sinyal")
    looked_at(page, "kurir-daftar")
    for button, screen in (("button.yes", "serah"), ("button.no", "gagal")):
        page.click("text=Kartu berikutnya")
        looked_at(page, "kurir-kartu")
        page.click(button)
        looked_at(page, f"kurir-{screen}")
        page.get_by_role("button", name="Simpan", exact=True).click()
        page.locator("[role=alert]").wait_for()
        looked_at(page, f"kurir-{screen}-galat")
        page.click("text=← Kembali")
        page.click("text=← Daftar")
    context.set_offline(True)
    expect(top(page)).to_contain_text("Tanpa sinyal")
    looked_at(page, "kurir-tanpa-sinyal")
    context.set_offline(False)
    expect(top(page)).to_contain_text("Semua terkirim", timeout=20_000)
    rounds.end_round(walk.link.round, by=the_officer())
    page.click("text=Kirim sekarang")
    expect(page.locator("h1")).to_have_text("Putaran ini sudah berakhir", timeout=20_000)
    looked_at(page, "kurir-selesai")
    context.close()


def by_tab(page: Page, words: str) -> None:
    """Go to what bears these words, as somebody without a mouse does."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if words in page.evaluate(
            """() => { const one = document.activeElement;
                return (one.labels && one.labels[0] ? one.labels[0] : one).innerText || '' }"""
        ):
            return
    pytest.fail(f"Tab never comes to {words!r}")


def test_a_courier_needs_no_finger(live_site: str, browser: Browser) -> None:
    walk = a_walk(1)
    context = browser.new_context(viewport=PHONE)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(f"{live_site}/kurir/{walk.token}/")
    by_tab(page, "PIN")
    page.keyboard.type(walk.pin)
    page.keyboard.press("Enter")
    page.locator("#jumlah").wait_for()
    by_tab(page, "Jumlah kartu")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Siap tanpa sinyal")
    for words, key in (
        ("Kartu berikutnya", "Enter"),
        ("Diserahkan", "Enter"),
        ("Pemegang KTP sendiri", "Space"),
        ("Sudah dicocokkan", "Space"),
        ("Simpan", "Enter"),
    ):
        by_tab(page, words)
        page.keyboard.press(key)
    expect(page.locator("ol.cards")).to_contain_text("Terkirim: Diserahkan", timeout=20_000)
    assert stages(walk) == ["DELIVERED"]
    context.close()


def test_an_officer_counts_a_round_without_a_mouse(office: Office, live_site: str, browser: Browser) -> None:
    place = RoundCard.objects.filter(ended="", round__state="ended").order_by("position")[0]
    page = browser.new_page(viewport=DESK)
    log_in(page, f"{live_site}/petugas/", "petugas-1")
    page.goto(f"{live_site}/petugas/putaran/{place.round_id}/")
    by_tab(page, "Hitung yang kembali")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Hitung yang kembali").wait_for()
    by_tab(page, "Kembali")
    page.keyboard.press("Space")
    by_tab(page, "Simpan hitungan")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 kartu dihitung")
    place.refresh_from_db()
    assert place.ended == "back"
