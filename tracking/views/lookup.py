"""`/`: one field, one button. The NIK travels in the body of a POST; the answer is an opaque address."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from .. import limits, nik, tokens
from ..public import dates, nik_errors, queries
from ..public.answer import come_back, open_page, page, personal
from ..public.fresh import kept
from . import waiting


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("nik")
def lookup(request: HttpRequest) -> HttpResponse:
    """The form, or the way to the status page of the card asked for."""
    if request.method != "POST":
        return _form(request)
    if not is_ours(request.headers.get("Origin"), request.get_host()):
        return personal(page(request, "foreign.html", status=403))
    typed = request.POST.get("nik", "")
    try:
        digits = nik.parse(typed)
    except nik.NikError as error:
        return personal(
            page(request, "lookup.html", status=422, typed=typed[:100], error=nik_errors.message(error))
        )
    found = queries.look_up(limits.lookup_arguments(request, nik.indexes(digits)))
    limits.purge_now_and_then()
    decision = limits.decide(found.wait, found.busy)
    if decision is limits.Decision.REFUSE:
        return come_back(request, found.wait)
    if decision is limits.Decision.SLOW:
        return waiting.delay(request, found)
    if found.card_id is None:
        return waiting.not_recorded(request, found.data_at.timestamp() if found.data_at else 0)
    address = reverse("status", args=[tokens.token(found.card_id, found.version)])
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return personal(response)


@kept
def _form(request: HttpRequest) -> HttpResponse:
    return open_page(request, "lookup.html", tiles=queries.tiles(), now=dates.now())


@require_safe
def widget(request: HttpRequest) -> HttpResponse:
    """The form and today's figures, to be framed by the city's site alone. For everybody."""
    response = _widget(request)
    response.framed_by = settings.FRAME_ANCESTORS  # type: ignore[attr-defined]
    return response


@kept
def _widget(request: HttpRequest) -> HttpResponse:
    return page(request, "widget.html", tiles=queries.tiles(), now=dates.now())


def is_ours(origin: str | None, host: str) -> bool:
    """Whether a form on that site may ask: our own, or one that may frame us. Old browsers send no Origin."""
    if origin is None:
        return True
    site = urlsplit(origin)
    return bool(site.netloc) and (
        site.netloc == host or origin in (settings.SITE_URL, *settings.FRAME_ANCESTORS)
    )
