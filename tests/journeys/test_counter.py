"""At the counter in a real browser: find, hand over, undo; suket and receipt; and the citizen with that receipt."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from delivery.actions.counter import hand_over, list_papers
from delivery.models import Collection
from tests import builders, people
from tests.builders import settle, sql
from tests.delivery.cast import Office, card_of
from tests.journeys.test_handover import log_in, looked_at
from tracking import codes
from tracking.models import Card, Case, Citizen
from tracking.nik import seal
from tracking.stages import Stage

pytestmark = pytest.mark.browser
PHONE: ViewportSize = {"width": 360, "height": 640}


def named(card: Card, name: str, nik: str) -> Card:
    Citizen.objects.filter(pk=card.citizen_id).update(name=name, nik_sealed=seal(nik))
    return card


def found(page: Page, typed: str) -> None:
    """Typed and sent by the keyboard alone: the field has the focus."""
    page.get_by_label("Cari kartu").wait_for()
    page.keyboard.type(typed)
    page.keyboard.press("Enter")


def small_targets(page: Page) -> list[str]:
    """What in the page's own part is lower than 48 px, links within sentences aside."""
    seen: list[str] = page.evaluate(
        """[...document.querySelectorAll('main a, main button, main input, main select')].filter(one => {
            const box = (one.closest('label') || one).getBoundingClientRect()
            return box.width && !(one.tagName == 'A' && one.parentElement.tagName == 'P') && box.height < 47.5
        }).map(one => one.outerHTML.slice(0, 80))"""
    )
    return seen


def test_a_card_is_handed_over_and_the_slip_undone(live_site: str, browser: Browser) -> None:
    card = named(card_of(Office().closed(1), 1), "SITI AMINAH", people.BUDI)
    page = browser.new_page(viewport=PHONE)
    log_in(page, f"{live_site}/petugas/", "petugas-1")
    page.goto(f"{live_site}/petugas/loket/")
    looked_at(page, "loket")
    found(page, "Tidak Ada")
    expect(page.get_by_role("alert")).to_contain_text("Tidak ada kartu yang cocok")
    expect(page.get_by_label("Cari kartu")).to_have_value("Tidak Ada")
    looked_at(page, "loket-tidak-ketemu")
    page.get_by_label("Cari kartu").fill("")
    found(page, "siti")
    expect(page.get_by_role("heading", level=1)).to_have_text("SITI AMINAH")
    looked_at(page, "penyerahan")
    assert small_targets(page) == []

    page.get_by_label("Anggota keluarga", exact=True).check()
    page.get_by_label("KTP lama ditarik").check()
    page.get_by_role("button", name="Serahkan kartu").click()
    looked_at(page, "penyerahan-salah")
    assert page.locator(".error").count() == 3
    expect(page.get_by_label("KTP lama ditarik")).to_be_checked()
    page.get_by_label("Nama anggota keluarga").fill("Budi Santoso")
    page.get_by_label("Kartu Keluarga (KK)").check()
    page.get_by_label("Penerima sudah memeriksa").check()
    page.get_by_role("button", name="Serahkan kartu").click()
    expect(page.get_by_role("status")).to_contain_text("Kartu sudah diserahkan")
    looked_at(page, "diserahkan")
    assert Collection.objects.get().receiver == "family"

    page.goto(f"{live_site}/petugas/dokumen/")
    looked_at(page, "dokumen")
    page.go_back()
    page.get_by_role("button", name="Batalkan penyerahan").click()
    expect(page.get_by_role("status")).to_contain_text("Kartu kembali ke loket")
    card.refresh_from_db()
    assert card.stage == Stage.AT_KECAMATAN


def test_a_card_that_is_sought_can_be_found_whatever_its_number(live_site: str, browser: Browser) -> None:
    people.officer(1)
    sql("SELECT count(nextval('tracking_card_id_seq')) FROM generate_series(1, 1000)")  # numbers with a dot
    card = builders.a_card(Stage.AT_KECAMATAN, 1)
    page = browser.new_page(viewport=PHONE)
    log_in(page, f"{live_site}/petugas/", "petugas-1")
    page.goto(f"{live_site}/petugas/loket/")
    found(page, codes.encode(card.pk))
    page.locator("main").get_by_role("link", name="Kartu yang dicari").click()
    looked_at(page, "dicari")
    page.get_by_role("button", name=re.compile("^Ada")).click()
    expect(page.get_by_role("status")).to_contain_text("Kartu ada di sini")
    card.refresh_from_db()
    assert card.outside_confirmed


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 800}], ids=["phone", "desk"])
def test_papers_taken_back_come_to_disdukcapil(
    live_site: str, browser: Browser, viewport: ViewportSize
) -> None:
    office = Office()
    card = card_of(office.closed(1), 1)
    hand_over(card.pk, by=office.tuti, request=uuid4(), receiver="holder", shown="kk", took_old_card=True)
    settle()
    list_papers(by=office.tuti, kecamatan=1)
    page = browser.new_page(viewport=viewport)
    log_in(page, f"{live_site}/admin/", "joko")
    page.get_by_role("link", name="Dokumen ditarik, belum diterima").click()
    looked_at(page, f"dokumen-datang-{viewport['width']}")
    page.get_by_role("button", name="Sudah diterima").click()
    expect(page.get_by_text("diterima.")).to_be_visible()
    looked_at(page, f"dokumen-diterima-{viewport['width']}")


