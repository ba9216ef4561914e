"""An operator's morning: a file of 1,500 rows goes in, in a real browser, with the real worker."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from bekasi_ektp import environment
from integration.models import Batch
from tests import cluster, live
from tests.axe import faults_of
from tests.integration.feeds import as_csv, row
from tests.staff.cast import BACKEND, PASSWORD, staff
from tracking.models import Card

pytestmark = pytest.mark.browser
WIDE = {"width": 1280, "height": 800}
SHOTS = os.environ.get("SHOTS")  # a folder: keep pictures of the pages


@pytest.fixture
def worker(committed: None) -> Iterator[None]:
    told = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "EKTP_TEST_VAR": str(settings.VAR_DIR),
        "EKTP_TEST_DATABASE": cluster.database(),
    }
    with open(Path(settings.VAR_DIR) / "worker.log", "ab") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "db_worker", "--interval", "0.2", "--no-startup-delay"],
            env=os.environ | told,
            cwd=environment.BASE_DIR,
            stdout=log,
            stderr=log,
        )
    yield
    process.terminate()
    process.wait(20)


@pytest.fixture
def morning(tmp_path: Path) -> Path:
    """1,500 rows: 1,480 people, 10 of them twice, 10 rows that can't be right."""
    people = [row(NIK=f"327501010190{n:04}", NAMA_LGKP=f"WARGA {n}") for n in range(1, 1481)]
    wrong = [row(NIK=f"327501023290{n:04}") for n in range(1, 11)]
    file = tmp_path / "dump pagi.csv"
    file.write_text(as_csv(*people, *people[:10], *wrong), encoding="utf-8")
    return file


def log_in(page: Page, site: str) -> None:
    user = staff("operator")
    page.goto(f"{site}/admin/")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url(f"{site}/admin/")


def looked_at(page: Page, name: str) -> None:
    """Nobody is shut out of it, by light or in the dark; keep its picture if asked."""
    if page.viewport_size == WIDE:
        assert faults_of(page) == [], name
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (360, False)])
def test_upload_preview_confirm_history(
    live_site: str, worker: None, browser: Browser, morning: Path, width: int, scripts: bool
) -> None:
    page = browser.new_page(
        viewport={**WIDE, "width": width},  # type: ignore[typeddict-item]
        java_script_enabled=scripts,
    )
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    log_in(page, live_site)
    page.goto(f"{live_site}/admin/integration/batch/")
    page.get_by_role("link", name="Impor", exact=True).click()
    looked_at(page, f"import-{width}")
    page.get_by_label("Nama sumber baru").fill("SIAK pusat")
    page.get_by_label("Berkas", exact=True).set_input_files(morning)
    page.get_by_role("button", name="Unggah dan periksa").click()
    looked_at(page, f"progress-{width}")

    apply = page.get_by_role("button", name="Terapkan 1.480")
    expect(apply).to_be_visible(timeout=30_000)
    expect(page.get_by_role("heading", name="1.500 baris dibaca")).to_be_visible()
    looked_at(page, f"preview-{width}")
    counts = page.locator("[data-outcome] strong").all_inner_texts()
    assert counts == ["1.480", "0", "10", "0", "10"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width if scripts else True
    assert not Card.objects.exists()

    apply.click()
    expect(page.get_by_text("Sudah diterapkan.")).to_be_visible(timeout=30_000)
    looked_at(page, f"applied-{width}")
    assert Card.objects.count() == 1480
    page.goto(f"{live_site}/admin/integration/batch/")
    expect(page.locator("#result_list")).to_contain_text("Selesai")
    expect(page.locator("#result_list")).to_contain_text("1.480")
    looked_at(page, f"history-{width}")
    page.goto(f"{live_site}/admin/tracking/card/export/")
    looked_at(page, f"export-{width}")
    assert [line for line in said if "Content Security" in line] == []
    page.close()


def test_an_upload_that_comes_slowly_is_no_hanging_worker(live_site: str) -> None:
    client = Client()
    client.force_login(staff("operator"), backend=BACKEND)
    with live.serving(workers=1, GUNICORN_CMD_ARGS="--timeout 2") as site:
        host = urlsplit(site).netloc
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        token = "t" * 32
        parts = [
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in (("csrfmiddlewaretoken", token), ("new_source", "SIAK"))
        ]
        head = '--b\r\nContent-Disposition: form-data; name="feeds"; filename="a.csv"\r\n\r\n'
        pieces = [("".join(parts) + head).encode(), *[b"x" * 600_000] * 8, b"\r\n--b--\r\n"]
        request = (
            f"POST /admin/integration/batch/import/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
            f"Cookie: {cookie}; {settings.CSRF_COOKIE_NAME}={token}\r\n"
            f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {sum(map(len, pieces))}\r\n\r\n"
        )
        with socket.create_connection(host.split(":")) as wire:
            wire.sendall(request.encode())
            for piece in pieces:
                wire.sendall(piece)
                time.sleep(0.5)
            answer = wire.makefile("rb").read().decode()
    assert re.match(r"HTTP/1.1 303 ", answer), answer[:300]
    assert Batch.objects.get().size == 4_800_000
