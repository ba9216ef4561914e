"""Keeps house: the day's forecast, made anew when the supply to come has changed."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max
from django.db.models.functions import Greatest
from django.utils import timezone

from tracking.models import Forecast

from .actions.forecast import refresh
from .ledger import DocumentKind
from .models import Closure, Document, PlannedShipment

_ONE_AT_A_TIME = 0x656B7476


def keep_house() -> None:
    """Called by the worker when it starts, and once a minute."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        if cursor.fetchone()[0] and _is_due():
            refresh()


def _is_due() -> bool:
    last = Forecast.objects.order_by("-id").first()
    changed = _supply_changed()
    return last is None or last.day < timezone.localdate() or (changed is not None and changed > last.made_at)


def _supply_changed() -> datetime | None:
    """When somebody last said something new about what will come."""
    plans = PlannedShipment.objects.aggregate(at=Greatest(Max("at"), Max("ended_at")))["at"]
    shipments = Document.objects.filter(kind=DocumentKind.SHIPMENT).aggregate(at=Max("at"))["at"]
    closures = Closure.objects.aggregate(at=Max("at"))["at"]
    return max(filter(None, (plans, shipments, closures)), default=None)
