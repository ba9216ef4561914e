"""The public's lean chain and staff's full one; what every answer says to the browser."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import path
from django.utils.translation import get_language

from bekasi_ektp import csp, proxies


def page(request: HttpRequest) -> HttpResponse:
    has_session = hasattr(request, "session")
    said = f"{get_language()} session={has_session} user={hasattr(request, 'user')}"
    return HttpResponse(said, content_type="text/plain")


def framed(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("widget", content_type="text/plain")
    response.framed_by = ["https://bekasikota.go.id"]  # type: ignore[attr-defined]
    return response


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


urlpatterns = [
    *(path(f"{prefix}page/", page) for prefix in ("", "en/", "admin/", "petugas/", "kurir/", "api/")),
    path("widget/", framed),
    path("en/", page),
    path("broken/", broken),
]
pytestmark = pytest.mark.urls(__name__)


@pytest.mark.parametrize(("address", "language"), [("/page/", "id"), ("/en/page/", "en")])
def test_public_pages_have_no_session_and_their_addresss_language(
    client: Client, address: str, language: str
) -> None:
    response = client.get(address, HTTP_ACCEPT_LANGUAGE="fr")
    assert response.content.decode() == f"{language} session=False user=False"
    assert response.headers["Content-Language"] == language
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("prefix", settings.STAFF_PREFIXES)
def test_staff_pages_have_the_full_chain(client: Client, prefix: str) -> None:
    assert client.get(f"{prefix}page/").content == b"id session=True user=True"


@pytest.mark.parametrize("address", ["/page/", "/admin/page/", "/absent/", "/broken/"])
def test_every_answer_is_strict(client: Client, address: str) -> None:
    client.raise_request_exception = False
    answer = client.get(address).headers
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert policy.endswith("frame-ancestors 'none'")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]


def test_a_page_may_say_who_frames_it(client: Client) -> None:
    answer = client.get("/widget/").headers
    assert answer["Content-Security-Policy"] == f"{csp.POLICY}https://bekasikota.go.id"
    assert "X-Frame-Options" not in answer


def test_an_address_without_its_slash_is_led_on(client: Client) -> None:
    assert client.get("/page").headers["Location"] == "/page/"
    assert client.get("/en").headers["Location"] == "/en/"


def test_another_host_is_refused(client: Client) -> None:
    assert client.get("/page/", HTTP_HOST="evil.example").status_code == 400


@pytest.mark.parametrize(
    ("length", "is_refused"), [("32768", False), ("32769", True), ("-1", True), ("x", True)]
)
def test_a_form_that_is_longer_than_any_of_ours_is_refused_unread(
    client: Client, length: str, is_refused: bool
) -> None:
    form = "application/x-www-form-urlencoded"
    answer = client.post("/", b"nik=1", content_type=form, CONTENT_LENGTH=length)
    assert (answer.status_code == 413) is is_refused


def test_a_failing_page_is_500(client: Client) -> None:
    client.raise_request_exception = False
    assert client.get("/broken/").status_code == 500


def test_alive_without_a_database(client: Client) -> None:
    response = client.get("/healthz", HTTP_HOST="10.0.0.7")
    assert (response.status_code, response.content) == (200, b"alive\n")


@pytest.mark.django_db
def test_ready_when_migrated(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ready\n")
    assert response.headers["Cache-Control"] == "no-store"


def test_not_ready_when_migrations_wait(
    client: Client, committed: None, owner_sql: Callable[..., object]
) -> None:
    owner_sql("DELETE FROM django_migrations WHERE app = 'tracking' AND name LIKE '0001%'")
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"database not migrated: 1 to go\n")


def test_not_ready_without_its_tables(
    client: Client, committed: None, owner_sql: Callable[..., object]
) -> None:
    owner_sql("ALTER TABLE django_migrations RENAME TO elsewhere")
    try:
        assert client.get("/readyz").status_code == 503
    finally:
        owner_sql("ALTER TABLE elsewhere RENAME TO django_migrations")


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "visitor"),
    [
        ([], "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (["10.0.0.1"], "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (["10.0.0.1"], "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (["10.0.0.0/8"], "10.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (["10.0.0.1"], "10.0.0.1", "invented, nonsense", "10.0.0.1"),
        (["10.0.0.1"], "10.0.0.1", "", "10.0.0.1"),
        (["10.0.0.1"], "", "2001:db8::1", "2001:db8::1"),
    ],
)
def test_only_trusted_proxies_say_who_the_visitor_is(
    trusted: list[str], peer: str, forwarded: str, visitor: str, settings: object
) -> None:
    settings.TRUSTED_PROXIES = trusted  # type: ignore[attr-defined]
    proxies._is_trusted.cache_clear()

    def answer(request: HttpRequest) -> HttpResponseBase:
        return HttpResponse(proxies.client(request))

    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert proxies.edge(answer)(request).content.decode() == visitor  # type: ignore[attr-defined]
    proxies._is_trusted.cache_clear()


def test_nobody_else_says_it_was_https(settings: object) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.1"]  # type: ignore[attr-defined]
    proxies._is_trusted.cache_clear()
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_PROTO="https")
    proxies.edge(lambda request: HttpResponse())(request)
    assert "HTTP_X_FORWARDED_PROTO" not in request.META
    proxies._is_trusted.cache_clear()
