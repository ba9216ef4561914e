"""Filters for the citizen's pages: figures, days and numbers in the language of the page."""

from datetime import date, datetime

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from ..public import dates

register = template.Library()


@register.filter
def unbroken(text: str) -> SafeString:
    """Keeps "e-KTP" on one line."""
    return SafeString(conditional_escape(text).replace("e-KTP", '<span class="nb">e-KTP</span>'))


@register.filter
def figure(number: int) -> str:
    """98.213; in English 98,213."""
    return dates.figure(number, _language())


@register.filter
def percent(tenths: int | None) -> str:
    """Tenths of a per cent as 94,1%; a dash where there is nothing to divide by."""
    if tenths is None:
        return "–"
    return f"{dates.figure(tenths // 10, _language())}{',' if _language() == 'id' else '.'}{tenths % 10}%"


@register.filter
def bar(tenths: int | None) -> str:
    """The length of a share's bar, at most 100."""
    return str(min((tenths or 0) // 10, 100))


@register.filter
def day(moment: date) -> SafeString:
    """5 Oktober 2017, as a time element."""
    return _time(f"{moment:%Y-%m-%d}", dates.day(moment, _language()))


@register.filter
def moment(at: datetime) -> SafeString:
    """5 Oktober 2017 pukul 10.42, as a time element."""
    return _time(f"{at:%Y-%m-%dT%H:%M+07:00}", dates.full(at, _language()))


@register.filter
def ago(at: datetime) -> SafeString:
    """Hari ini pukul 02.00, or the day of something older."""
    return _time(f"{at:%Y-%m-%dT%H:%M+07:00}", dates.ago(at, _language(), dates.now().date()))


@register.filter
def until(first: date, last: date) -> SafeString:
    """5–19 Oktober 2017: from one day to another."""
    return format_html("<span>{}</span>", dates.span(first, last, _language()))


def _time(machine: str, shown: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', machine, shown)


def _language() -> str:
    return get_language() or "id"
