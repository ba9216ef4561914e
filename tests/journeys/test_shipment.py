"""The day of a shipment: 20,000 blanks come, are divided, printed for three kecamatan, and counted in the evening.

In a real browser over the real site; at the end every number on every page is what the movements add up to.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from blanks.models import Account, Document, Movement, PrintBatch, Serial
from tests.builders import block, many_cards
from tests.journeys.test_import import WIDE
from tests.staff.cast import PASSWORD, staff
from tracking.models import Card
from tracking.stages import Stage
from tracking.verify import verify

pytestmark = pytest.mark.browser
ROOM = "/admin/blanks"
SHOTS = os.environ.get("SHOTS")  # a folder: keep pictures of the pages and the papers
WAITING = {"bekasi-timur": 12, "bekasi-barat": 9, "bekasi-utara": 6}
"""Cards that wait, in the first three kecamatan; one of the first is blocked."""
FIRST = 500_000_001


def serial(n: int) -> str:
    """The n-th of the shipment, as it stands on the blank."""
    return f"{FIRST + n - 1:010}"


class Office:
    """Somebody of the office at the browser."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.papers: dict[str, str] = {}

    def log_in(self, role: str) -> None:
        user = staff(role)
        self.page.goto(f"{self.site}/admin/")
        self.page.fill("[name=username]", user.username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("[type=submit]")
        self.page.wait_for_url(f"{self.site}/admin/")

    def go(self, path: str) -> Page:
        answer = self.page.goto(f"{self.site}{path}")
        assert answer and answer.status == 200, path
        return self.page

    def fill(self, **typed: str) -> None:
        for name, value in typed.items():
            self.page.fill(f"[name={name}]", value)

    def press(self, name: str | re.Pattern[str]) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name).first.click()

    def keep(self, name: str) -> None:
        if SHOTS:
            self.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)

    def paper(self, name: str) -> str:
        """The text of the PDF that a page links to."""
        link = self.page.get_by_role("link", name=re.compile("PDF")).first.get_attribute("href")
        answer = self.page.context.request.get(f"{self.site}{link}")
        assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
        if SHOTS:
            Path(SHOTS, f"{name}.pdf").write_bytes(answer.body())
        return " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.body())).pages)

    def cells(self, row: str) -> list[str]:
        """The figures of the row with this name."""
        found = self.page.locator("tr", has=self.page.get_by_role("rowheader", name=row, exact=True)).first
        return [cell.strip() for cell in found.locator("td").all_inner_texts()]


@pytest.fixture
def office(live_site: str, browser: Browser) -> Iterator[Office]:
    for kecamatan, n in enumerate(WAITING.values(), 1):
        cards = many_cards(n, Stage.WAITING_FOR_BLANK, kecamatan)
        if kecamatan == 1:
            block(Card.objects.get(pk=cards[0]))
    page = browser.new_page(viewport=WIDE)  # type: ignore[arg-type]
    yield Office(page, live_site)
    page.close()


def test_the_day_of_a_shipment(office: Office) -> None:
    office.log_in("supervisor")
    receive(office)
    divide(office)
    timur, barat, utara = (take(office, slug) for slug in WAITING)
    record_at_once(office, timur)
    record_by_hand(office, barat)
    record_by_scanner_and_file(office, utara)
    count(office)
    every_page_agrees(office)
    assert verify().problems == []


def receive(office: Office) -> None:
    """20,000 on the paper and in the boxes; the last 37 are wet."""
    office.go(f"{ROOM}/stok/terima/")
    office.fill(
        number="SJ/001/2026",
        on_paper="20.000",
        counted="20.000",
        ranges=f"{serial(1)}-{serial(20_000)}",
        damaged=f"{serial(19_964)}-{serial(20_000)}",
        why="Kardus basah",
    )
    office.press("Lihat pratinjau")
    office.keep("terima-pratinjau")
    assert office.cells("Gudang kota") == ["0", "+19.963", "19.963"]
    assert not Document.objects.exists()
    office.press("Catat penerimaan")
    office.keep("terima")
    said = office.paper("terima")
    for words in (
        "SJ/001/2026",
        "20.000 keping",
        "37 keping",
        f"{serial(19_964)}–{serial(20_000)}",
        "Kardus basah",
    ):
        assert words in said


