"""What a partner sent under a key: begun by one request at a time, at most two at work for a token, done once.

A request holds its delivery for some seconds and says again and again that it is alive. One that was killed says
nothing more: the next with the same key takes its place, and what the dead one had not committed never was.
"""

import hashlib
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils import timezone

from ..models import Batch, Delivery, Token
from .places import AT_ONCE, SOON
from .problems import Kind, Problem
from .receiving import key_of

_KNOWN = (Path(__file__).parent / "sql" / "known.sql").read_text()
_HELD = timedelta(seconds=20)
_SAY_AGAIN = 5.0  # seconds
_OVER = (Batch.State.APPLIED, Batch.State.REFUSED, Batch.State.WITHDRAWN)


class Lost(Exception):
    """Another request has taken this delivery over."""


class Known(NamedTuple):
    """known.sql"""

    id: int | None
    body: UUID | None
    batch_id: int | None
    held: bool
    state: str | None
    of_token: int


class Claim:
    """A delivery in the hands of this request. `batch_id` says that it was done before."""

    def __init__(self, delivery_id: int, holder: UUID, body: UUID | None, batch_id: int | None) -> None:
        self.id, self.holder, self.body, self.batch_id = delivery_id, holder, body, batch_id
        self._said = time.monotonic()
        self._is_through = False

    def alive(self) -> None:
        """Called often; tells the others now and then. Lost if they gave us up."""
        now = time.monotonic()
        if now - self._said > _SAY_AGAIN:
            self._said = now
            self._hold_until(timezone.now() + _HELD)

    def becomes(self, batch: Batch, body: UUID, *, through: bool) -> None:
        """Tie it to its batch, in the transaction that makes it. Lost if another request was faster.

        `through`: with that transaction this request has done its work.
        """
        ours = Delivery.objects.filter(pk=self.id, holder=self.holder, batch__isnull=True)
        until = {"held_until": timezone.now()} if through else {}
        if not ours.update(batch=batch, body=body, **until):
            raise Lost

    def is_through(self) -> None:
        """What made it a batch is committed, and there is nothing to give back."""
        self._is_through = True

    def release(self) -> None:
        """This request is through; a delivery that came to nothing never was."""
        if self._is_through:
            return
        ours = Delivery.objects.filter(pk=self.id, holder=self.holder)
        if not ours.filter(batch__isnull=True).delete()[0]:
            ours.update(held_until=timezone.now())

    def _hold_until(self, moment: Any) -> None:
        if not Delivery.objects.filter(pk=self.id, holder=self.holder).update(held_until=moment):
            raise Lost


def claim(token: Token, words: str, key: str) -> Claim:
    """Take the delivery of this key in hand, or Problem: somebody works on it, or too much is at work."""
    hashed = UUID(bytes=hashlib.blake2b(key.encode(), key=key_of(words), digest_size=16).digest())
    holder = uuid4()
    with transaction.atomic():
        _without_disk()
        # the requests of one token come one after another here: else a third would not see the second
        Token.objects.filter(pk=token.pk).update(last_used_at=timezone.now())
        known = _known(token, hashed)
        _refuse(known)
        until = timezone.now() + _HELD
        if known.id is None:
            made = Delivery.objects.create(token=token, key=hashed, holder=holder, held_until=until)
            return Claim(made.pk, holder, None, None)
        Delivery.objects.filter(pk=known.id).update(holder=holder, held_until=until)
    return Claim(known.id, holder, known.body, known.batch_id)


def _without_disk() -> None:
    """A claim that a crash of the server forgets was never made: it need not wait for the disk."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")


def _refuse(known: Known) -> None:
    if known.id is not None and (known.held or (known.batch_id and known.state not in _OVER)):
        raise Problem(Kind.KEY_AT_WORK, retry_after=SOON)
    if known.of_token >= AT_ONCE:
        raise Problem(Kind.TWO_AT_WORK, retry_after=SOON)


def _known(token: Token, key: UUID) -> Known:
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, {"token": token.pk, "key": key, "now": timezone.now()})
        return Known(*cursor.fetchone())
