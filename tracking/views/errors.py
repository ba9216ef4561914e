"""Answers to an address that does not exist, and to a fault of ours."""

import logging

from django.http import HttpRequest, HttpResponse, HttpResponseServerError

from ..public.answer import language_of, page


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