def given_receipt(page: Page, site: str, card: Card) -> str:
    """The receipt's address, given by the officer after a look at what is shown."""
    log_in(page, f"{site}/petugas/", "petugas-1")
    page.goto(f"{site}/petugas/loket/{card.pk}/tanda-terima/")
    page.get_by_role("button", name="Beri tanda terima").click()
    expect(page.locator(".error")).to_be_visible()
    looked_at(page, "tanda-terima-salah")
    page.get_by_label("Bukti diri").select_option(index=1)
    page.get_by_role("button", name="Beri tanda terima").click()
    looked_at(page, "tanda-terima")
    return page.locator(".secret").inner_text()


def test_suket_and_receipt_for_whoever_waits(live_site: str, browser: Browser) -> None:
    people.officer(1)
    card = named(builders.a_card(Stage.WAITING_FOR_BLANK, 1), "SITI AMINAH", people.BUDI)
    settle()
    page = browser.new_page(viewport=PHONE)
    address = given_receipt(page, live_site, card)
    page.goto(f"{live_site}/petugas/loket/{card.pk}/suket/")
    page.get_by_role("button", name="Terbitkan suket").click()
    looked_at(page, "suket")

    citizen = browser.new_page(viewport=PHONE)
    for path in ("", "en/"):
        citizen.goto(address.replace("/tanda-terima/", f"/{path}tanda-terima/"))
        looked_at(citizen, f"warga-tanda-terima-{path[:2]}")
    citizen.goto(address)
    citizen.get_by_label("Nomor HP atau alamat e-mail").fill("12")
    citizen.get_by_role("button", name="Kirim kode kepada saya").click()
    expect(citizen.get_by_role("alert")).to_be_visible()
    expect(citizen.get_by_label("Nomor HP atau alamat e-mail")).to_have_value("12")
    expect(citizen.locator("#where-error")).to_be_visible()
    looked_at(citizen, "warga-kontak-salah")
    citizen.get_by_label("Nomor HP atau alamat e-mail").fill("0812 3456 7890")
    citizen.get_by_role("button", name="Kirim kode kepada saya").click()
    citizen.get_by_label("Kode", exact=True).fill("000000")
    looked_at(citizen, "warga-kode")
    citizen.get_by_role("button", name="Kirim kode", exact=True).click()
    expect(citizen.get_by_role("alert")).to_be_visible()
    citizen.get_by_role("button", name="Batal").click()
    citizen.get_by_label("Nomor HP atau alamat e-mail").wait_for()


def test_whoever_has_nothing_says_so(live_site: str, browser: Browser) -> None:
    people.officer(1)
    card = builders.a_card(Stage.DELIVERED, 1)
    officer = browser.new_page(viewport=PHONE)
    address = given_receipt(officer, live_site, card)
    citizen = browser.new_page(viewport=PHONE)
    citizen.goto(address)
    looked_at(citizen, "warga-diterima")
    citizen.get_by_label("Apa yang terjadi?").fill("Tidak ada yang datang.")
    citizen.get_by_role("button", name="Laporkan").click()
    expect(citizen.get_by_text("Kami menjawab paling lambat").first).to_be_visible()
    looked_at(citizen, "warga-laporan")
    assert Case.objects.get().by_receipt

    officer.goto(f"{live_site}/petugas/laporan/")
    looked_at(officer, "laporan")
    officer.get_by_role("link", name="Belum menerima kartu").click()
    officer.get_by_label("Penjelasan").fill("Sebentar.")
    officer.get_by_role("button", name="Jawab", exact=True).click()
    looked_at(officer, "laporan-salah")
    expect(officer.get_by_label("Penjelasan")).to_have_value("Sebentar.")
    assert small_targets(officer) == []
