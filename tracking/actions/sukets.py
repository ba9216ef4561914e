"""Sukets: issued for whoever waits, renewed, taken back with the card."""

from datetime import date

from django.conf import settings
from django.utils import timezone

from staff.models import User

from ..actor import acting
from ..models import Suket
from ..models.public import DISDUKCAPIL
from ..refusals import action
from .steps import SOURCE


@action
def issue_suket(card_id: int, *, by: User) -> Suket:
    """A new suket; one that holds is renewed by it. NoSuketNow: the card is not waited for."""
    with acting(by=by, source=SOURCE):
        _end(card_id, Suket.End.RENEWED)
        made = Suket.objects.create(
            card_id=card_id,
            office_id=by.kecamatan_id or DISDUKCAPIL,
            valid_until=_until(timezone.localdate()),
        )
        made.refresh_from_db()
        return made


@action
def end_suket(card_id: int, *, by: User, reason: str) -> bool:
    """Taken back with the card, or void; whether there was one."""
    with acting(by=by, source=SOURCE):
        return _end(card_id, reason)


def written_number(suket: Suket) -> str:
    """As it stands on the letter; the pattern is the setting SUKET_NUMBER."""
    return settings.SUKET_NUMBER.format(number=suket.number, office=suket.office_id, year=suket.year)


def _end(card_id: int, reason: str) -> bool:
    return Suket.objects.filter(card_id=card_id, ended_at__isnull=True).update(end_reason=reason) == 1


def _until(day: date) -> date:
    """The same day SUKET_MONTHS later, or the last of that month."""
    month = day.month - 1 + settings.SUKET_MONTHS
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + month // 12, month % 12 + 1, last)
        except ValueError:
            continue
    raise AssertionError("unreachable")