def divide(office: Office) -> None:
    """20 for 26 who wait and are not blocked: by largest remainder, one figure changed."""
    office.go(f"{ROOM}/pembagian/")
    office.fill(jumlah="20")
    office.press("Lihat pratinjau")
    office.keep("bagi-pratinjau")
    gets = [office.page.input_value(f"[name=dapat-{n}]") for n in (1, 2, 3)]
    assert gets == ["8", "7", "5"]  # 11, 9 and 6 of 26: 8.46, 6.92 and 4.62
    assert office.cells("Bekasi Timur")[:5] == ["11", "1", "0", "11", "8,46"]
    office.fill(**{"dapat-1": "7"})
    office.press("Bagikan")
    expect(office.page.locator("#bagi-why_error")).to_contain_text("perlu alasan")
    assert office.page.input_value("[name=dapat-1]") == "7"
    office.fill(why="Printer Bekasi Timur diservis")
    office.press("Bagikan")
    office.keep("bagi")
    assert office.cells("Bekasi Timur")[5:8] == ["8", "7 diubah", "7"]
    assert "Printer Bekasi Timur diservis" in office.page.inner_text("#content")
    assert "Cocok" in office.page.inner_text("#content")


def take(office: Office, slug: str) -> int:
    """All that the quota is for; the sheet on screen and on paper has no NIK and a line for each card."""
    office.go(f"{ROOM}/cetak/{slug}/")
    office.press("Ambil yang berikutnya")
    batch = int(office.page.url.split("/")[-3])
    lines = list(PrintBatch.objects.get(pk=batch).cards.order_by("line").values_list("letter", "number"))
    numbers = [f"{letter}-{number}" for letter, number in lines]
    said = office.paper(f"lembar-{slug}")
    office.go(f"{ROOM}/printbatch/{batch}/lembar/")
    office.keep(f"lembar-{slug}")
    assert [text.split()[0] for text in office.page.locator("tbody th").all_inner_texts()] == numbers
    assert all(number in said for number in numbers)
    assert not re.search(r"\d{16}", said + office.page.content())
    return batch


def record_at_once(office: Office, batch: int) -> None:
    """Seven in a row from the first serial on; the second was a misprint."""
    office.go(f"{ROOM}/printbatch/{batch}/change/")
    office.page.get_by_text("Sekaligus: seri berurutan").click()
    office.fill(pertama=serial(1), salah="2")
    office.press("Lihat dulu")
    office.keep("hasil-sekaligus")
    office.press("Catat 7 hasil sekaligus")
    assert outcomes(office) == {"booked": "7", "unchanged": "0", "late": "0", "rejected": "0"}


def record_by_hand(office: Office, batch: int) -> None:
    """The first with a serial that was never received: it stays open, is listed and put right."""
    office.go(f"{ROOM}/printbatch/{batch}/change/")
    for n in range(1, 8):
        office.fill(**{f"seri-{n}": serial(7 + n) if n > 1 else "9999999999"})
    office.press("Simpan hasil")
    office.keep("hasil-ditolak")
    assert outcomes(office) == {"booked": "6", "unchanged": "0", "late": "0", "rejected": "1"}
    assert office.page.input_value("[name=seri-1]") == "9999999999"
    expect(office.page.locator("#salah-1")).to_have_text("Nomor seri tidak ada di kiriman mana pun.")
    office.fill(**{"seri-1": serial(8)})
    office.press("Simpan hasil")
    expect(office.page.get_by_text("Tumpukan ini selesai")).to_be_visible()


def record_by_scanner_and_file(office: Office, batch: int) -> None:
    """Two by the scanner, one of them a misprint, and the rest from the printer's file."""
    page = office.page
    first, second, *rest = PrintBatch.objects.get(pk=batch).cards.order_by("line")
    for n, card in ((15, first), (16, second)):
        office.go(f"{ROOM}/printbatch/{batch}/pindai/")
        page.wait_for_selector("[name=kode]:focus")
        page.keyboard.type(f"{card.letter}-{card.number}")
        page.keyboard.press("Enter")
        page.wait_for_selector("[name=seri]:focus")
        page.keyboard.type(serial(n))
        if card is second:
            office.press("Salah cetak")
        else:
            page.keyboard.press("Enter")
        expect(page.get_by_text(f"{card.letter}-{card.number}: ")).to_be_visible()
    rows = [f"{card.letter}-{card.number};{serial(17 + n)};dicetak" for n, card in enumerate(rest)]
    file = "\n".join(["NOMOR;SERI;HASIL", *rows]).encode()
    office.go(f"{ROOM}/printbatch/{batch}/change/")
    page.get_by_text("Unggah berkas hasil dari printer").click()
    page.set_input_files("[name=berkas]", {"name": "hasil.csv", "mimeType": "text/csv", "buffer": file})
    office.press("Unggah dan catat")
    office.keep("hasil-berkas")
    assert outcomes(office) == {"booked": "3", "unchanged": "0", "late": "0", "rejected": "0"}


