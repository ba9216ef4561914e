"""What the pages of this room share: who may see them, their frame, the request that is done once."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from staff.models import User
from staff.scope import scope_of
from tracking.models import Kecamatan


def asked_by(request: HttpRequest, right: str) -> User:
    """The person, if they have the right and see the whole city; else PermissionDenied."""
    user: Any = request.user
    if not (scope_of(user).whole_city and user.has_perm(f"blanks.{right}")):
        raise PermissionDenied
    return user  # type: ignore[no-any-return]


def page(
    request: HttpRequest, template: str, title: Any, *, status: int = 200, **context: Any
) -> HttpResponse:
    """A page in the frame of the staff site."""
    around = {**admin.site.each_context(request), "title": title}
    return TemplateResponse(request, f"blanks/{template}", {**around, **context}, status=status)


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
