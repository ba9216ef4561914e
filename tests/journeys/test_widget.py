"""The widget in another site's page, by the line of docs/widget.md, in a real browser; and where it is refused."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests import live
from tests.people import SITI
from tests.tracking.public.cards import a_card, address
from tracking.stages import Stage

pytestmark = pytest.mark.browser
DOCS = Path(__file__).parents[2] / "docs" / "widget.md"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def city_site(folder: Path, line: str) -> Iterator[str]:
    """A page of the city's with that line in it, on an origin of its own."""
    (folder / "index.html").write_text(f"<!doctype html><html lang=id><title>Kota</title><h1>Kota</h1>{line}")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def line_for(site: str) -> str:
    """What the document tells the city to paste, with this site's address."""
    (line,) = re.findall(r"<iframe .*</iframe>", DOCS.read_text())
    return line.replace("https://ektp.bekasikota.go.id", site)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_look_up_in_the_frame_opens_outside_it(
    live_site: str, browser: Browser, tmp_path: Path, script: bool
) -> None:
    card = a_card(Stage.RECORDED)
    with city_site(tmp_path, "") as city, live.serving(FRAME_ANCESTORS=city) as site:
        (tmp_path / "index.html").write_text(
            f"<!doctype html><html lang=id><title>Kota</title>{line_for(site)}"
        )
        context = browser.new_context(viewport={"width": 280, "height": 640}, java_script_enabled=script)
        page = context.new_page()
        page.goto(f"{city}/")
        frame = page.frame_locator("iframe")
        frame.get_by_label("NIK").fill(SITI)
        frame.get_by_role("button", name="Lihat status").click()
        page.wait_for_url(site + address(card))
        assert page.get_by_role("heading", level=1).inner_text() == "Sudah direkam"
        assert len(page.frames) == 1
        context.close()


def test_at_280_pixels_nothing_of_it_is_cut_off(live_site: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 280, "height": 420})
    page = context.new_page()
    for path in ("/widget/", "/en/widget/"):
        page.goto(live_site + path)
        assert page.evaluate("document.documentElement.scrollWidth") == 280
        assert page.get_by_role("button").bounding_box()["y"] < 300  # type: ignore[index]
    context.close()


def test_no_other_site_and_no_other_page_is_framed(live_site: str, browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context()
    page = context.new_page()
    for framed, own in (("/widget/", False), ("/", True)):
        with (
            city_site(tmp_path, "") as city,
            live.serving(FRAME_ANCESTORS=city if own else "https://bekasikota.go.id") as site,
        ):
            (tmp_path / "index.html").write_text(
                f'<!doctype html><title>Lain</title><iframe src="{site}{framed}"></iframe>'
            )
            page.goto(f"{city}/")
            assert page.frame_locator("iframe").locator("#nik").count() == 0
    context.close()
