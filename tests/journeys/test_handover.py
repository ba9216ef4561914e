"""From Disdukcapil's counter to the kecamatan, in two real browsers: the operator's desk, and the officer's phone."""

import os
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from delivery.models import Handover
from tests.axe import faults_of
from tests.delivery.cast import Office, card_of, printed
from tracking.codes import encode
from tracking.models import Kecamatan
from tracking.verify import verify

pytestmark = pytest.mark.browser
PASSWORD = "rahasia-sekali-123"
SHOTS = os.environ.get("SHOTS")  # a folder: keep pictures of the pages


def looked_at(page: Page, name: str) -> None:
    """Nobody is shut out of it, by light or in the dark, and nothing sticks out; keep its picture if asked."""
    assert faults_of(page) == [], name
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def log_in(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(address)


def released(page: Page, site: str) -> str:
    """The operator packs all that is printed and lets it go; the code."""
    log_in(page, f"{site}/admin/", "joko")
    page.goto(f"{site}/admin/delivery/kemas/")
    looked_at(page, "kemas")
    page.get_by_role("link", name=str(Kecamatan.objects.get(pk=1))).click()
    looked_at(page, "kemas-kecamatan")
    page.get_by_role("button", name="Kemas semua").click()
    looked_at(page, "serah-terima")
    page.get_by_label("Penjemput").select_option(index=1)
    page.get_by_role("button", name="Lepas semua").click()
    looked_at(page, "dilepas")
    return re.findall(r"\d{6}", page.locator(".code").inner_text())[0]


@pytest.mark.parametrize("scripts", [True, False], ids=["", "without JavaScript"])
def test_a_bag_of_cards_from_desk_to_phone(live_site: str, browser: Browser, scripts: bool) -> None:
    Office()
    printed(4)
    code = released(browser.new_page(viewport={"width": 1280, "height": 800}), live_site)
    made = Handover.objects.get()

    phone = browser.new_page(viewport={"width": 360, "height": 640}, java_script_enabled=scripts)
    see = looked_at if scripts else lambda page, name: None  # axe is a script
    log_in(phone, f"{live_site}/petugas/", "petugas-1")
    see(phone, "petugas")
    phone.get_by_role("link", name="Periksa kedatangan").click()
    see(phone, "kedatangan")
    phone.get_by_role("link", name="belum diperiksa").click()
    see(phone, "jemput")
    phone.get_by_label("Kode jemput").fill("000000")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("alert")).to_contain_text("keliru")
    phone.get_by_label("Kode jemput").fill(code)
    phone.keyboard.press("Enter")

    # a scanner types and sends; the field has the focus again
    phone.get_by_label("Pindai kartu").wait_for()
    phone.keyboard.type(encode(card_of(made, 1).pk).lower())
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("status")).to_contain_text("Diterima, 1 dari 4")
    phone.keyboard.type(encode(card_of(made, 1).pk))
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("status")).to_contain_text("Sudah dicatat")
    phone.keyboard.type("999999")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("alert")).to_contain_text("Bukan dari daftar ini")
    phone.get_by_role("button", name="Diterima").first.click()
    phone.get_by_role("button", name="Hilang").first.click()
    expect(phone.get_by_role("button", name="Tutup")).to_have_count(0)
    see(phone, "arrival")
    phone.get_by_role("button", name="Rusak").first.click()
    phone.get_by_role("button", name="Tutup dan buat BAST").click()
    see(phone, "selesai")
    expect(phone.get_by_role("link", name="Buka BAST")).to_be_visible()
    phone.get_by_role("link", name="Di mana kartunya").click()
    see(phone, "di-mana")
    expect(phone.get_by_text("Dalam perjalanan")).to_be_visible()
    assert verify().ok
