"""Papers that kecamatan took back: an operator confirms that a list has come, a supervisor has it destroyed."""

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from staff.site import site
from staff.typed import number_in
from tracking.refusals import Refused

from ..actions.counter import destroy_papers, receive_papers
from ..models.counter import PaperList
from ..papers.suket import list_paper
from ..queries.counter import lists
from .frame import asked_by, away, page

DONE_SHOWN = 50


def papers(request: HttpRequest) -> HttpResponse:
    """Lists on their way, here, and destroyed. For whoever may see them; operators receive, supervisors destroy."""
    user = asked_by(request, "view_paperlist")
    if request.method == "POST":
        return _moved(request)
    found = lists(None).annotate(size=Count("papers"))
    return page(
        request,
        "papers.html",
        _("Dokumen yang ditarik"),
        coming=_oldest(found.filter(received_at__isnull=True)),
        here=_oldest(found.filter(received_at__isnull=False, destroyed_at__isnull=True)),
        done=found.filter(destroyed_at__isnull=False)[:DONE_SHOWN],
        may_receive=user.has_perm("delivery.change_paperlist"),
        may_destroy=user.has_perm("delivery.change_listedpaper"),
    )


def paper_list(request: HttpRequest, key: int) -> HttpResponse:
    """A list as PDF, to check the papers against it. For whoever may see the lists."""
    asked_by(request, "view_paperlist")
    made = lists(None).filter(pk=key).first()
    if made is None:
        raise Http404
    lines = made.papers.order_by("card_id", "kind")
    answer = HttpResponse(list_paper(made, lines), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="dokumen-{made.pk}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


def _moved(request: HttpRequest) -> HttpResponse:
    destroys = "musnahkan" in request.POST
    user = asked_by(request, "change_listedpaper" if destroys else "change_paperlist")
    key = number_in(request.POST.get("musnahkan" if destroys else "terima")) or 0
    try:
        (destroy_papers if destroys else receive_papers)(key, by=user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        told = _("Daftar %(n)s dimusnahkan.") if destroys else _("Daftar %(n)s diterima.")
        messages.success(request, told % {"n": key})
    return away("delivery_papers")


def _oldest(found: QuerySet[PaperList]) -> QuerySet[PaperList]:
    return found.order_by("pk")


site.page("delivery/dokumen/", papers, "delivery_papers")
site.page("delivery/dokumen/<int:key>/daftar.pdf", paper_list, "delivery_paper_list")
