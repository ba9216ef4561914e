"""The pages of blanks in a real browser: at 360 and 1280 px, in light and dark, with their errors, nothing lost."""

from collections.abc import Iterator
from typing import Any

import pytest

from blanks.actions import divide, print_batch, receive
from blanks.spans import Span
from tests.axe import faults_of
from tests.builders import many_cards
from tests.staff.test_in_browser import log_in
from tracking.stages import Stage

pytestmark = pytest.mark.browser
ROOM = "/admin/blanks/"
PAGES = (
    *("", "account/", "document/", "printbatch/", "priority/", "plannedshipment/", "plannedshipment/add/", "closure/add/"),
    *("stok/terima/", "stok/hitung/", "stok/rusak-hilang/", "stok/kembalikan/", "stok/musnahkan/", "stok/seri/"),
    *("stok/kartu/2/", "pembagian/", "pembagian/?jumlah=30&cara=proportional", "pembagian/tarik/", "cetak/"),
    *("cetak/bekasi-timur/", "urutan/", "terlambat/", "document/{document}/change/", "pembagian/{division}/"),
    *("printbatch/{batch}/change/", "printbatch/{batch}/lembar/", "printbatch/{batch}/pindai/"),
    # what was typed wrong
    *("pembagian/?jumlah=9999&cara=proportional", "urutan/?tanggal=x", "stok/kartu/2/?first=2017-02-01&last=2017-01-01"),
)  # fmt: skip


@pytest.fixture
def addresses(live_site: str) -> list[str]:
    """Every page over a city with a shipment, a division and a batch."""
    who = "test:office"
    many_cards(20, Stage.WAITING_FOR_BLANK, 1)
    many_cards(20, Stage.WAITING_FOR_BLANK, 2)
    document = receive([Span.of("0100", 80)], by=who, number="SJ-1", on_paper=80)
    division, _proposal = divide(20, by=who, strategy="proportional")
    batch = print_batch(1, size=5, by=who)
    assert division
    keys = {"document": document.pk, "division": division.pk, "batch": batch.pk}
    return [f"{live_site}{ROOM}{path.format(**keys)}" for path in PAGES]


@pytest.fixture
def window(browser: Any) -> Iterator[Any]:
    opened = []

    def open_window(site: str, width: int = 1280, role: str = "supervisor", **options: Any) -> Any:
        page = browser.new_page(viewport={"width": width, "height": 740}, **options)
        opened.append(page)
        log_in(page, site, role)
        return page

    yield open_window
    for page in opened:
        page.close()


@pytest.mark.parametrize("half", [0, 1])  # so that two workers share them
def test_no_page_has_a_fault(window: Any, live_site: str, addresses: list[str], half: int) -> None:
    page = window(live_site)
    found = []
    for address in addresses[half::2]:
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        found += [f"{address}: {fault}" for fault in faults_of(page, 360, 1280)]
    assert found == []


def test_nothing_is_stopped_by_the_policy(window: Any, live_site: str, addresses: list[str]) -> None:
    page = window(live_site)
    stopped: list[str] = []
    page.on("console", lambda line: stopped.append(line.text) if "Content Security" in line.text else None)
    for address in addresses:
        page.goto(address)
    assert stopped == []


def test_a_paper_typed_wrong_says_so_at_its_fields_and_keeps_what_was_typed(
    window: Any, live_site: str
) -> None:
    page = window(live_site, 360, java_script_enabled=False)
    page.goto(f"{live_site}{ROOM}stok/terima/")
    typed = {
        "number": "SJ/9",
        "on_paper": "20.000",
        "counted": "seratus",
        "ranges": "0100-0199",
        "damaged": "1-",
    }
    for name, value in typed.items():
        page.fill(f"[name={name}]", value)
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Lihat pratinjau").press("Enter")
    assert page.title().startswith("Kesalahan: ")
    summary = page.locator(".errors")
    assert summary.evaluate("box => box === document.activeElement")
    assert {link.get_attribute("href") for link in summary.locator("a").all()} == {
        "#blanko-counted",
        "#blanko-damaged",
    }
    assert {name: page.input_value(f"[name={name}]") for name in typed} == typed
    for name in ("counted", "damaged"):
        described = page.get_attribute(f"[name={name}]", "aria-describedby")
        assert f"blanko-{name}_error" in described
        assert page.inner_text(f"#blanko-{name}_error")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_scanner_types_over_what_was_refused(window: Any, live_site: str, addresses: list[str]) -> None:
    page = window(live_site)
    scan = next(address for address in addresses if address.endswith("/pindai/"))
    page.goto(scan)
    page.wait_for_selector("[name=kode]:focus")
    page.keyboard.type("ngawur")
    page.keyboard.press("Enter")
    page.wait_for_selector(".field-error")
    page.wait_for_selector("[name=kode]:focus")
    page.keyboard.type("A-1")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=seri]:focus")
    page.keyboard.type("99")
    page.keyboard.press("Enter")
    page.wait_for_selector(".field-error")
    page.keyboard.type("0100")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=A-1: Dicetak 0100.")


def test_the_room_offers_the_tasks_of_ones_role(window: Any, live_site: str) -> None:
    page = window(live_site, role="operator")
    page.goto(f"{live_site}{ROOM}")
    assert page.get_by_role("link", name="Terima kiriman").count() == 1
    assert page.get_by_role("link", name="Musnahkan yang rusak").count() == 0
