"""What the staff pages of this room share: who may see them, and their frame."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from blanks.admin.frame import a_request, away, kecamatan_of, request_of
from staff.models import User
from staff.scope import scope_of

__all__ = ["a_request", "asked_by", "away", "kecamatan_of", "page", "request_of"]


def asked_by(request: HttpRequest, right: str) -> User:
    """The person, if they have the right and see the whole city; else PermissionDenied."""
    user: Any = request.user
    if not (scope_of(user).whole_city and user.has_perm(f"delivery.{right}")):
        raise PermissionDenied
    return user  # type: ignore[no-any-return]


def page(
    request: HttpRequest, template: str, title: Any, *, status: int = 200, **context: Any
) -> HttpResponse:
    """A page in the frame of the staff site; nothing of it is kept by a browser."""
    around = {**admin.site.each_context(request), "title": title}
    answer = TemplateResponse(request, f"delivery/{template}", {**around, **context}, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
