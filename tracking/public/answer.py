"""A public page as an answer: its language, its twin in the other one, and who may keep it."""

import math
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.urls import reverse

from . import dates, queries


def language_of(request: HttpRequest) -> str:
    return "en" if f"{request.path_info}/".startswith("/en/") else "id"


def site_of(request: HttpRequest) -> str:
    """The public address of the site, without a slash at its end: as it is set, or as it was asked for."""
    return settings.SITE_URL or request.build_absolute_uri("/").rstrip("/")


def page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page from its template, with what the base template needs."""
    language = language_of(request)
    # an address that does not exist is not repeated: somebody may have typed a NIK into it
    path = request.path_info if status < 400 else reverse("lookup")
    context |= {
        "language": language,
        "other_address": path.removeprefix("/en") if language == "en" else f"/en{path}",
        "demo": settings.DEMO,
    }
    return HttpResponse(get_template(f"public/{template}").render(context), status=status)


def open_page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """A page for everybody and for search engines: with its own address, its twin's, and a preview to share."""
    path = request.path_info.removeprefix("/en") if language_of(request) == "en" else request.path_info
    return page(request, template, site=settings.SITE_URL, open_path=path, **context)


def personal(response: HttpResponse) -> HttpResponse:
    """Kept by nobody, found by no search engine."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def come_back(request: HttpRequest, wait: float) -> HttpResponse:
    """429: too many look-ups; when to try again."""
    until = dates.now() + timedelta(seconds=wait)
    until = until.replace(second=0) + timedelta(minutes=1)
    response = page(
        request,
        "wait.html",
        status=429,
        until=dates.clock(until, language_of(request)),
        home=reverse("lookup"),
        office=queries.main_office(),
    )
    response.headers["Retry-After"] = str(math.ceil(wait))
    return personal(response)


def dead_link(request: HttpRequest) -> HttpResponse:
    """404 for a link that opens nothing, with the form as its way out."""
    return personal(page(request, "dead_link.html", status=404))
