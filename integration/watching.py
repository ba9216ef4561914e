"""Which sources have fallen silent or fail, since when, and that staff are told of it, once for each time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Max, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from outbox.channels import Mail, Outgoing
from outbox.sending import write
from staff.models import User
from staff.roles import Role

from .models import Batch, FolderState, Source

State = Batch.State
KIND = "source_trouble"
GRACE = 1.5  # of its rhythm, before a source counts as silent
WEEKS = 8
_REASONS = """
SELECT date_trunc('week', created_at AT TIME ZONE 'Asia/Jakarta')::date, reason.key, sum(reason.value::int)
FROM integration_batch, jsonb_each_text(reasons) reason
WHERE source_id = %s AND state = 'applied' AND created_at > %s GROUP BY 1, 2
"""


@dataclass
class Watched:
    """A source as it is now. `since` is when its trouble began, or its last sign of life."""

    source: Source
    last: Batch | None
    folder: FolderState | None
    trouble: str
    since: datetime

    @property
    def troubled(self) -> bool:
        return bool(self.trouble)


def watched() -> list[Watched]:
    """All sources, those in trouble first, the longest first."""
    newest = Batch.objects.filter(source=OuterRef("pk"), state__in=(State.APPLIED, State.REFUSED))
    sources = Source.objects.select_related("folder").annotate(
        last_id=Subquery(newest.order_by("-id").values("pk")[:1]),
        lived_at=Subquery(newest.filter(state=State.APPLIED).order_by("-id").values("created_at")[:1]),
        seen_at=Max("droppedfile__seen_at"),
    )
    known: list[Any] = list(sources)
    last = Batch.objects.in_bulk([one.last_id for one in known if one.last_id])
    found = [_watched(one, last.get(one.last_id)) for one in known]
    return sorted(found, key=lambda one: (not one.troubled, one.since, one.source.slug))


def troubled() -> list[Watched]:
    return [one for one in watched() if one.troubled]


def reasons_by_week(source: Source) -> tuple[list[date], list[tuple[str, list[int]]]]:
    """The last weeks, and for each reason how many rows were refused in each of them, the most frequent first."""
    today = timezone.localdate()
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    weeks = [first + timedelta(weeks=number) for number in range(WEEKS)]
    start = datetime.combine(first, datetime.min.time(), timezone.get_current_timezone())
    counted: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_REASONS, [source.pk, start])
        for week, reason, n in cursor.fetchall():
            counted.setdefault(reason, [0] * WEEKS)[weeks.index(week)] = n
    return weeks, sorted(counted.items(), key=lambda one: (-sum(one[1]), one[0]))


def tell_staff() -> None:
    """Write to operators and supervisors about each source in trouble; called by the worker."""
    found = troubled()
    if not found:
        return
    receivers = _receivers()
    for one in found:
        for user in receivers:
            key = f"{one.source.pk}:{one.since:%Y%m%dT%H%M%S}:{user.pk}"
            write(KIND, key, {"source": one.source.pk, "user": user.pk})


def message(about: dict[str, Any]) -> Outgoing | None:
    """The words for one of them, when they are sent; None if the trouble is over or the receiver gone."""
    one = next((one for one in troubled() if one.source.pk == about["source"]), None)
    user = next((user for user in _receivers() if user.pk == about["user"]), None)
    if one is None or user is None:
        return None
    page = settings.SITE_URL + reverse("admin:integration_source_change", args=[one.source.pk])
    text = _("%(source)s: %(trouble)s\nYang dihubungi: %(contact)s\n%(page)s") % {
        "source": one.source,
        "trouble": one.trouble,
        "contact": one.source.contact or _("belum dicatat"),
        "page": page,
    }
    return Mail(user.email, _("Sumber data bermasalah: %(source)s") % {"source": one.source}, text)


def _watched(source: Any, last: Batch | None) -> Watched:
    folder: FolderState | None = getattr(source, "folder", None)
    lived: datetime = max(filter(None, (source.lived_at, source.seen_at)), default=source.created_at)
    if folder is not None and folder.fault:
        return Watched(source, last, folder, folder.fault, lived)
    if last is not None and last.state == State.REFUSED:
        said = _("kiriman terakhir tidak dapat dibaca: %(why)s") % {"why": last.message}
        return Watched(source, last, folder, said, last.created_at)
    if last is not None and last.read and last.rejected * 2 > last.read:
        said = _("lebih dari separuh baris kiriman terakhir ditolak")
        return Watched(source, last, folder, said, last.created_at)
    if source.rhythm_hours and timezone.now() - lived > GRACE * timedelta(hours=source.rhythm_hours):
        said = _("diam; diharapkan mengirim setiap %(n)s jam") % {"n": source.rhythm_hours}
        return Watched(source, last, folder, said, lived)
    return Watched(source, last, folder, "", lived)


def _receivers() -> Iterable[User]:
    of_office = User.objects.filter(is_active=True, groups__name__in=(Role.OPERATOR, Role.SUPERVISOR))
    return list(of_office.exclude(email="").distinct())
