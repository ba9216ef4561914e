"""A courier's day on a phone in a real browser: with reception, without it, and when everything goes wrong."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from delivery.actions import round as rounds
from delivery.actions.round import Opening
from delivery.models import Attempt
from tests.delivery.rounds.walk import a_round, card_of, named, places, the_officer

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 640}


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=PHONE, has_touch=True)
    context.set_default_timeout(10_000)
    yield context
    context.close()


def a_walk(count: int = 3) -> Opening:
    """A round that waits for its courier, and its link."""
    its_round = a_round(count)
    for place in places(its_round):
        named(place.card_id, f"WARGA {place.position}")
    return rounds.open_link(its_round, by=the_officer())


def enter(page: Page, site: str, walk: Opening, *, go: bool = True) -> None:
    if go:
        page.goto(f"{site}/kurir/{walk.token}/")
    page.fill("#pin", walk.pin)
    page.click("text=Buka")


def begin(page: Page, site: str, walk: Opening, count: int = 3) -> None:
    """PIN and count; ready without reception."""
    enter(page, site, walk)
    page.fill("#jumlah", str(count))
    page.click("text=Saya terima kartunya")
    expect(page.locator("main")).to_contain_text("Siap tanpa sinyal")


def deliver(page: Page, *, family: str = "") -> None:
    page.click("text=Kartu berikutnya")
    page.click("button.yes")
    if family:
        page.check("input[value=family]")
        page.fill("#nama", family)
    else:
        page.check("input[value=holder]")
    page.check("input[name=cocok]")
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.locator("ol.cards")).to_be_visible()


def fail(page: Page, why: str) -> None:
    page.click("text=Kartu berikutnya")
    page.click("button.no")
    page.check(f"text={why}")
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.locator("ol.cards")).to_be_visible()


def top(page: Page):
    return page.locator(".top")


def stages(walk: Opening) -> list[str]:
    return [card_of(place).stage for place in places(walk.link.round)]


def test_a_day_with_reception(live_site: str, phone: BrowserContext) -> None:
    walk = a_walk()
    page = phone.new_page()
    begin(page, live_site, walk)
    assert stages(walk) == ["OUT_FOR_DELIVERY"] * 3
    deliver(page, family="Ibu Sri")
    fail(page, "Tidak di rumah")
    fail(page, "Menolak")
    expect(top(page)).to_contain_text("Semua terkirim")
    expect(page.locator("h1")).to_have_text("1 kartu lagi")
    assert stages(walk) == ["DELIVERED", "OUT_FOR_DELIVERY", "RETURNED"]


def test_without_reception_nothing_is_lost_and_each_attempt_is_sent_once(
    live_site: str, phone: BrowserContext
) -> None:
    walk = a_walk()
    page = phone.new_page()
    begin(page, live_site, walk)
    phone.set_offline(True)
    deliver(page)
    fail(page, "Tidak di rumah")
    expect(top(page)).to_have_text("2 tersimpan di HP ini, belum terkirim")
    assert Attempt.objects.count() == 0
    page.reload()
    enter(page, live_site, walk, go=False)
    expect(top(page)).to_have_text("2 tersimpan di HP ini, belum terkirim")
    expect(page.locator("ol.cards")).to_contain_text("Tersimpan di HP ini")
    phone.set_offline(False)
    expect(top(page)).to_contain_text("Semua terkirim")
    assert Attempt.objects.count() == 2
    assert stages(walk) == ["DELIVERED", "OUT_FOR_DELIVERY", "OUT_FOR_DELIVERY"]
