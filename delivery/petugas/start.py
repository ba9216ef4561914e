"""The start page: worst first, each with its count and the age of the oldest."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from .frame import officer, own, page
from .queues import waiting


@require_safe
@officer
def start(request: HttpRequest) -> HttpResponse:
    """What waits for this kecamatan. For its officers."""
    found = waiting(own(request))
    late = [one for one in found if one.late]
    return page(
        request,
        "start.html",
        "Pekerjaan hari ini",
        late=late,
        queues=[one for one in found if one.count and not one.late],
        empty=[one for one in found if not one.count],
    )