def outcomes(office: Office) -> dict[str, str]:
    shown = office.page.locator("[data-outcome]")
    return {one.get_attribute("data-outcome") or "": one.locator("dd").inner_text() for one in shown.all()}


def count(office: Office) -> None:
    """One blank is missing in the store; the quotas are as the book says."""
    office.go(f"{ROOM}/stok/hitung/")
    store = Account.objects.get(place="store")
    assert office.cells("Gudang kota")[0] == "19.944"
    office.fill(**{f"n{store.pk}": "19.943"})
    for quota in Account.objects.filter(place="quota"):
        office.fill(**{f"n{quota.pk}": str(quota.balance)})
    office.press("Lihat pratinjau")
    expect(office.page.locator(f"#blanko-why{store.pk}_error")).to_have_text(
        "Berbeda dari buku. Tulis sebabnya."
    )
    office.fill(**{f"why{store.pk}": "Satu tidak ditemukan", "witnesses": "Sari Dewi\nBudi Hartono"})
    office.press("Lihat pratinjau")
    office.press("Catat hasil hitungan")
    office.keep("hitung")
    said = office.paper("hitung")
    for words in ("19.944", "19.943", "Satu tidak ditemukan", "Sari Dewi"):
        assert words in said


def every_page_agrees(office: Office) -> None:
    """Pages beside what the movements, the cards and the serials add up to."""
    books: Counter[int] = Counter()
    for move in Movement.objects.all():
        books[move.from_account_id] -= move.quantity
        books[move.to_account_id] += move.quantity
    page = office.go(f"{ROOM}/account/")
    office.keep("buku")
    shown = {
        int(cell.get_attribute("data-account") or 0): figure(cell.inner_text())
        for cell in page.locator("[data-account]").all()
    }
    assert shown == {key: books[key] for key in Account.objects.values_list("pk", flat=True)}
    by_place = dict(Account.objects.exclude(place="quota").values_list("place", "balance"))
    assert by_place == {
        "supplier": -20_000,
        "store": 19_943,
        "cards": 17,
        "spoiled": 39,
        "lost": 1,
        "sent_back": 0,
        "destroyed": 0,
    }
    assert page.locator("[data-sum]").inner_text() == "0"
    for key, balance in books.items():
        page = office.go(f"{ROOM}/stok/kartu/{key}/")
        assert figure(page.locator("[data-closing]").inner_text()) == balance
    printed = Card.objects.filter(stage=Stage.PRINTED).count()
    assert printed == by_place["cards"] == Serial.objects.filter(place="cards").count()
    assert by_place["spoiled"] == Serial.objects.filter(place="spoiled").count()
    the_queue_agrees(office)
    page = office.go(f"{ROOM}/stok/seri/")
    office.fill(serial=serial(2))
    office.press("Cari")
    office.keep("seri")
    assert "Sekarang" in page.inner_text("#content") and "Rusak" in page.inner_text("dl.facts")


def the_queue_agrees(office: Office) -> None:
    """Who still waits, on the pages of staff and of citizens alike: two misprints are next again."""
    left = {"Bekasi Timur": (5, 1, 0), "Bekasi Barat": (2, 0, 0), "Bekasi Utara": (2, 0, 0)}
    assert Card.objects.filter(stage=Stage.WAITING_FOR_BLANK).count() == sum(
        a + b for a, b, _ in left.values()
    )
    office.go(f"{ROOM}/cetak/")
    for name, (waiting, blocked, quota) in left.items():
        assert [figure(cell) for cell in office.cells(name)[:2]] == [waiting, blocked]
        assert office.cells(name)[2] == ("habis" if not quota else str(quota))
    office.go(f"{ROOM}/pembagian/")
    for name, (waiting, blocked, quota) in left.items():
        assert office.cells(name) == [str(waiting), str(blocked), str(quota), str(waiting - quota)]
    for slug, (name, (waiting, _, _)) in zip(WAITING, left.items(), strict=True):
        page = office.go(f"/antrean/{slug}/")
        assert f"{waiting} kartu menunggu." in page.inner_text("main")
        assert office.cells("A")[0] == str(waiting), name
    page = office.go("/admin/")
    office.keep("pekerjaan")
    work = {" ".join(one.split()) for one in page.locator(".work li").all_inner_texts()}
    for said in ("9 Siap dibagi (blanko)", "0 Tumpukan belum selesai", "0 Hasil cetak ditolak"):
        assert any(one.startswith(said) for one in work), (said, work)
    assert any(one.startswith("39 Blanko rusak belum dimusnahkan") for one in work)
    assert any(one.startswith("3 Ada antrean, tanpa blanko (kecamatan)") for one in work)


def figure(text: str) -> int:
    return int(text.strip().replace(".", ""))
