"""How the courier's addresses answer: kept by nobody, asked from our own pages alone, 404 for a dead link."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from tracking.public.answer import personal
from tracking.views.lookup import is_ours

from . import assets, entry

View = Callable[..., HttpResponse]


def with_link(view: View) -> View:
    """Whoever has the address of a living link; a POST comes from our own pages (no cookie says it is theirs)."""

    @csrf_exempt
    @wraps(view)
    def found(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not is_ours(request.headers.get("Origin"), request.get_host()):
            return personal(HttpResponse(status=403))
        link = entry.living(token)
        if link is None:
            raise Http404
        return personal(view(request, link, **kwargs))

    return found


def with_pin(view: View) -> View:
    """Whoever has also given the PIN, by the cookie; else the page that asks for it."""

    @with_link
    @wraps(view)
    def known(request: HttpRequest, link: Any, **kwargs: Any) -> HttpResponse:
        if not entry.is_in(request, link):
            return shell(request) if request.method == "GET" else HttpResponse(status=403)
        return view(request, link, **kwargs)

    return known


def shell(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    """The page that asks for the PIN, with everything the script needs and nothing about the round."""
    return page(request, "masuk.html", status=status, scripts=assets.scripts(), **context)


def page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, f"kurir/{template}", context | {"demo": settings.DEMO}, status=status)


def told(status: int = 200, **what: Any) -> JsonResponse:
    return JsonResponse(what, status=status)
