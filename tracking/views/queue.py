"""`/antrean/`: the queue of every kecamatan, and of one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ..public import dates, queue_page
from ..public.answer import open_page
from ..public.fresh import kept
from ..publication import queries as publication


@require_safe
@kept
def queues(request: HttpRequest) -> HttpResponse:
    """A row for each kecamatan: how far it has printed, how many wait, on what it prints. For everybody."""
    return open_page(request, "queues.html", queues=queue_page.whole(), now=dates.now())


@require_safe
@kept
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    """One kecamatan's queue by letter, with all that decides when a number is printed. For everybody."""
    found = queue_page.one(slug)
    if found is None:
        raise Http404
    return open_page(
        request, "queue.html", one=found, now=dates.now(), published=publication.newest() is not None
    )
