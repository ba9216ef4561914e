"""A courier's day on a phone in a real browser: with reception, without it, and when everything goes wrong."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from delivery.actions import attempt as attempts
from delivery.actions import round as rounds
from delivery.actions.round import Opening
from delivery.models import Attempt, Review, RoundCard
from tests.delivery.rounds.walk import a_round, card_of, named, places, said, the_officer

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 640}


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=PHONE, has_touch=True)
    context.set_default_timeout(10_000)
    yield context
    context.close()


def a_walk(count: int = 3) -> Opening:
    """A round that waits for its courier, and its link."""
    its_round = a_round(count)
    for place in places(its_round):
        named(place.card_id, f"WARGA {place.position}")
    return rounds.open_link(its_round, by=the_officer())


def enter(page: Page, site: str, walk: Opening, *, go: bool = True) -> None:
    if go:
        page.goto(f"{site}/kurir/{walk.token}/")
    page.fill("#pin", walk.pin)
    page.click("text=Buka")


def begin(page: Page, site: str, walk: Opening, count: int = 3) -> None:
    """PIN and count; ready without reception."""
    enter(page, site, walk)
    page.fill("#jumlah", str(count))
    page.click("text=Saya terima kartunya")
    expect(page.locator("main")).to_contain_text("Siap tanpa sinyal")


def deliver(page: Page, *, family: str = "") -> None:
    page.click("text=Kartu berikutnya")
    page.click("button.yes")
    if family:
        page.check("input[value=family]")
        page.fill("#nama", family)
    else:
        page.check("input[value=holder]")
    page.check("input[name=cocok]")
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.locator("ol.cards")).to_be_visible()


def fail(page: Page, why: str) -> None:
    page.click("text=Kartu berikutnya")
    page.click("button.no")
    page.check(f"text={why}")
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.locator("ol.cards")).to_be_visible()


def top(page: Page):
    return page.locator(".top")


def stages(walk: Opening) -> list[str]:
    return [card_of(place).stage for place in places(walk.link.round)]


def test_a_day_with_reception(live_site: str, phone: BrowserContext) -> None:
    walk = a_walk()
    page = phone.new_page()
    begin(page, live_site, walk)
    assert stages(walk) == ["OUT_FOR_DELIVERY"] * 3
    deliver(page, family="Ibu Sri")
    fail(page, "Tidak di rumah")
    fail(page, "Menolak")
    expect(top(page)).to_contain_text("Semua terkirim")
    expect(page.locator("h1")).to_have_text("1 kartu lagi")
    assert stages(walk) == ["DELIVERED", "OUT_FOR_DELIVERY", "RETURNED"]


def test_without_reception_nothing_is_lost_and_each_attempt_is_sent_once(
    live_site: str, phone: BrowserContext
) -> None:
    walk = a_walk()
    page = phone.new_page()
    begin(page, live_site, walk)
    phone.set_offline(True)
    deliver(page)
    fail(page, "Tidak di rumah")
    expect(top(page)).to_have_text("2 tersimpan di HP ini, belum terkirim")
    assert Attempt.objects.count() == 0
    page.reload()
    enter(page, live_site, walk, go=False)
    expect(top(page)).to_have_text("2 tersimpan di HP ini, belum terkirim")
    expect(page.locator("ol.cards")).to_contain_text("Tersimpan di HP ini")
    phone.set_offline(False)
    expect(top(page)).to_contain_text("Semua terkirim")
    assert Attempt.objects.count() == 2
    assert stages(walk) == ["DELIVERED", "OUT_FOR_DELIVERY", "OUT_FOR_DELIVERY"]


def kept_on(page: Page) -> list[int]:
    """How many rounds, rounds with names, and attempts the phone keeps."""
    return page.evaluate(
        """() => new Promise((resolve) => {
            const asked = indexedDB.open("kurir");
            asked.onsuccess = () => {
                const act = asked.result.transaction(["rounds", "attempts"]);
                const rounds = act.objectStore("rounds").getAll();
                const attempts = act.objectStore("attempts").count();
                act.oncomplete = () => resolve([rounds.result.length, rounds.result.filter((r) => r.cards).length,
                                                attempts.result]);
            };
        })"""
    )


def test_the_phone_keeps_nothing_in_the_clear(live_site: str, phone: BrowserContext) -> None:
    walk = a_walk()
    page = phone.new_page()
    begin(page, live_site, walk)
    phone.set_offline(True)
    deliver(page, family="Ibu Sri")
    stored = page.evaluate(
        """() => new Promise((resolve) => {
            const asked = indexedDB.open("kurir");
            asked.onsuccess = () => {
                const act = asked.result.transaction(["rounds", "attempts"]);
                const found = [act.objectStore("rounds").getAll(), act.objectStore("attempts").getAll()];
                const bytes = (v) => Array.from(new Uint8Array(v), (b) => String.fromCharCode(b)).join("");
                const text = (v) => v instanceof ArrayBuffer ? bytes(v) : ArrayBuffer.isView(v) ? bytes(v.buffer)
                    : v && typeof v === "object" ? Object.values(v).map(text).join(" ") : String(v);
                act.oncomplete = () => resolve(found.map((one) => text(one.result)).join(" "));
            };
        })"""
    )
    for secret in ("Warga", "Sri", "RT 0", "delivered", walk.pin):
        assert secret not in stored
    assert page.evaluate("() => [localStorage.length, sessionStorage.length]") == [0, 0]


def test_a_wrong_pin_opens_nothing_without_reception(live_site: str, phone: BrowserContext) -> None:
    walk = a_walk()
    page = phone.new_page()
    begin(page, live_site, walk)
    phone.set_offline(True)
    page.reload()
    wrong = "000000" if walk.pin != "000000" else "111111"
    for left in (4, 3, 2, 1, 0):
        page.fill("#pin", wrong)
        page.click("text=Buka")
        expect(page.locator("#galat")).to_contain_text(f"Sisa {left} kali")
        page.evaluate("document.getElementById('galat').replaceChildren()")
    page.fill("#pin", walk.pin)
    page.click("text=Buka")
    expect(page.locator("#galat")).to_contain_text("Cari sinyal")
    phone.set_offline(False)
    enter(page, live_site, walk, go=False)
    expect(page.locator("h1")).to_have_text("3 kartu lagi")


def test_a_revoked_link_gives_up_its_unsent_attempts_and_every_name(
    live_site: str, phone: BrowserContext
) -> None:
    walk = a_walk(5)
    page = phone.new_page()
    begin(page, live_site, walk, 5)
    phone.set_offline(True)
    for _ in range(3):
        deliver(page)
    fail(page, "Menolak")
    fail(page, "Pindah")
    expect(top(page)).to_have_text("5 tersimpan di HP ini, belum terkirim")
    rounds.revoke_link(walk.link.round, by=the_officer())
    phone.set_offline(False)
    expect(page.locator("h1")).to_have_text("Putaran ini sudah berakhir")
    expect(page.locator("main")).to_contain_text("Semua catatan Anda sudah diterima")
    assert "Warga" not in page.content()
    assert kept_on(page) == [0, 0, 0]
    assert Review.objects.filter(why="link_ended").count() == 5
    assert stages(walk) == ["OUT_FOR_DELIVERY"] * 5


def test_a_link_revoked_while_the_page_was_closed_needs_the_pin_for_what_is_unsent_only(
    live_site: str, phone: BrowserContext
) -> None:
    walk = a_walk()
    page = phone.new_page()
    begin(page, live_site, walk)
    phone.set_offline(True)
    deliver(page)
    page.close()
    rounds.end_round(walk.link.round, by=the_officer())
    phone.set_offline(False)
    page = phone.new_page()
    page.goto(f"{live_site}/kurir/{walk.token}/")
    expect(page.locator("h1")).to_have_text("Masukkan PIN")
    page.wait_for_function(
        """() => new Promise((resolve) => {
            const asked = indexedDB.open("kurir");
            asked.onsuccess = () => {
                const all = asked.result.transaction("rounds").objectStore("rounds").getAll();
                all.onsuccess = () => resolve(all.result.every((one) => one.cards === null));
            };
        })"""
    )
    assert kept_on(page) == [1, 0, 1]
    enter(page, live_site, walk, go=False)
    expect(page.locator("main")).to_contain_text("Semua catatan Anda sudah diterima")
    assert kept_on(page) == [0, 0, 0]
    assert Review.objects.count() == 1


def test_a_round_that_ended_is_wiped_without_a_pin(live_site: str, phone: BrowserContext) -> None:
    walk = a_walk()
    page = phone.new_page()
    begin(page, live_site, walk)
    page.goto("about:blank")
    rounds.end_round(walk.link.round, by=the_officer())
    page.goto(f"{live_site}/kurir/{walk.token}/")
    expect(page.locator("h1")).to_have_text("Putaran ini sudah berakhir")
    assert kept_on(page) == [0, 0, 0]
    assert page.goto(f"{live_site}/kurir/{walk.token}/").status == 404


def test_two_phones_of_one_courier(live_site: str, browser: Browser, phone: BrowserContext) -> None:
    walk = a_walk()
    other = browser.new_context(viewport=PHONE)
    other.set_default_timeout(10_000)
    first, second = phone.new_page(), other.new_page()
    begin(first, live_site, walk)
    enter(second, live_site, walk)
    expect(second.locator("h1")).to_have_text("3 kartu lagi")
    for context in (phone, other):
        context.set_offline(True)
    deliver(first)
    deliver(second)
    fail(first, "Menolak")
    fail(second, "Pindah")
    phone.set_offline(False)
    expect(top(first)).to_contain_text("Semua terkirim")
    other.set_offline(False)
    expect(top(second)).to_contain_text("Semua terkirim")
    assert sorted(Attempt.objects.values_list("verdict", flat=True)) == [
        "agrees",
        "booked",
        "booked",
        "review",
    ]
    assert stages(walk) == ["DELIVERED", "RETURNED", "OUT_FOR_DELIVERY"]
    other.close()


def test_a_second_tab_sees_the_same_and_sends_once(live_site: str, phone: BrowserContext) -> None:
    walk = a_walk()
    one, two = phone.new_page(), phone.new_page()
    begin(one, live_site, walk)
    enter(two, live_site, walk)
    expect(two.locator("h1")).to_have_text("3 kartu lagi")
    phone.set_offline(True)
    deliver(one)
    expect(top(two)).to_have_text("1 tersimpan di HP ini, belum terkirim")
    deliver(two)
    expect(top(one)).to_have_text("2 tersimpan di HP ini, belum terkirim")
    phone.set_offline(False)
    expect(top(one)).to_contain_text("Semua terkirim")
    expect(top(two)).to_contain_text("Semua terkirim")
    assert list(Attempt.objects.values_list("verdict", flat=True)) == ["booked", "booked"]


def test_what_the_officer_booked_meanwhile_is_not_booked_twice(live_site: str, phone: BrowserContext) -> None:
    walk = a_walk()
    page = phone.new_page()
    begin(page, live_site, walk)
    phone.set_offline(True)
    deliver(page)
    deliver(page)
    one, two, _three = places(walk.link.round)
    attempts.book_from_paper(
        walk.link.round, [said(one, "delivered"), said(two, "refused")], by=the_officer()
    )
    phone.set_offline(False)
    expect(top(page)).to_contain_text("Semua terkirim")
    assert stages(walk) == ["DELIVERED", "RETURNED", "OUT_FOR_DELIVERY"]
    assert Review.objects.get().why == "decided"
    expect(page.locator("h1")).to_have_text("1 kartu lagi")


def test_a_full_disk_loses_nothing(live_site: str, phone: BrowserContext) -> None:
    """The phone can keep nothing: what is typed stays in its form until the site has it."""
    walk = a_walk()
    rounds.begin_by_phone(walk.link, counted=3)
    page = phone.new_page()
    page.goto(f"{live_site}/kurir/{walk.token}/")
    tool = phone.new_cdp_session(page)
    tool.send("Storage.overrideQuotaForOrigin", {"origin": live_site, "quotaSize": 1})
    enter(page, live_site, walk, go=False)
    expect(top(page)).to_contain_text("HP penuh: hapus foto atau video")
    phone.set_offline(True)
    page.click("text=Kartu berikutnya")
    page.click("button.yes")
    page.check("input[value=holder]")
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.locator("[role=alert]")).to_contain_text("Belum tersimpan: HP ini penuh")
    assert page.is_checked("input[value=holder]")
    phone.set_offline(False)
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.locator("ol.cards")).to_contain_text("Terkirim: Diserahkan")
    assert stages(walk)[0] == "DELIVERED"


def test_a_phone_whose_clock_is_wrong_by_days_is_told(live_site: str, phone: BrowserContext) -> None:
    walk = a_walk()
    page = phone.new_page()
    page.clock.install(time="2031-01-01T08:00:00Z")
    page.clock.resume()
    begin(page, live_site, walk)
    deliver(page)
    expect(top(page)).to_contain_text("Semua terkirim")
    expect(top(page)).to_contain_text("Jam HP ini salah")
    walk.link.refresh_from_db()
    assert walk.link.skew and walk.link.skew > 86400
    assert Attempt.objects.get().happened_at.year < 2031


def test_no_page_needs_the_script(live_site: str, browser: Browser) -> None:
    walk = a_walk()
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    context.set_default_timeout(10_000)
    page = context.new_page()
    enter(page, live_site, walk)
    page.fill("#jumlah", "3")
    page.click("text=Saya terima kartunya")
    for name, button, choice in (
        ("Warga 1", "Diserahkan", "input[value=holder]"),
        ("Warga 2", "Tidak dapat diserahkan", "input[value=not_home]"),
    ):
        page.click(f"text={name}")
        page.get_by_role("link", name=button, exact=True).click()
        page.check(choice)
        page.get_by_role("button", name="Kirim", exact=True).click()
        expect(page.locator("[role=status]")).to_contain_text("dicatat")
    assert stages(walk) == ["DELIVERED", "OUT_FOR_DELIVERY", "OUT_FOR_DELIVERY"]
    assert RoundCard.objects.filter(tries=1).count() == 1
    context.close()
