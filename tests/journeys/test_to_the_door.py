"""A batch's whole way in real browsers: desk, kecamatan, courier's phone, counter, and the citizens who watch it."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from delivery.models import Handover, Round
from tests.delivery.cast import Office, holder, printed
from tests.journeys.test_courier import deliver, fail
from tests.journeys.test_handover import log_in, looked_at, released
from tests.tracking.public.cards import address
from tracking.models import Card, Case, Citizen
from tracking.verify import verify

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 640}
DELIVERED, FOR_THE_COUNTER, WRONG, LOST, MISSING, DAMAGED = "ANI", "BUDI", "CITRA", "DANI", "DEWI", "EKO"
NAMES = [DELIVERED, FOR_THE_COUNTER, WRONG, LOST, MISSING, DAMAGED]


def the(name: str) -> Card:
    return Card.objects.get(citizen__name=name)


def every_hand_is_known() -> None:
    found = verify()
    assert found.ok, found.problems


def checked(officer: Page, site: str, code: str) -> None:
    """At the kecamatan: four received, one missing, one damaged."""
    officer.goto(f"{site}/petugas/kedatangan/{Handover.objects.get().pk}/")
    officer.get_by_label("Kode jemput").fill(code)
    officer.keyboard.press("Enter")
    officer.get_by_label("Pindai kartu").wait_for()
    for what, name in [("Hilang", MISSING), ("Rusak", DAMAGED), *(("Diterima", one) for one in NAMES[:4])]:
        officer.get_by_role("button", name=f"{what} {name}").click()
        officer.wait_for_load_state()
    officer.get_by_role("button", name="Tutup dan buat BAST").click()
    expect(officer.get_by_role("link", name="Buka BAST")).to_be_visible()


def sent_out(officer: Page, site: str) -> tuple[str, str]:
    """A round for a new courier; its link and PIN."""
    officer.goto(f"{site}/petugas/putaran/")
    officer.locator(".areas a").first.click()
    officer.get_by_label("Nama kurir baru").fill("Pak Darto")
    officer.get_by_label("Nomor surat tugas").fill("474/12/ST")
    officer.get_by_label("Berlaku sejak").fill("2017-01-01")
    officer.get_by_label("Berlaku sampai").fill("2099-12-31")
    officer.get_by_role("button", name="Buat putaran").click()
    officer.get_by_role("button", name="Buat tautan dan PIN").click()
    link, pin = officer.locator(".secret").all_inner_texts()
    return link, re.sub(r"\D", "", pin)


def walked(phone: Page, link: str, pin: str) -> None:
    """One is at home; then the network is gone: nobody at the next door, wrong data on a card, and one is not tried."""
    phone.goto(link)
    phone.fill("#pin", pin)
    phone.click("text=Buka")
    phone.fill("#jumlah", "4")
    phone.click("text=Saya terima kartunya")
    expect(phone.locator("main")).to_contain_text("Siap tanpa sinyal")
    every_hand_is_known()
    deliver(phone)
    phone.context.set_offline(True)
    fail(phone, "Tidak di rumah")
    fail(phone, "Data di kartu salah")
    expect(phone.locator(".top")).to_have_text("2 tersimpan di HP ini, belum terkirim")
    assert the(WRONG).stage == "OUT_FOR_DELIVERY"
    phone.context.set_offline(False)
    expect(phone.locator(".top")).to_contain_text("Semua terkirim")


def counted_back(officer: Page, site: str) -> None:
    """The round is ended, and what came back is counted card by card; one card is not there."""
    key = Round.objects.get().pk
    officer.goto(f"{site}/petugas/putaran/{key}/")
    officer.get_by_role("button", name="Akhiri putaran").click()
    officer.goto(f"{site}/petugas/")
    expect(officer.get_by_role("link", name="Kembali, belum dihitung")).to_contain_text("1")
    officer.goto(f"{site}/petugas/putaran/{key}/hitung/")
    for choice in officer.get_by_label("Kembali", exact=True).all():
        choice.check()
    officer.get_by_role("group", name=LOST.title()).get_by_label("Tidak ada").check()
    officer.get_by_role("button", name="Simpan hitungan").click()
    officer.wait_for_load_state()
    officer.get_by_role("button", name="Tutup putaran").click()
    expect(officer.get_by_role("status")).to_contain_text("Putaran ditutup")


def given_up(supervisor: Page, site: str) -> None:
    """The supervisor sees what did not come back, and books it to lost."""
    log_in(supervisor, f"{site}/admin/", "ratna")
    supervisor.get_by_role("link", name="Tidak kembali dari kurir").click()
    looked_at(supervisor, "dari-putaran")
    supervisor.get_by_role("button", name="Bukukan hilang, cetak ulang").click()
    expect(supervisor.locator(".messagelist")).to_contain_text("kembali ke antrean")


def collected(officer: Page, site: str, name: str) -> None:
    officer.goto(f"{site}/petugas/loket/")
    officer.get_by_label("Cari kartu").fill(name)
    officer.keyboard.press("Enter")
    officer.get_by_label("Pemegang e-KTP").check()
    officer.get_by_label("Kartu Keluarga (KK)").check()
    officer.get_by_label("Penerima sudah memeriksa").check()
    officer.get_by_role("button", name="Serahkan kartu").click()
    expect(officer.get_by_role("status")).to_contain_text("Kartu sudah diserahkan")


def test_from_the_printer_to_the_door(live_site: str, browser: Browser) -> None:
    Office()
    for card, name in zip(printed(len(NAMES)), NAMES, strict=True):
        Citizen.objects.filter(cards=card).update(name=name, rw=1, rt=2)
    code = released(browser.new_page(viewport={"width": 1280, "height": 800}), live_site)
    citizen = browser.new_page(viewport=PHONE)

    def reads(name: str, stage: str) -> None:
        citizen.goto(live_site + address(the(name)))
        expect(citizen.locator("[data-stage]")).to_have_attribute("data-stage", stage)

    reads(DELIVERED, "PRINTED")
    officer = browser.new_page(viewport=PHONE)
    log_in(officer, f"{live_site}/petugas/", "petugas-1")
    checked(officer, live_site, code)
    every_hand_is_known()
    reads(DELIVERED, "AT_KECAMATAN")
    reads(DAMAGED, "WAITING_FOR_BLANK")
    assert holder(the(MISSING).pk).startswith("transit")

    context = browser.new_context(viewport=PHONE, has_touch=True)
    walked(context.new_page(), *sent_out(officer, live_site))
    context.close()
    reads(DELIVERED, "DELIVERED")
    counted_back(officer, live_site)
    every_hand_is_known()
    reads(FOR_THE_COUNTER, "RETURNED")
    reads(WRONG, "WAITING_FOR_BLANK")
    reads(LOST, "OUT_FOR_DELIVERY")
    given_up(browser.new_page(viewport=PHONE), live_site)
    every_hand_is_known()
    reads(LOST, "WAITING_FOR_BLANK")
    collected(officer, live_site, FOR_THE_COUNTER)
    reads(FOR_THE_COUNTER, "DELIVERED")

    # one of them has nothing in hand, says so, and is answered
    citizen.get_by_role("link", name="Laporkan").click()
    citizen.get_by_role("button", name="Laporkan").click()
    expect(citizen.get_by_text("Laporan Anda kami terima")).to_be_visible()
    officer.goto(f"{live_site}/petugas/laporan/{Case.objects.get().pk}/")
    officer.get_by_label("Jawaban").select_option("received")
    officer.get_by_role("button", name="Jawab", exact=True).click()
    expect(officer.get_by_role("status")).to_contain_text("Jawaban tersimpan")
    every_hand_is_known()
