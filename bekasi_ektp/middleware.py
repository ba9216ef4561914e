"""The order of things around a view: health first, then the public's lean chain or staff's full one."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_resolver
from django.utils import translation
from django.utils.module_loading import import_string

from tracking.public.answer import language_of

from .health import answer

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def health(get_response: GetResponse) -> GetResponse:
    """/healthz and /readyz, before anything that could fail or redirect."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return answer(request) or get_response(request)

    return middleware


def language(get_response: GetResponse) -> GetResponse:
    """English under /en/, Indonesian elsewhere: the address alone decides, so caches need no Vary."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        chosen = language_of(request)
        translation.activate(chosen)
        request.LANGUAGE_CODE = chosen  # type: ignore[attr-defined]
        response = get_response(request)
        response.headers.setdefault("Content-Language", chosen)
        return response

    return middleware


def short_forms(get_response: GetResponse) -> GetResponse:
    """No form of a citizen's is long: what is sent beyond that is refused unread, so that nobody sends it slowly."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if request.path_info.startswith("/api/") or (
            length.isdecimal() and int(length) <= settings.SMALL_BODY
        ):
            return get_response(request)
        return HttpResponse(status=413)

    return middleware


def public_chain(get_response: GetResponse) -> GetResponse:
    """Sends all but staff's addresses through PUBLIC_MIDDLEWARE alone: no session, cookie or csrf token."""
    public: Any = convert_exception_to_response(_view)
    for path in reversed(settings.PUBLIC_MIDDLEWARE):
        public = convert_exception_to_response(import_string(path)(public))

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(settings.STAFF_PREFIXES):
            return get_response(request)
        response: HttpResponseBase = public(request)
        return response

    return middleware


def _view(request: HttpRequest) -> HttpResponseBase:
    resolver = get_resolver()
    match = resolver.resolve(request.path_info)
    request.resolver_match = match
    response: Any = match.func(request, *match.args, **match.kwargs)
    if callable(getattr(response, "render", None)):
        response = response.render()
    return response  # type: ignore[no-any-return]
