"""What becomes of a body: little is taken in at once, the rest goes to the worker, and we wait for a while."""

import time
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, transaction

from tracking.refusals import GO_AGAIN, sqlstate

from .. import tasks
from ..doors import take_in_at_once
from ..feed import Feed, open_feed
from ..models import Batch, Token
from .deliveries import Claim
from .receiving import NAME, Body, Held

State = Batch.State
PATIENCE = 45.0  # seconds; the city's web server gives up after a minute
_LOOK_AGAIN = 0.05
_TRIES = 3
_MERGE_PATIENCE = "2s"  # a nightly file may merge for a minute; then the worker waits instead of a web server
_LOCKED = "55P03"


def take(
    body: Body,
    *,
    token: Token,
    form: Batch.Form,
    claim: Claim,
    respond_async: bool,
    alive: Callable[[], None],
) -> Batch:
    """The batch that a body became: over, or still at work if that is wanted or takes long."""
    if body.upload is None and not respond_async:
        batch = _at_once(body, token, form, claim)
        if batch is not None:
            return batch
    batch = _by_the_worker(body, token, form, claim)
    return batch if respond_async else _waited_for(batch, alive)


def _at_once(body: Body, token: Token, form: Batch.Form, claim: Claim) -> Batch | None:
    """None if a merge takes so long that the worker should have it."""

    written: Any = form.value

    def opened() -> Feed:
        held = Held(bytes(body.data))
        return open_feed(
            [held], form=written, only_kecamatan=token.kecamatan_id, most_rows=tasks.MOST_ROWS, workers=0
        )

    for tried in range(1, _TRIES + 1):
        try:
            batch = take_in_at_once(
                token.source,
                opened,
                within=lambda batch: claim.becomes(batch, body.hash, through=True),
                files=[NAME],
                door=Batch.Door.API,
                form=form,
                kecamatan_id=token.kecamatan_id,
                size=body.size,
                patience=_MERGE_PATIENCE,
            )
            claim.is_through()
            return batch
        except OperationalError as error:
            if sqlstate(error) == _LOCKED:
                return None
            if sqlstate(error) not in GO_AGAIN or tried == _TRIES:
                raise
    raise AssertionError("unreachable")


def _by_the_worker(body: Body, token: Token, form: Batch.Form, claim: Claim) -> Batch:
    upload = body.to_upload()
    with transaction.atomic():
        batch = Batch.objects.create(
            source=token.source,
            door=Batch.Door.API,
            form=form,
            kecamatan_id=token.kecamatan_id,
            actor=f"source:{token.source.slug}",
            state=State.CONFIRMED,
            files=upload.names,
            upload=upload.key,
            size=upload.size,
        )
        claim.becomes(batch, body.hash, through=False)
        tasks.enqueue(batch)
    body.upload = None  # it is the batch's now
    return batch


def _waited_for(batch: Batch, alive: Callable[[], None]) -> Batch:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if Batch.objects.filter(pk=batch.pk).exclude(state=State.CONFIRMED).exists():
            batch.refresh_from_db()
            return batch
        alive()
        time.sleep(_LOOK_AGAIN)
    return batch
