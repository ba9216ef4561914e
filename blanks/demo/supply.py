"""What the demo's city expects: two shipments that are promised, and the forecast made from them."""

from datetime import date, timedelta

from django.db.models import Sum

from staff.models import User
from tracking.actor import acting
from tracking.models import Forecast, QueueHead
from tracking.seed import staff

from ..actions.forecast import refresh
from ..models import PlannedShipment

PLANS = (  # share of those who wait, first and last day from today, tender
    (0.4, 16, 30, "Pengadaan pusat tahap 3"),
    (0.35, 63, 91, "Pengadaan pusat tahap 4"),
)
"""Not enough for all, so that some numbers are told that nobody can say yet."""


def supply_to_come(*, today: date) -> Forecast:
    """Plan the shipments as the supervisor and make the day's forecast."""
    waiting = QueueHead.objects.aggregate(n=Sum("waiting"))["n"] or 0
    supervisor = User.objects.get(pk=int(staff.actors()["supervisor"].partition(":")[2]))
    with acting(by=supervisor, source="admin"):
        for share, first, last, tender in PLANS:
            PlannedShipment.objects.create(
                quantity=max(int(waiting * share), 1),
                earliest=today + timedelta(days=first),
                latest=today + timedelta(days=last),
                tender=tender,
            )
    return refresh(today=today)
