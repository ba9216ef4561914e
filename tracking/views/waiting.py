"""`/tunggu/<token>/`: the answer of a look-up that waits, because the whole city asks too much."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from .. import tokens, waiting
from ..public import dates, queries
from ..public.answer import dead_link, language_of, page, personal


@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: HttpRequest, token: str) -> HttpResponse:
    """Asks again by itself; POST brings a proof of work and need not wait."""
    try:
        delayed = waiting.read(token)
    except LookupError:
        return dead_link(request)
    proven = request.method == "POST" and waiting.is_proven(token, request.POST.get("altcha", ""))
    if delayed.seconds and not proven:
        return _page(request, token, delayed.seconds)
    if not delayed.card_id:
        return not_recorded(request, delayed.data_at)
    answer = HttpResponseRedirect(reverse("status", args=[tokens.token(delayed.card_id, delayed.version)]))
    answer.status_code = 303
    return personal(answer)


def delay(request: HttpRequest, found: queries.Found) -> HttpResponse:
    """Instead of the answer: the way to the page that waits."""
    data_at = found.data_at.timestamp() if found.data_at else 0
    token = waiting.token(found.card_id, found.version, data_at)
    answer = HttpResponseRedirect(reverse("waiting", args=[token]))
    answer.status_code = 303
    return personal(answer)


def not_recorded(request: HttpRequest, data_at: float) -> HttpResponse:
    """404: this NIK is not in our data, which may mean many things."""
    language = language_of(request)
    return personal(
        page(
            request,
            "not_recorded.html",
            status=404,
            data_at=dates.full(dates.at(int(data_at)), language) if data_at else "",
            office=queries.main_office(),
        )
    )


def _page(request: HttpRequest, token: str, seconds: int) -> HttpResponse:
    answer = page(request, "waiting.html", seconds=seconds, challenge=waiting.challenge(token))
    answer.headers["Refresh"] = str(seconds)
    return personal(answer)
