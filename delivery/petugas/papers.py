"""Papers that the kecamatan has taken back: listed, and sent to Disdukcapil with the list."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from ..actions.counter import list_papers
from ..papers.suket import list_paper
from ..queries import counter as queries
from .frame import away, officer, own, page, person
from .queues import Queue, queue

SHOWN = 50


@officer
def papers(request: HttpRequest) -> HttpResponse:
    """What waits to be listed, and the lists; POST makes one. For officers."""
    if request.method == "POST":
        made = list_papers(by=person(request), kecamatan=own(request))
        messages.success(
            request, f"Daftar {made.pk} dibuat. Cetak, lalu kirim bersama dokumennya ke Disdukcapil."
        )
        return away("papers")
    kecamatan = own(request)
    return page(
        request,
        "papers.html",
        "Dokumen yang ditarik",
        taken=queries.taken(kecamatan),
        lists=queries.lists(kecamatan)[:SHOWN],
    )


@require_safe
@officer
def paper_list(request: HttpRequest, key: int) -> HttpResponse:
    """A list as PDF. For officers of the kecamatan that made it."""
    made = queries.lists(own(request)).filter(pk=key).first()
    if made is None:
        raise Http404
    answer = HttpResponse(
        list_paper(made, made.papers.order_by("card_id", "kind")), content_type="application/pdf"
    )
    answer["Content-Disposition"] = f'inline; filename="dokumen-{made.pk}.pdf"'
    return answer


@queue
def to_list(kecamatan: int) -> list[Queue]:
    found = queries.taken(kecamatan)
    return [Queue("Dokumen yang ditarik", found.all, found.oldest, reverse("petugas:papers"), "dokumen")]
