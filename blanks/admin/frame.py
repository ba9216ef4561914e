"""What the pages of this room share: who may see them, their frame, the request that is done once."""

from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from staff.admin import frame
from staff.models import User
from tracking.models import Kecamatan


def asked_by(request: HttpRequest, right: str) -> User:
    """The person, if they have this right of the room and see the whole city; else PermissionDenied."""
    return frame.asked_by(request, f"blanks.{right}")


def page(
    request: HttpRequest, template: str, title: Any, *, status: int = 200, **context: Any
) -> HttpResponse:
    """A page of this room in the frame of the staff site."""
    return frame.page(request, f"blanks/{template}", title, status=status, **context)


def away(name: str, *args: Any, query: str = "") -> HttpResponse:
    """After a write: to the page that shows it."""
    return HttpResponseRedirect(reverse(f"admin:{name}", args=args) + query, status=303)


def a_request() -> str:
    """For a form: sent twice, it is done once."""
    return str(uuid4())


def request_of(data: Any) -> UUID:
    """The form's own number; a new one for what cannot be one."""
    try:
        return UUID(data.get("request", ""))
    except ValueError:
        return uuid4()


def kecamatan_of(slug: str) -> Kecamatan:
    place = Kecamatan.objects.filter(slug=slug).first()
    if place is None:
        raise Http404
    return place
