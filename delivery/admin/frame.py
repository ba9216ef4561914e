"""What the staff pages of this room share: who may see them, and their frame."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from blanks.admin.frame import a_request, away, kecamatan_of, request_of
from staff.admin import frame
from staff.models import User

__all__ = ["a_request", "asked_by", "away", "kecamatan_of", "page", "request_of"]


def asked_by(request: HttpRequest, right: str) -> User:
    """The person, if they have this right of the room and see the whole city; else PermissionDenied."""
    return frame.asked_by(request, f"delivery.{right}")


def page(
    request: HttpRequest, template: str, title: Any, *, status: int = 200, **context: Any
) -> HttpResponse:
    """A page of this room in the frame of the staff site; nothing of it is kept by a browser."""
    answer = frame.page(request, f"delivery/{template}", title, status=status, **context)
    answer["Cache-Control"] = "no-store"
    return answer
