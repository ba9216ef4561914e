"""`/status/<token>/`: where one card is."""

import io
from functools import lru_cache

import segno
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from .. import limits, tokens
from ..public import status_page
from ..public.answer import come_back, dead_link, language_of, personal, site_of


@require_safe
def status(request: HttpRequest, token: str) -> HttpResponse:
    """The card of a link; a dead or malformed one is a miss."""
    try:
        card = status_page.read(tokens.read(token), limits.misses_key(request))
    except LookupError:
        return dead_link(request)
    if isinstance(card, float):
        return come_back(request, card)
    address = request.get_host() + request.path_info
    return personal(HttpResponse(status_page.page(card, language_of(request), address)))


@require_safe
def qr(request: HttpRequest, token: str) -> HttpResponse:
    """The link as a QR code, to keep. For whoever has the link; a malformed one is no page."""
    if tokens.read(token) == tokens.NOWHERE:
        return dead_link(request)
    return personal(
        HttpResponse(_code(site_of(request) + reverse("status", args=[token])), content_type="image/svg+xml")
    )


@lru_cache(maxsize=1024)
def _code(address: str) -> bytes:
    image = io.BytesIO()
    segno.make(address, error="m").save(
        image, kind="svg", border=2, light="#fff", svgclass=None, lineclass=None
    )
    return image.getvalue()
