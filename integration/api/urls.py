"""Addresses of the API. Whatever is not there, or not meant so, is answered as a problem too."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, re_path

from . import problems
from .docs import docs
from .problems import Kind, Problem
from .views import api

View = Callable[..., HttpResponseBase]


def nothing_here(request: HttpRequest) -> HttpResponse:
    """An address that the API does not have."""
    return problems.answer(Problem(Kind.NOT_FOUND))


def _in_words(view: View) -> View:
    """A method that an address does not know is refused like all else. What may be read may be asked for its head."""

    @wraps(view)
    def asked(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        is_head = request.method == "HEAD"
        if is_head:  # the web server leaves the body out
            request.method = "GET"
        response = view(request, **arguments)
        if is_head and response.status_code != 405:
            request.method = "HEAD"
            return response
        if response.status_code != 405:
            return response
        return problems.answer(Problem(Kind.METHOD_NOT_ALLOWED, headers={"Allow": response.headers["Allow"]}))

    return asked


def _patterns() -> list[URLPattern]:
    found = [one for one in api.urls[0] if isinstance(one, URLPattern)]
    for pattern in found:
        view: Any = pattern.callback
        # Ninja asks for its root by name; there is nothing to see
        pattern.callback = nothing_here if pattern.name == "api-root" else _in_words(view)
    return found


urlpatterns = [*_patterns(), path("docs", docs, name="docs"), re_path(r"^", nothing_here, name="nothing")]
app_name = "api"
