"""`/status/<token>/lapor/`: a citizen who was told "delivered" and has nothing says so."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from .. import actions, limits, tokens
from ..models import Case
from ..public import queries, status_page
from ..public.answer import come_back, dead_link, page, personal
from ..refusals import Refused
from .lookup import is_ours


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, token: str) -> HttpResponse:
    """Asks once, then opens the case. Whoever has the link may: so it says nothing and asks for no contact."""
    link = tokens.read(token)
    try:
        card = status_page.read(link, limits.misses_key(request))
    except LookupError:
        return dead_link(request)
    if isinstance(card, float):
        return come_back(request, card)
    back = reverse("status", args=[token])
    if request.method != "POST":
        return personal(page(request, "report.html", back=back, office=queries.main_office()))
    if not is_ours(request.headers.get("Origin"), request.get_host()):
        return personal(page(request, "foreign.html", status=403))
    try:
        actions.open_case(link.card_id, kind=Case.Kind.NOT_RECEIVED)
    except Refused as refused:
        office = queries.main_office()
        return personal(
            page(request, "report.html", status=409, back=back, office=office, fault=str(refused))
        )
    answer = HttpResponseRedirect(back)
    answer.status_code = 303
    return personal(answer)
