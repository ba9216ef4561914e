"""`/bast/<code>/`: whether a record on paper is the one that was signed. Its counts, no card and no person."""

import re

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tracking.public import dates
from tracking.public.answer import dead_link, language_of, page, personal

from ..models import Handover
from ..papers.bast import counted, grouped

_CODE = re.compile(r"[0-9A-Z]{12}", re.ASCII)


@require_safe
def check(request: HttpRequest, code: str) -> HttpResponse:
    """For whoever holds the paper: the code is on it alone."""
    typed = code.upper().replace("-", "")
    made = Handover.objects.filter(check_code=typed).first() if _CODE.fullmatch(typed) else None
    if made is None or made.paper is None or made.ended_at is None:
        return dead_link(request)
    said = made.paper
    answer = page(
        request,
        "record.html",
        number=made.number,
        giver=said["from"],
        taker=said["to"],
        on=dates.day(dates.local(made.ended_at), language_of(request)),
        total=len(said["lines"]),
        counts=counted(said["lines"]),
        code=grouped(typed),
    )
    return personal(answer)
