"""Pages that explain: help, privacy, accessibility."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ..public import queries
from ..public.answer import open_page


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """What to do, the most hurtful first; the words; the offices."""
    offices = queries.offices()
    return open_page(
        request,
        "help.html",
        office=offices[0] if offices else None,
        offices=offices,
        unchecked=not all(office.checked for office in offices),
    )


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What a NIK opens, what is kept, who looked."""
    return open_page(request, "privacy.html", office=queries.main_office())


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The standard, known gaps, whom to tell."""
    return open_page(request, "accessibility.html", office=queries.main_office())
