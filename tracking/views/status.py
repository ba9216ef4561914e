"""`/status/<token>/`: where one card is."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from .. import limits, tokens
from ..public import status_page
from ..public.answer import come_back, dead_link, language_of, personal


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
