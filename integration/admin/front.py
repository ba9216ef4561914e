"""The work of this room on the staff site's front page."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from staff.models import User
from staff.site import Work, site

from .. import watching
from ..models import Batch

State = Batch.State
RECENT = timedelta(days=7)


def troubled() -> Q:
    """Batches of the last days that need somebody: not readable, or with rows refused."""
    trouble = Q(state=State.REFUSED) | Q(state=State.APPLIED, rejected__gt=0)
    return trouble & Q(created_at__gt=timezone.now() - RECENT)


def waiting(user: User) -> Iterable[Work]:
    """Imports with trouble, and those that wait for this person's word."""
    if not user.has_perm("integration.view_batch"):
        return
    batches = reverse("admin:integration_batch_changelist")
    for label, which, value in (
        (_("Impor bermasalah"), troubled(), "bermasalah"),
        (
            _("Impor menunggu persetujuan Anda"),
            Q(state=State.PREVIEWED, actor=user.actor),
            str(State.PREVIEWED),
        ),
    ):
        rows = Batch.objects.filter(which)
        oldest = rows.aggregate(oldest=Min("created_at"))["oldest"]
        yield Work(label, rows.count(), oldest, f"{batches}?keadaan={value}")


def silent(user: User) -> Iterable[Work]:
    """Sources that have fallen silent or fail."""
    if user.has_perm("integration.add_batch"):
        found = watching.troubled()
        oldest = min((one.since for one in found), default=None)
        page = reverse("admin:integration_source_changelist")
        yield Work(_("Sumber diam atau gagal"), len(found), oldest, page)


site.waits(waiting)
site.waits(silent)
