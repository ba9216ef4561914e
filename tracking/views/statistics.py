"""`/statistik/`: how many cards are where, from the counters the database keeps."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ..public import queries
from ..public.answer import language_of, page


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """The share served, the stages, the kecamatan."""
    language = language_of(request)
    return page(
        request,
        "statistics.html",
        figures=queries.statistics(language),
        now=queries.moment(language),
    )
