"""Answers of public pages in gzip, made for pages of a few kilobytes.

zlib spends most of its time on such pages on setting up tables for large files; ISA-L does the same work in a
fifth of the time. Django's middleware also pads against BREACH, which needs a secret and the attacker's own words
in one answer; no public page has both.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from isal import isal_zlib

GetResponse = Callable[[HttpRequest], HttpResponse]

LEVEL = 2  # of 0 to 3: the highest saves another twenty bytes of a page
GZIP_WINDOW = 31  # the largest, in gzip's wrapping
NOT_WORTH_IT = 500  # bytes


def gzip(get_response: GetResponse) -> GetResponse:
    """Compresses whole answers for whoever takes them so."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.streaming or response.has_header("Content-Encoding"):
            return response
        body = response.content
        if len(body) < NOT_WORTH_IT:
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
            kept = getattr(response, "kept", None)  # the same page as before, compressed before
            packed: bytes = (kept and kept.packed) or isal_zlib.compress(body, LEVEL, GZIP_WINDOW)
            if kept:
                kept.packed = packed
            response.content = packed
            response.headers["Content-Length"] = str(len(packed))
            response.headers["Content-Encoding"] = "gzip"
        return response

    return middleware
