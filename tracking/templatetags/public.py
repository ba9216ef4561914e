"""Filters for the citizen's pages."""

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def unbroken(text: object) -> SafeString:
    """Keeps "e-KTP" on one line."""
    return mark_safe(conditional_escape(text).replace("e-KTP", '<span class="nb">e-KTP</span>'))
