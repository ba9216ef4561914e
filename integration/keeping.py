"""Keeps house: sends interrupted work to a worker again, and lets go of what nobody may keep any longer."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from . import announcing, dropfolder, uploads, watching
from .actions import WAITING
from .api import changes
from .models import Batch, Delivery, RejectChunk
from .tasks import apply, enqueue, examine, nobody_works_on, refuse

State = Batch.State
UPLOADS_KEPT = timedelta(hours=24)
REJECTS_KEPT = timedelta(days=30)
DELIVERIES_KEPT = timedelta(days=30)  # a key that is used again after that begins anew
TASKS_KEPT = timedelta(days=1)
STILL_COMING = 6 * 3600  # seconds without a byte after which an upload is not coming any more
TRIES = 5


def keep_house() -> None:
    """Called by the worker when it starts, and once a minute."""
    take_up_again()
    let_go()
    dropfolder.let_go()
    changes.keep_up()
    watching.tell_staff()
    announcing.announce()


def look_around() -> None:
    """Called by the worker every few seconds."""
    dropfolder.look()


def take_up_again() -> int:
    """Send to a worker again whatever waits for one that is gone; how many."""
    waiting = Batch.objects.filter(state__in=(State.UPLOADED, State.CONFIRMED)).exclude(upload="")
    return sum(_take_up(batch) for batch in waiting.order_by("pk"))


def _take_up(batch: Batch) -> bool:
    work = apply if batch.state == State.CONFIRMED else examine
    tasks = DBTaskResult.objects.filter(task_path=work.module_path, args_kwargs__args=[batch.pk])
    with transaction.atomic():
        if not nobody_works_on(batch.pk) or tasks.filter(status="READY").exists():
            return False
        if tasks.count() < TRIES:
            enqueue(batch)
            return True
    refuse(batch, _("Pengolahan berhenti beberapa kali; tidak ada yang berubah. Beri tahu pengelola sistem."))
    return False


def let_go() -> None:
    """Uploads nobody confirmed in time, rejected rows after 30 days, tasks long done."""
    now = timezone.now()
    late = Batch.objects.filter(
        state__in=(State.UPLOADED, State.PREVIEWED), created_at__lt=now - UPLOADS_KEPT
    ).exclude(upload="")
    late.update(state=State.WITHDRAWN, message=_("Tidak disetujui dalam 24 jam; berkas dihapus."))
    cut_off = Batch.objects.filter(state=State.CONFIRMED, upload="", created_at__lt=now - UPLOADS_KEPT)
    cut_off.update(state=State.WITHDRAWN, message=_("Terputus di tengah; tidak ada yang berubah."))
    waiting = Batch.objects.filter(state__in=WAITING).values_list("upload", flat=True)
    uploads.remove_forgotten(set(waiting), older_than=STILL_COMING)
    ended = Batch.objects.exclude(state__in=WAITING).filter(created_at__gt=now - 2 * UPLOADS_KEPT)
    for key in ended.exclude(upload="").values_list("upload", flat=True):
        uploads.remove(key)
    Delivery.objects.filter(created_at__lt=now - DELIVERIES_KEPT).delete()
    RejectChunk.objects.filter(batch__created_at__lt=now - REJECTS_KEPT).delete()
    DBTaskResult.objects.filter(
        task_path__in=(examine.module_path, apply.module_path), enqueued_at__lt=now - TASKS_KEPT
    ).exclude(status="READY").delete()
