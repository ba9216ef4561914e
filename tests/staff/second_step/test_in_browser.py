"""Turning it on and logging in by two steps, by keyboard alone, in both frames, at 360 px and wide, light and dark."""

import base64
import time
from typing import Any

import pytest

from tests.staff.cast import PASSWORD, staff
from tests.staff.test_in_browser import faults_of

from .phones import app_code

pytestmark = pytest.mark.browser


def type_in(page: Any, field: str, words: str) -> None:
    page.focus(field)
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def password_typed(page: Any, site: str, frame: str, name: str) -> None:
    page.goto(f"{site}/{frame}/")
    page.wait_for_selector("[name=username]:focus")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


@pytest.mark.parametrize(
    ("role", "frame", "width", "scheme"),
    [
        ("operator", "admin", 1280, "light"),
        ("auditor", "admin", 360, "dark"),
        ("kecamatan", "petugas", 360, "light"),
        ("kecamatan", "petugas", 1280, "dark"),
    ],
)
def test_from_the_first_code_to_a_day_without_the_phone(
    browser: Any, live_site: str, role: str, frame: str, width: int, scheme: str
) -> None:
    user = staff(role)
    screen = {"viewport": {"width": width, "height": 740}, "color_scheme": scheme}
    page = browser.new_page(**screen)
    stopped: list[str] = []
    page.on("console", lambda line: stopped.append(line.text) if "Policy" in line.text else None)

    password_typed(page, live_site, frame, user.username)
    page.wait_for_url(f"{live_site}/{frame}/")
    page.goto(f"{live_site}/{frame}/dua-langkah/")
    assert faults_of(page) == []
    type_in(page, "#sandi", PASSWORD)
    page.wait_for_url("**/masuk/pasang/")
    assert faults_of(page) == []
    secret = base64.b32decode(page.inner_text(".secret").replace(" ", ""))
    type_in(page, "#kode", app_code(secret, time.time()))
    page.wait_for_selector(".recovery")
    assert faults_of(page) == []
    paper = page.locator(".recovery code").all_inner_texts()
    page.focus("a.button")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_site}/{frame}/dua-langkah/")
    assert "10 kode cadangan" in page.inner_text("main")
    assert faults_of(page) == []
    assert stopped == []
    page.close()

    # elsewhere: a wrong code, then the next one of the app
    page = browser.new_page(**screen)
    password_typed(page, live_site, frame, user.username)
    page.wait_for_selector("#kode:focus")
    assert faults_of(page) == []
    page.keyboard.type("12345")
    page.keyboard.press("Enter")
    page.wait_for_selector("#kode-error")
    assert page.title().startswith("Kesalahan")
    assert faults_of(page) == []
    type_in(page, "#kode", app_code(secret, time.time() + 30))
    page.wait_for_url(f"{live_site}/{frame}/")
    page.close()

    # without the phone, and without script
    page = browser.new_page(**screen, java_script_enabled=False)
    password_typed(page, live_site, frame, user.username)
    page.wait_for_selector("#kode:focus")
    page.focus("summary")
    page.keyboard.press("Enter")
    page.wait_for_selector("#cadangan:visible")
    type_in(page, "#cadangan", paper[0])
    page.wait_for_url(f"{live_site}/{frame}/")
    page.close()
