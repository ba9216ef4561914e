"""A citizen with a cheap phone: from the first page to the status, by keyboard, without JavaScript, in both languages."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import builders
from tests.people import BUDI, SITI
from tests.tracking.public.cards import a_card, address
from tracking.stages import Stage

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 640}


def a_phone(browser: Browser, *, scripts: bool = False) -> BrowserContext:
    context = browser.new_context(viewport=PHONE, java_script_enabled=scripts)  # type: ignore[arg-type]
    context.set_default_timeout(10_000)
    return context


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    pytest.fail(f"{selector} can't be reached by keyboard")


@pytest.mark.parametrize(
    ("path", "headline", "number"),
    [
        ("/", "Siap cetak, menunggu blanko", "Nomor A-3, urutan ke-3 di Bekasi Timur."),
        ("/en/", "Ready, waiting for a blank", "Number A-3, position 3 in Bekasi Timur."),
    ],
)
def test_from_the_first_page_to_the_status_by_keyboard_alone(
    live_site: str, browser: Browser, path: str, headline: str, number: str
) -> None:
    builders.many_cards(2, stage=Stage.WAITING_FOR_BLANK)
    a_card("WAITING_FOR_BLANK", name="SITI AMINAH")
    phone = a_phone(browser)
    page = phone.new_page()
    page.goto(live_site + path)
    tab_to(page, "#nik")
    page.keyboard.type(SITI)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_site}{path}status/*/")
    expect(page.get_by_role("heading", level=1)).to_have_text(headline)
    expect(page.locator("main")).to_contain_text(number)
    expect(page.locator("main")).to_contain_text("S. A. · Bekasi Timur")
    expect(page.locator("[data-stage]")).to_have_attribute("data-queue-position", "3")
    assert phone.cookies() == []
    phone.close()


def test_field_and_button_are_in_the_first_view(live_site: str, browser: Browser) -> None:
    phone = a_phone(browser)
    page = phone.new_page()
    page.goto(f"{live_site}/")
    expect(page.get_by_role("button", name="Lihat status")).to_be_in_viewport(ratio=1)
    expect(page.get_by_label("NIK")).to_be_in_viewport(ratio=1)
    phone.close()


def test_headline_and_action_are_in_the_first_view(live_site: str, browser: Browser) -> None:
    card = a_card("HELD", code="DUPLICATE_RECORD")
    phone = a_phone(browser)
    page = phone.new_page()
    page.goto(live_site + address(card))
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("region", name="Yang perlu Anda lakukan")).to_be_in_viewport(ratio=1)
    phone.close()


@pytest.mark.parametrize("scripts", [False, True])
def test_a_typing_error_is_met_kindly_and_put_right(live_site: str, browser: Browser, scripts: bool) -> None:
    a_card("DEDUPLICATING")
    phone = a_phone(browser, scripts=scripts)
    page = phone.new_page()
    page.goto(f"{live_site}/")
    page.get_by_label("NIK").fill(SITI[:15])
    page.keyboard.press("Enter")
    expect(page).to_have_title("Kesalahan: Sampai di mana e-KTP Anda? – e-KTP Bekasi")
    expect(page.locator(".summary:focus")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the link to the field
    expect(page.get_by_label("NIK")).to_be_focused()
    expect(page.get_by_label("NIK")).to_have_value(SITI[:15])
    page.keyboard.press("End")
    page.keyboard.type(SITI[15])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sedang dicocokkan (penunggalan)")
    phone.close()


def test_not_recorded_and_one_can_search_again(live_site: str, browser: Browser) -> None:
    a_card("RECORDED")
    phone = a_phone(browser)
    page = phone.new_page()
    page.goto(f"{live_site}/")
    page.get_by_label("NIK").fill(BUDI)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("NIK ini belum ada di data kami")
    expect(page.get_by_label("NIK")).to_have_value("")
    page.get_by_label("NIK").fill(SITI)
    page.get_by_role("button", name="Lihat status").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sudah direkam")
    phone.close()


def test_the_language_is_changed_on_the_same_page(live_site: str, browser: Browser) -> None:
    card = a_card("PRINTED")
    phone = a_phone(browser)
    page = phone.new_page()
    page.goto(live_site + address(card))
    page.get_by_role("link", name="English").click()
    page.wait_for_url(live_site + address(card, "en"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Printed")
    page.get_by_role("link", name="Bahasa Indonesia").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sudah dicetak")
    phone.close()


def test_the_skip_link_leads_past_the_header(live_site: str, browser: Browser) -> None:
    phone = a_phone(browser)
    page = phone.new_page()
    page.goto(f"{live_site}/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("NIK")).to_be_focused()
    phone.close()


def test_printing_is_offered_with_scripts_alone_and_leaves_the_furniture_away(
    live_site: str, browser: Browser
) -> None:
    card = a_card("RETURNED")
    for scripts in (False, True):
        phone = a_phone(browser, scripts=scripts)
        page = phone.new_page()
        page.goto(live_site + address(card))
        expect(page.get_by_role("button", name="Cetak")).to_have_count(1 if scripts else 0)
        page.emulate_media(media="print")
        for furniture in ("header", "footer", ".tools"):
            expect(page.locator(furniture)).to_be_hidden()
        expect(page.get_by_text(address(card))).to_be_visible()
        phone.close()
