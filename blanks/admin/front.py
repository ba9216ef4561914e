"""The work with stock on the staff site's front page."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from staff.models import User
from staff.site import Work, site

from ..ledger import Place
from ..models import Document, Serial, SerialMove
from ..queries.accounts import balance_of, blanks_came, last_count

COUNT_EVERY = timedelta(days=31)


def waiting(user: User) -> Iterable[Work]:
    """Spoiled blanks that wait for the shredder, and a stock count that is due."""
    if not user.has_perm("blanks.view_account"):
        return
    may_destroy = user.has_perm("blanks.add_movement")
    spoiled = Serial.objects.filter(place=Place.SPOILED).aggregate(first=Min("move_id"))["first"]
    since = SerialMove.objects.filter(pk=spoiled).values_list("at", flat=True).first() if spoiled else None
    yield Work(
        _("Blanko rusak belum dimusnahkan"),
        balance_of(Place.SPOILED),
        since,
        reverse("admin:blanks_destroy" if may_destroy else "admin:blanks_account_changelist"),
    )
    if blanks_came():
        counted = last_count() or Document.objects.order_by("id").values_list("at", flat=True).first()
        due = counted is not None and timezone.now() - counted > COUNT_EVERY
        where = (
            "admin:blanks_count"
            if user.has_perm("blanks.add_document")
            else "admin:blanks_account_changelist"
        )
        yield Work(_("Stock opname perlu dilakukan"), int(due), counted if due else None, reverse(where))


site.waits(waiting)
