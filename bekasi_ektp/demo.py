"""The demo: invented people only, on this machine only, and every page says so."""

from django.conf import settings
from django.http import HttpRequest


def context(request: HttpRequest) -> dict[str, bool]:
    """For templates: whether to show the banner."""
    return {"demo": settings.DEMO}
