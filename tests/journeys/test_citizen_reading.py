"""A citizen's pages as their readers set them: large text, forced colours, paper, a thumb, a slow network."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ViewportSize

from tests import builders, people
from tests.axe import faults_of
from tests.journeys.test_citizen_accessibility import PAGES
from tests.tracking.public.cards import a_card, address
from tracking import waiting
from tracking.actions.days import close_days
from tracking.actions.receipts import give_receipt
from tracking.stages import Stage

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 360, "height": 640}


def with_a_token() -> Iterator[str]:
    """The pages behind a link that somebody was given."""
    card = builders.a_card(Stage.DELIVERED)
    yield f"/tanda-terima/{give_receipt(card.pk, by=people.supervisor(), shown='kk')}/"
    yield f"{address(card)}lapor/"
    yield f"/tunggu/{waiting.token(card.pk, card.token_version, 0)}/"


def test_no_page_behind_a_link_has_a_violation(live_site: str, browser: Browser) -> None:
    context = browser.new_context(bypass_csp=True)
    context.route("**/proof.*", lambda route: route.abort())  # the page that waits would go on by itself
    page = context.new_page()
    found: list[str] = []
    for path in with_a_token():
        for prefix in ("", "/en"):
            page.goto(live_site + prefix + path)
            found += [f"{prefix}{path}: {fault}" for fault in faults_of(page, 360, 1280)]
    context.close()
    assert found == []


def test_forced_colours_leave_nothing_unsaid(live_site: str, browser: Browser) -> None:
    """Borders and words carry the state where the reader's colours replace ours."""
    builders.many_cards(3, stage=Stage.WAITING_FOR_BLANK)
    card = a_card(Stage.WAITING_FOR_BLANK)
    close_days()
    context = browser.new_context(viewport=PHONE, forced_colors="active", bypass_csp=True)
    page = context.new_page()
    found: list[str] = []
    for where in ("/", "/antrean/bekasi-timur/", "/statistik/", address(card)):
        page.goto(live_site + where)
        found += [f"{where}: {one['id']}" for one in Axe().run(page).response["violations"]]
    border = page.evaluate("getComputedStyle(document.querySelector('.do')).borderTopStyle")
    context.close()
    assert (found, border) == ([], "solid")


def test_on_paper_a_table_is_as_wide_as_the_page_at_most(live_site: str, browser: Browser) -> None:
    builders.many_cards(12, stage=Stage.WAITING_FOR_BLANK)
    close_days()
    page = browser.new_page(viewport={"width": 680, "height": 960})  # A4 within its margins
    page.emulate_media(media="print")
    wide = []
    for where in ("/antrean/", "/antrean/bekasi-timur/", "/statistik/", "/data/"):
        page.goto(live_site + where)
        if page.evaluate("document.documentElement.scrollWidth > 680"):
            wide.append(where)
    page.close()
    assert wide == []


def test_text_waits_for_the_page_and_its_stylesheet_alone(live_site: str, browser: Browser) -> None:
    """On the slowest network each further request would cost a second."""
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.resource_type))
    for where, more in (("/", 0), ("/antrean/", 0), (address(a_card(Stage.RECORDED)), 2)):
        asked.clear()
        page.goto(live_site + where, wait_until="networkidle")
        # a status page has its QR code and the print button besides, neither of which is waited for
        assert len([kind for kind in asked if kind != "other"]) == 2 + more, where
        blocking = page.evaluate(
            "performance.getEntriesByType('resource').filter(one => one.renderBlockingStatus === 'blocking').length"
        )
        assert blocking == 1, where
    page.close()


def test_at_twice_the_text_size_nothing_is_cut_off(live_site: str, browser: Browser) -> None:
    """The reader's own size of text, set in the browser, at 200 %, in a window of 1280 pixels."""
    builders.many_cards(12, stage=Stage.WAITING_FOR_BLANK)
    card = builders.a_card(Stage.DELIVERED)
    close_days()
    context = browser.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    page = context.new_page()
    wide = []
    for where in (*PAGES, address(card)):
        page.goto(live_site + where)
        before = page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)")
        page.add_style_tag(content="html { font-size: 200% }")
        after = page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)")
        assert after == 2 * before, where
        if page.evaluate("document.documentElement.scrollWidth > 1280"):
            wide.append(where)
    context.close()
    assert wide == []


@pytest.mark.parametrize("path", ["/", "/antrean/", "/antrean/bekasi-timur/", "/data/", "/bantuan/"])
def test_what_is_touched_is_48_pixels_high(live_site: str, browser: Browser, path: str) -> None:
    """Links inside a sentence aside (2.5.8)."""
    builders.many_cards(3, stage=Stage.WAITING_FOR_BLANK)
    close_days()
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(live_site + path)
    low = page.evaluate(
        "[...document.querySelectorAll('a, button, input')]"
        ".filter(one => !one.closest('p') && one.offsetHeight && one.getBoundingClientRect().height < 47.5)"
        ".map(one => one.innerText || one.id)"
    )
    context.close()
    assert [name for name in low if name != "Lompat ke isi"] == []
