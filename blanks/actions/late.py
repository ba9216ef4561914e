"""A late result has been looked into."""

from django.utils import timezone

from staff.models import User
from tracking.actions.steps import SOURCE
from tracking.actor import acting
from tracking.refusals import Refused, action

from ..models import Late


class SettledBefore(Refused):
    """Hasil terlambat ini sudah diselesaikan. Muat ulang halaman untuk melihat yang masih terbuka."""


@action
def settle(result_id: int, *, by: User) -> None:
    """The blank was found and lies with the spoiled ones; nothing moves by it."""
    with acting(by=by, source=SOURCE):
        if not Late.objects.filter(pk=result_id, settled_at__isnull=True).update(settled_at=timezone.now()):
            raise SettledBefore
