"""Keep the figures of days that are over."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from ..models import Again, DayCount

AT_FIRST = 120
"""Days that are counted back from the history when the first day is kept."""
_FOLD_FROM = 1000
_ONE_AT_A_TIME = 0x656B7477
# whoever began to write before midnight may yet commit steps of a day that is over; seen are sessions of our own role
_STILL_YESTERDAY = """
SELECT EXISTS (
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL
        AND xact_start < (now() AT TIME ZONE 'Asia/Jakarta')::date::timestamp AT TIME ZONE 'Asia/Jakarta')
"""


def keep() -> None:
    """What the worker calls: close what is over once nobody writes for it any more, and make one row of the many differences."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        if cursor.fetchone()[0]:
            cursor.execute(_STILL_YESTERDAY)
            if not cursor.fetchone()[0]:
                close_days()
            if Again.objects.count() > _FOLD_FROM:
                cursor.execute("SELECT tracking_fold_again()")


def close_days() -> None:
    """Keep the figures of every day through yesterday; days that were missed are counted back. Again: nothing."""
    yesterday = timezone.localdate() - timedelta(days=1)
    last = DayCount.objects.order_by("-day").values_list("day", flat=True).first()
    first = last + timedelta(days=1) if last else yesterday - timedelta(days=AT_FIRST)
    if first <= yesterday:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tracking_close_days(%s, %s)", [first, yesterday])
