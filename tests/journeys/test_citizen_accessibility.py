"""Every page a citizen may meet, read by axe: light and dark, on a phone and on a desk; nothing sticks out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests import builders, people
from tests.axe import faults_of
from tests.tracking.public.cards import a_card, address
from tracking.actions.days import close_days
from tracking.models import Card
from tracking.stages import Stage

pytestmark = pytest.mark.browser

PAGES = tuple(
    prefix + path
    for path in (
        "/",
        "/antrean/",
        "/antrean/bekasi-timur/",
        "/statistik/",
        "/data/",
        "/bantuan/",
        "/privasi/",
        "/aksesibilitas/",
        "/widget/",
        "/status/x/",
        "/tidak-ada/",
    )
    for prefix in ("", "/en")
)
TYPED = {"422": "123", "404": people.BUDI}


def cards() -> Iterator[Card]:
    """A card for every look of the status page."""
    # whoever waits would have to be served before the others are
    for stage in sorted(Stage, key=lambda stage: stage == Stage.WAITING_FOR_BLANK):
        codes = ("DUPLICATE_RECORD", "PACKET_RETRY") if stage == Stage.HELD else ("",)
        for code in codes:
            yield a_card(stage, code=code)
            builders.sql("UPDATE tracking_citizen SET nik_index = gen_random_uuid()")
    blocked = builders.a_card(Stage.WAITING_FOR_BLANK)
    builders.block(blocked)
    yield blocked
    yield builders.a_card(Stage.PRINTED)  # outside the ledger
    corrected = builders.a_card(Stage.AT_KECAMATAN)
    builders.step(corrected, Stage.DELIVERED)
    builders.correct(corrected, by=people.supervisor())
    yield corrected


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_page_of_a_citizen_has_a_violation(live_site: str, browser: Browser, language: str) -> None:
    close_days()
    start = "/en/" if language == "en" else "/"
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    found: list[str] = []
    for where in [one for one in PAGES if one.startswith("/en/") == (language == "en")]:
        page.goto(live_site + where)
        found += [f"{where}: {fault}" for fault in faults_of(page, 360, 1280)]
    for what, typed in TYPED.items():
        page.goto(f"{live_site}{start}")
        page.fill("#nik", typed)
        page.press("#nik", "Enter")
        page.wait_for_load_state()
        found += [f"{what}: {fault}" for fault in faults_of(page, 360, 1280)]
    context.close()
    assert found == []


def test_no_look_of_the_status_page_has_a_violation(live_site: str, browser: Browser) -> None:
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    found: list[str] = []
    for card in list(cards()):
        page.goto(live_site + address(card))
        found += [f"{card.stage}: {fault}" for fault in faults_of(page, 360, 1280)]
    context.close()
    assert found == []


def test_at_320_pixels_nothing_is_wider_than_the_window(live_site: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    wide = []
    for where in [*PAGES, *(address(card) for card in cards())]:
        page.goto(live_site + where)
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(where)
    context.close()
    assert wide == []


def test_text_spacing_of_the_readers_choice_cuts_nothing_off(live_site: str, browser: Browser) -> None:
    card = a_card("WAITING_FOR_BLANK")
    context = browser.new_context(viewport={"width": 360, "height": 640}, bypass_csp=True)
    page = context.new_page()
    for where in ("/", address(card), "/bantuan/"):
        page.goto(live_site + where)
        page.add_style_tag(
            content="* { line-height: 1.5 !important; letter-spacing: .12em !important;"
            " word-spacing: .16em !important } p { margin-bottom: 2em !important }"
        )
        assert not page.evaluate("document.documentElement.scrollWidth > 360"), where
    context.close()


def test_from_the_first_page_to_the_own_queue_by_keyboard_alone(live_site: str, browser: Browser) -> None:
    """Tab and Enter; every stop is seen to have the focus, and nothing traps it."""
    builders.many_cards(3, stage=Stage.WAITING_FOR_BLANK)
    page = browser.new_page()
    page.goto(f"{live_site}/")
    names = []
    for _ in range(20):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            "(() => { const at = document.activeElement, style = getComputedStyle(at);"
            " return [at.innerText || at.id, style.outlineStyle] })()"
        )
        names.append(shown[0])
        assert shown[1] != "none", shown
        if shown[0] == "menunggu blanko":
            break
    assert names[0] == "Lompat ke isi"
    assert names.index("nik") < names.index("Lihat status") < names.index("menunggu blanko")
    page.keyboard.press("Enter")
    page.wait_for_url("**/antrean/")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Bekasi Timur":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/antrean/bekasi-timur/")
    assert page.get_by_role("heading", level=1).inner_text() == "Antrean Bekasi Timur"
    page.close()


def test_a_screen_reader_finds_names_and_headings(live_site: str, browser: Browser) -> None:
    builders.many_cards(12, stage=Stage.WAITING_FOR_BLANK)
    close_days()
    page = browser.new_page()
    page.goto(f"{live_site}/statistik/")
    for name in ("Seluruh kota, sekarang", "Kartu menurut kecamatan", "Setiap warga satu kali"):
        assert page.get_by_role("table", name=name).count() == 1
        assert page.get_by_role("region", name=name).count() == 1
    assert page.get_by_role("img").count() == 3
    assert page.get_by_role("img", name="Siap cetak, menunggu blanko: 0").count() == 1
    page.goto(f"{live_site}/widget/")
    assert page.get_by_role("textbox", name="NIK").count() == 1
    page.close()
