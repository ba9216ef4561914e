"""What a partner sent under a key: begun by one request at a time, at most two at work for a token, done once.

A request holds its delivery for some seconds and says again and again that it is alive. One that was killed says
nothing more: the next with the same key takes its place, and what the dead one had not committed never was.
"""

import hashlib
import time
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from ..models import Batch, Delivery, Token
from .places import AT_ONCE, SOON
from .problems import Kind, Problem
from .receiving import key_of

_HELD = timedelta(seconds=20)
_SAY_AGAIN = 5.0  # seconds


class Lost(Exception):
    """Another request has taken this delivery over."""


class Known(NamedTuple):
    """What claim.sql answers."""

    id: int | None
    body: UUID | None
    batch_id: int | None
    held: bool | None
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
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE integration_delivery SET batch_id = %s, body = %s,"
                " held_until = CASE WHEN %s THEN %s ELSE held_until END"
                " WHERE id = %s AND holder = %s AND batch_id IS NULL",
                [batch.pk, body, through, timezone.now(), self.id, self.holder],
            )
            if not cursor.rowcount:
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
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM integration_claim(%s, %s, %s, %s, %s, %s)",
            [token.pk, hashed, holder, now, now + _HELD, AT_ONCE],
        )
        known = Known(*cursor.fetchone())
    if known.held:
        raise Problem(Kind.KEY_AT_WORK, retry_after=SOON)
    if known.of_token >= AT_ONCE or known.id is None:
        raise Problem(Kind.TWO_AT_WORK, retry_after=SOON)
    return Claim(known.id, holder, known.body, known.batch_id)
