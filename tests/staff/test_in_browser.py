"""The staff site in a real browser: by keyboard, at 360 px, in light and dark, under the strict CSP."""

from typing import Any

import pytest

from tests.axe import faults_of

from .cast import NIKS, PASSWORD, a_card, staff

pytestmark = pytest.mark.browser


def log_in(page: Any, site: str, role: str) -> None:
    user = staff(role)
    page.goto(f"{site}/admin/")
    # keys typed before the page has put the cursor there would be lost
    page.wait_for_selector("[name=username]:focus")
    page.keyboard.type(user.username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/admin/")


def test_pages_have_no_fault(browser: Any, live_site: str) -> None:
    card = a_card("RECORDED", "DEDUPLICATING")
    page = browser.new_page()
    page.goto(f"{live_site}/admin/login/")
    assert faults_of(page, 360, 1280) == []
    log_in(page, live_site, "supervisor")
    for address in (
        "",
        "tracking/card/",
        "tracking/card/cari/",
        f"tracking/card/{card.pk}/change/",
        "tracking/block/",
        "staff/user/",
    ):
        page.goto(f"{live_site}/admin/{address}")
        page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        assert faults_of(page, 360, 1280) == [], address
    page.close()


def test_nothing_on_the_pages_is_stopped_by_the_policy(browser: Any, live_site: str) -> None:
    card = a_card()
    page = browser.new_page()
    stopped: list[str] = []
    page.on("console", lambda line: stopped.append(line.text) if line.type == "error" else None)
    log_in(page, live_site, "supervisor")
    for address in (
        "",
        "tracking/card/?tahap=RECORDED",
        f"tracking/card/{card.pk}/change/",
        "staff/user/add/",
        "tracking/letterrule/add/",
        "password_change/",
    ):
        page.goto(f"{live_site}/admin/{address}")
    assert stopped == []
    page.close()


def test_a_card_is_found_and_blocked_by_keyboard_without_script(browser: Any, live_site: str) -> None:
    number = next(NIKS)
    card = a_card(number=number)
    page = browser.new_page(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    log_in(page, live_site, "operator")
    page.goto(f"{live_site}/admin/tracking/card/cari/")
    page.focus("#cari-what")
    page.keyboard.type(number)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Warga datang")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_site}/admin/tracking/card/{card.pk}/change/")
    page.focus("summary:text('Blokir')")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Diperiksa")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".tag.bad")
    assert "Diblokir" in page.inner_text(".stage")
    assert number not in page.content()
    page.close()
