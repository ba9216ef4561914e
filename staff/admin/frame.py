"""A page of ours in the frame of the staff site, and who may see it."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from ..models import User
from ..scope import scope_of


def asked_by(request: HttpRequest, right: str) -> User:
    """The person, if they have the right (`blanks.view_account`) and see the whole city; else PermissionDenied."""
    user: Any = request.user
    if not (scope_of(user).whole_city and user.has_perm(right)):
        raise PermissionDenied
    return user  # type: ignore[no-any-return]


def page(
    request: HttpRequest, template: str, title: Any, *, status: int = 200, **context: Any
) -> HttpResponse:
    """A template in the frame of the staff site."""
    around = {**admin.site.each_context(request), "title": title}
    return TemplateResponse(request, template, {**around, **context}, status=status)
