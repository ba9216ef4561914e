"""The worker's work: examining an upload, and applying what somebody confirmed. One transaction each.

A batch is worked on by whoever holds its advisory lock, which ends with the transaction: a worker that was
killed leaves nothing half done and nothing locked, and keeping.py sends the batch to a worker again.
"""

import logging
import time
from typing import Any

from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from . import uploads
from .feed import UnreadableFile, errors, open_feed
from .intake import Changed, Withdrawn, take_in
from .models import Batch, Delivery

State = Batch.State
MOST_ROWS = 100_000  # of a batch that comes through the API
BUSY = 0x656B7475  # with a batch's number: somebody works on it
_EVERY = 0.5  # seconds between two words about progress

log = logging.getLogger(__name__)


@task()  # type: ignore[untyped-decorator]
def examine(batch_id: int) -> None:
    """Find out what an uploaded batch would do: its preview."""
    _work(batch_id, State.UPLOADED)


@task()  # type: ignore[untyped-decorator]
def apply(batch_id: int) -> None:
    """Apply exactly what the preview of a confirmed batch said."""
    _work(batch_id, State.CONFIRMED)


def enqueue(batch: Batch) -> None:
    """Send a batch to the worker that its state asks for; inside the transaction that changes the state."""
    work = apply if batch.state == State.CONFIRMED else examine
    work.enqueue(batch.pk)


def nobody_works_on(batch_id: int) -> bool:
    """Take the batch for this transaction; False if another one has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [BUSY, batch_id % 2**31])
        return bool(cursor.fetchone()[0])


def refuse(batch: Batch, message: str, fault: str = errors.INTERNAL) -> None:
    """End a batch that can't be taken in. If the fault is ours, its sender may send it again under its key."""
    with transaction.atomic():
        changed = Batch.objects.filter(pk=batch.pk, state=batch.state)
        changed.update(state=State.REFUSED, message=message, fault=fault, finished_at=timezone.now())
        if fault == errors.INTERNAL:
            Delivery.objects.filter(batch_id=batch.pk).delete()
    uploads.remove(batch.upload)


def _work(batch_id: int, state: Batch.State) -> None:
    batch = Batch(pk=batch_id)
    try:
        with transaction.atomic():
            waiting = Batch.objects.select_related("source").filter(pk=batch_id, state=state)
            if not nobody_works_on(batch_id) or not (found := waiting.first()):
                return
            batch = found
            _take_in(batch, state)
    except UnreadableFile as error:
        batch.state = state
        refuse(batch, error.message, error.code)
    except Changed as error:
        _examine_again(batch_id, error.__doc__ or "")
    except Withdrawn:
        uploads.remove(batch.upload)
    except OperationalError:
        log.exception("Batch %s is tried again later", batch_id)
    except Exception:
        log.exception("Batch %s failed", batch_id)
        batch.state = state
        refuse(batch, _("Ada kesalahan di sistem kami; tidak ada yang berubah. Beri tahu pengelola sistem."))
    else:
        if state == State.CONFIRMED:
            uploads.remove(batch.upload)


def _take_in(batch: Batch, state: Batch.State) -> None:
    form: Any = batch.form
    only, most_rows = batch.kecamatan_id, MOST_ROWS if batch.door == Batch.Door.API else None
    files = uploads.open_upload(batch.upload, batch.files)
    feed = open_feed(files, form=form, only_kecamatan=only, most_rows=most_rows)
    applying = state == State.CONFIRMED
    progress = Progress(batch)
    try:
        take_in(
            feed,
            batch,
            apply=applying,
            only_kecamatan=only,
            expected=batch.fingerprint if applying else "",
            progress=progress,
        )
    finally:
        progress.close()


def _examine_again(batch_id: int, message: str) -> None:
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch_id)
        if batch.state == State.CONFIRMED:
            batch.state, batch.message, batch.done = State.UPLOADED, message, 0
            batch.save(update_fields=["state", "message", "done"])
            enqueue(batch)


class Progress:
    """Tells how far reading is, on a connection of its own: nobody sees into the intake's transaction."""

    def __init__(self, batch: Batch) -> None:
        self._connection = connections.create_connection(DEFAULT_DB_ALIAS)
        self._batch, self._state = batch.pk, batch.state
        self._told = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._told < _EVERY and done < total:
            return
        self._told = now
        with self._connection.cursor() as cursor:
            cursor.execute(
                "UPDATE integration_batch SET done = %s, size = %s WHERE id = %s AND state = %s",
                [done, total, self._batch, self._state],
            )
            if not cursor.rowcount:
                raise Withdrawn

    def close(self) -> None:
        self._connection.close()
