"""Numbers of hand-over records, by the city's pattern: counted anew each year, without gaps."""

import secrets

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from ..models import Handover

_CLASS = 0x626173  # "bas"
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that look alike
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def give_number(handover: Handover) -> None:
    """The number of a record that is closed now, and its code. Whoever closes another one waits until this is written."""
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_CLASS, today.year])
    last = Handover.objects.filter(year=today.year).aggregate(last=Max("serial"))["last"] or 0
    handover.year, handover.serial = today.year, last + 1
    handover.number = number(last + 1, today.month, today.year, handover.to_kecamatan.code)
    handover.check_code = code()


def code() -> str:
    """By which anybody checks a record: known to whoever has the paper."""
    return "".join(secrets.choice(_SIGNS) for _ in range(12))


def number(serial: int, month: int, year: int, kecamatan: str) -> str:
    """`BAST_NUMBER` with what it asks for filled in."""
    pattern: str = settings.BAST_NUMBER
    return pattern.format(
        n=serial, month=f"{month:02}", roman=ROMAN[month - 1], year=year, kecamatan=kecamatan
    )
