"""A phone whose browser is killed, and a site that is updated, in the middle of a round with unsent attempts."""

import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, expect

from delivery.models import Attempt
from tests import chromium, live

from .test_courier import PHONE, a_walk, begin, deliver, enter, fail, stages, top

pytestmark = pytest.mark.browser
MANIFEST = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"


def a_phone(browser: Browser, folder: Path) -> BrowserContext:
    """A browser of its own, whose profile outlives it."""
    context = browser.browser_type.launch_persistent_context(
        str(folder), executable_path=chromium.path(), args=chromium.FLAGS, viewport=PHONE
    )
    context.set_default_timeout(10_000)
    return context


def kill(folder: Path) -> None:
    """kill -9 of the browser with this profile, and of nothing else."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if f"--user-data-dir={folder}" in words and not any(word.startswith("--type=") for word in words):
            os.kill(int(entry.name), signal.SIGKILL)
            return
    pytest.fail("the browser is not there to be killed")


def test_a_browser_killed_with_unsent_attempts_has_them_still(
    live_site: str, browser: Browser, tmp_path: Path
) -> None:
    walk = a_walk()
    phone = a_phone(browser, tmp_path)
    page = phone.new_page()
    begin(page, live_site, walk)
    phone.set_offline(True)
    deliver(page, family="Ibu Sri")
    fail(page, "Menolak")
    expect(top(page)).to_have_text("2 tersimpan di HP ini, belum terkirim")
    kill(tmp_path)
    (tmp_path / "SingletonLock").unlink(missing_ok=True)
    assert Attempt.objects.count() == 0

    phone = a_phone(browser, tmp_path)
    phone.set_offline(True)
    page = phone.new_page()
    page.goto(f"{live_site}/kurir/{walk.token}/")
    enter(page, live_site, walk, go=False)
    expect(top(page)).to_have_text("2 tersimpan di HP ini, belum terkirim")
    phone.set_offline(False)
    expect(top(page)).to_contain_text("Semua terkirim")
    assert stages(walk) == ["DELIVERED", "RETURNED", "OUT_FOR_DELIVERY"]
    assert Attempt.objects.count() == 2
    phone.close()


def updated_static(folder: Path) -> None:
    """The site's files after an update: the courier's script has changed, and with it its name."""
    source = folder / "source"
    shutil.copytree(settings.BASE_DIR / "static", source)
    script = source / "kurir" / "kurir.js"
    script.write_text(script.read_text() + "\n// updated\n")
    # not compressed a second time: that takes longer than the whole round
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": MANIFEST}}
    with override_settings(
        STORAGES=storages,
        STATIC_ROOT=folder / "static",
        STATICFILES_DIRS=[source],
        WHITENOISE_KEEP_ONLY_HASHED_FILES=False,
    ):
        call_command("collectstatic", verbosity=0, interactive=False)


def test_an_update_of_the_site_in_the_middle_of_a_round(
    committed: None, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = a_walk()
    port = live.free_port()
    monkeypatch.setattr(live, "free_port", lambda: port)
    live.collect_static()
    updated_static(tmp_path)
    phone = browser.new_context(viewport=PHONE)
    phone.set_default_timeout(10_000)
    page: Any = phone.new_page()
    with live.serving() as site:
        begin(page, site, walk)
        phone.set_offline(True)
        deliver(page)
        fail(page, "Menolak")
    updated = {"DJANGO_SETTINGS_MODULE": "tests.journeys.updated", "EKTP_UPDATED": str(tmp_path / "static")}
    with live.serving(**updated) as site:
        page.reload()  # still without reception: the version that the phone has
        enter(page, site, walk, go=False)
        expect(top(page)).to_have_text("2 tersimpan di HP ini, belum terkirim")
        phone.set_offline(False)
        expect(top(page)).to_contain_text("Semua terkirim")
        page.reload()
        enter(page, site, walk, go=False)
        expect(page.locator("main")).to_contain_text("Siap tanpa sinyal")
        page.wait_for_function(
            """() => navigator.serviceWorker.getRegistration().then((found) => !found.installing)"""
        )
        phone.set_offline(True)
        page.reload()
        enter(page, site, walk, go=False)
        deliver(page)
        phone.set_offline(False)
        expect(top(page)).to_contain_text("Semua terkirim")
    assert stages(walk) == ["DELIVERED", "RETURNED", "DELIVERED"]
    assert Attempt.objects.count() == 3
    phone.close()
