"""Answers to what is not allowed, not understood or not there, and to a fault of ours."""

import logging

from django.http import HttpRequest, HttpResponse, HttpResponseServerError

from ..public.answer import language_of, page


def not_understood(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: a request that no form of ours makes."""
    return page(request, "not_understood.html", status=400)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: a page of staff's that is somebody else's."""
    return page(request, "not_allowed.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 with a way out."""
    return page(request, "not_found.html", status=404)


def fault(request: HttpRequest) -> HttpResponse:
    """500; the database may be away, so this page needs nothing but its template."""
    language = language_of(request)
    try:
        return page(request, "fault.html", status=500)
    except Exception:
        logging.getLogger("django.request").exception("the page for a fault could not be made")
        return HttpResponseServerError(f"<!doctype html><html lang={language}><title>e-KTP Bekasi</title>500")
