"""Files that machines look for, the preview to share, and the QR code of a status page."""

import re
from datetime import datetime

import pytest
from django.test import Client, override_settings

from tests.tracking.public.cards import a_card, address
from tests.tracking.public.reading import page
from tracking.public import fresh
from tracking.stages import Stage

pytestmark = pytest.mark.django_db
SITE = "https://ektp.bekasikota.go.id"


def text(path: str) -> str:
    response = Client().get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_robots_leave_personal_and_staff_pages_out() -> None:
    lines = text("/robots.txt").splitlines()
    for barred in (
        "/status/",
        "/en/status/",
        "/tanda-terima/",
        "/tunggu/",
        "/admin/",
        "/petugas/",
        "/kurir/",
        "/api/",
    ):
        assert f"Disallow: {barred}" in lines
    assert "Sitemap: http://testserver/sitemap.xml" in lines


@override_settings(SITE_URL=SITE)
def test_every_page_of_the_sitemap_is_there_and_may_be_indexed() -> None:
    found = re.findall(r"<loc>(.*?)</loc>", text("/sitemap.xml"))
    assert len(found) == 2 * (7 + 12)
    for place in found:
        assert place.startswith(SITE)
        response = Client().get(place.removeprefix(SITE))
        assert response.status_code == 200
        assert "noindex" not in response.content.decode()


@override_settings(SITE_URL=SITE)
def test_security_txt_says_whom_to_tell_and_until_when() -> None:
    fields = dict(line.split(": ", 1) for line in text("/.well-known/security.txt").splitlines())
    assert fields["Contact"] == f"{SITE}/bantuan/#keamanan"
    assert 'id="keamanan"' in page("/bantuan/")
    days = (datetime.fromisoformat(fields["Expires"]) - datetime.now().astimezone()).days
    assert 30 < days < 365


def test_browsers_that_look_for_a_favicon_find_it() -> None:
    response = Client().get("/favicon.ico")
    assert response.status_code == 301
    assert "icon" in response["Location"]


@override_settings(SITE_URL=SITE)
def test_a_page_to_share_names_itself_its_twin_and_a_picture() -> None:
    fresh._kept.clear()
    shown = page("/en/statistik/")
    assert f'<link rel="canonical" href="{SITE}/en/statistik/">' in shown
    assert f'<link rel="alternate" hreflang="id" href="{SITE}/statistik/">' in shown
    assert f'<meta property="og:image" content="{SITE}/static/preview' in shown
    assert '<meta name="description"' in shown
    fresh._kept.clear()


@override_settings(SITE_URL=SITE)
def test_a_personal_page_is_not_for_sharing() -> None:
    shown = Client().get(address(a_card(Stage.RECORDED))).content.decode()
    assert "canonical" not in shown
    assert "og:image" not in shown
    assert "noindex" in shown


def test_the_qr_code_of_a_status_page_is_its_link() -> None:
    path = address(a_card(Stage.RECORDED))
    assert '<img src="qr.svg"' in Client().get(path).content.decode()
    response = Client().get(f"{path}qr.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response.content.startswith(b"<?xml")
    assert Client().get("/status/x/qr.svg").status_code == 404


def test_the_widget_alone_may_be_framed_and_by_the_city_alone() -> None:
    for path in ("/widget/", "/en/widget/"):
        response = Client().get(path)
        assert (
            "frame-ancestors https://bekasikota.go.id https://www.bekasikota.go.id"
            in response["Content-Security-Policy"]
        )
        assert "X-Frame-Options" not in response
        assert not response.cookies
        shown = response.content.decode()
        links = re.findall(r"<(?:a|form)\s[^>]*>", shown)
        assert links
        assert all('target="_top"' in link for link in links)
    assert "frame-ancestors 'none'" in Client().get("/")["Content-Security-Policy"]
