"""Files that machines look for at the root: what to index, what not, whom to tell about a hole."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import require_safe

from ..models import Kecamatan
from ..public import dates
from ..public.answer import site_of

PERSONAL = ("status", "tanda-terima", "tunggu", "berhenti")
STAFF = ("admin", "petugas", "kurir", "api")
OPEN = ("lookup", "queues", "statistics", "data", "help", "privacy", "accessibility")
SECURITY_DAYS = 180


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Personal and staff pages are left out; they say noindex themselves too. For everybody."""
    barred = [f"{language}/{page}/" for language in ("", "/en") for page in PERSONAL]
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in barred),
        *(f"Disallow: /{name}/" for name in STAFF),
    ]
    return _text([*lines, "Allow: /", f"Sitemap: {site_of(request)}/sitemap.xml"])


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page that is for everybody, in both languages. For everybody."""
    with override("id"):
        paths = [reverse(name) for name in OPEN]
        paths += [reverse("queue", args=[slug]) for slug in Kecamatan.objects.values_list("slug", flat=True)]
    site = site_of(request)
    urls = "".join(
        f"<url><loc>{site}{language}{path}</loc>"
        + "".join(
            f'<xhtml:link rel="alternate" hreflang="{code}" href="{site}{prefix}{path}"/>'
            for code, prefix in (("id", ""), ("en", "/en"))
        )
        + "</url>\n"
        for path in paths
        for language in ("", "/en")
    )
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n{urls}</urlset>\n'
    )
    return HttpResponse(body, content_type="application/xml")


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """RFC 9116: whom to tell about a hole, and how. For everybody."""
    site = site_of(request)
    expires = dates.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=SECURITY_DAYS)
    return _text(
        [
            f"Contact: {site}/bantuan/#keamanan",
            f"Expires: {expires.isoformat()}",
            "Preferred-Languages: id, en",
            f"Canonical: {site}/.well-known/security.txt",
            f"Policy: {site}/bantuan/#keamanan",
        ]
    )


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For browsers that look for it at the root. For everybody."""
    return HttpResponsePermanentRedirect(static("icon.svg"))


def _text(lines: list[str]) -> HttpResponse:
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
