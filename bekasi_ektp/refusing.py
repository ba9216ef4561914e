"""Answers where no view could: a page for people, a problem for the programs of partners."""

from django.http import HttpRequest, HttpResponse

from integration.api import problems
from integration.api.problems import Kind, Problem
from tracking.views import errors

_PARTNERS = "/api/"


def not_understood(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400"""
    return _problem(request, Kind.NOT_UNDERSTOOD) or errors.not_understood(request, exception)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404"""
    return _problem(request, Kind.NOT_FOUND) or errors.not_found(request, exception)


def fault(request: HttpRequest) -> HttpResponse:
    """500"""
    return _problem(request, Kind.FAULT) or errors.fault(request)


def _problem(request: HttpRequest, kind: Kind) -> HttpResponse | None:
    return problems.answer(Problem(kind)) if request.path_info.startswith(_PARTNERS) else None
