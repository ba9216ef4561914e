"""`/antrean/`: the queue of every kecamatan, and of one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ..public import queries
from ..public.answer import language_of, page


@require_safe
def queues(request: HttpRequest) -> HttpResponse:
    """A row for each kecamatan: how many wait, whose turn it is."""
    language = language_of(request)
    return page(
        request,
        "queues.html",
        rows=queries.queues(language),
        rule=queries.letter_rule(language),
        now=queries.moment(language),
    )


@require_safe
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    """One kecamatan's queue by letter."""
    language = language_of(request)
    found = queries.queue(slug, language)
    if found is None:
        raise Http404
    return page(
        request,
        "queue.html",
        queue=found,
        rule=queries.letter_rule(language),
        now=queries.moment(language),
    )
