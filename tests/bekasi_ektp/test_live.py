"""The site in a real web server and a real browser."""

from urllib.request import urlopen

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Browser


def test_the_site_answers_beside_a_test(live_site: str) -> None:
    with urlopen(f"{live_site}/readyz") as answer:
        assert answer.read() == b"ready\n"


@pytest.mark.browser
def test_log_in_to_the_admin(live_site: str, browser: Browser) -> None:
    get_user_model().objects.create_superuser("ani", password="sandi panjang sekali")
    page = browser.new_page()
    violations: list[str] = []
    page.on("console", lambda message: violations.append(message.text))
    page.goto(f"{live_site}/admin/")
    page.fill("[name=username]", "ani")
    page.fill("[name=password]", "sandi panjang sekali")
    page.click("[type=submit]")
    page.wait_for_url(f"{live_site}/admin/")
    assert page.locator("#user-tools").is_visible()
    assert violations == []
    page.close()
