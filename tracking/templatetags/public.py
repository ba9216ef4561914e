"""Filters for the citizen's pages."""

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def unbroken(text: str) -> SafeString:
    """Keeps "e-KTP" on one line."""
    return SafeString(conditional_escape(text).replace("e-KTP", '<span class="nb">e-KTP</span>'))
