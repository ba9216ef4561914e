"""Late results: a card was printed after it had left its batch. Somebody looks where that card lies."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from staff.site import site
from tracking.refusals import Refused

from ..actions.late import settle
from ..ledger import Outcome
from ..queries.printing import stages, unsettled
from ..serials import written
from .frame import asked_by, away, page

SHOWN = 100


def late(request: HttpRequest) -> HttpResponse:
    """Those that wait; POST says that one has been looked into."""
    user = asked_by(request, "view_printbatch")
    if request.method == "POST":
        asked_by(request, "change_late")
        key = request.POST.get("hasil", "")
        try:
            settle(int(key) if key.isdecimal() and len(key) < 19 else 0, by=user)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Hasil terlambat sudah diselesaikan."))
        return away("blanks_late")
    found = list(unsettled()[:SHOWN])
    where = stages(one.result.card_id for one in found)
    rows = [
        {
            "late": one,
            "outcome": Outcome(one.result.outcome).label,
            "serial": written(one.result.series_id or 0, one.result.number or 0),
            "stage": where.get(one.result.card_id, ""),
        }
        for one in found
    ]
    return page(
        request,
        "print_late.html",
        _("Hasil terlambat"),
        rows=rows,
        may_settle=request.user.has_perm("blanks.change_late"),
    )


site.page("blanks/terlambat/", late, "blanks_late")
