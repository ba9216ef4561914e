"""Blanks come in: a shipment with its delivery note, counted, with what was short, over or damaged."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from staff.models import User
from tracking.actor import acting
from tracking.refusals import action

from .. import serials
from ..ledger import ACCOUNT, Cause, DocumentKind, Place
from ..locks import STORE, hold
from ..models import Document, Movement, Range, SerialMove

SOURCE = "admin"


class Received(NamedTuple):
    """Serials from first to last, as they stand on the blanks."""

    first: serials.SerialText
    last: int

    @classmethod
    def of(cls, first: str, quantity: int) -> "Received":
        start = serials.read(first)
        return cls(start, start.number + quantity - 1)

    @property
    def quantity(self) -> int:
        return self.last - self.first.number + 1


@action
def receive(
    ranges: Sequence[Received],
    *,
    by: User | str,
    number: str,
    on_paper: int,
    dated: date | None = None,
    damaged: Sequence[serials.SerialText] = (),
    why: str = "",
    request: UUID | None = None,
    source: str = SOURCE,
) -> Document:
    """Book a shipment into the city store: what the paper says, the difference to what was counted, the damaged.

    `on_paper` is the quantity of the delivery note; `ranges` are the serials that really came. ReceivedBefore if
    one of them was ever received, NeverReceived or NotThere for a damaged one that is not among them.
    """
    with acting(by=by, source=source):
        hold([STORE])  # pressed twice, the second waits and finds what the first booked
        if request and (done := Document.objects.filter(request=request).first()):
            return done
        counted = sum(one.quantity for one in ranges)
        document = Document.objects.create(
            kind=DocumentKind.SHIPMENT,
            number=number,
            dated=dated or timezone.localdate(),
            on_paper=on_paper,
            counted=counted,
            why=why,
            request=request,
        )
        if on_paper:
            _move(document, Cause.RECEIVED, Place.SUPPLIER, Place.STORE, on_paper)
        if counted < on_paper:
            _move(document, Cause.SHORT, Place.STORE, Place.SUPPLIER, on_paper - counted)
        elif counted > on_paper:
            _move(document, Cause.SURPLUS, Place.SUPPLIER, Place.STORE, counted - on_paper)
        for one in ranges:
            Range.objects.create(
                document=document,
                series_id=serials.series_of(one.first.prefix).pk,
                first=one.first.number,
                last=one.last,
                width=one.first.width,
            )
        if damaged:
            name(_move(document, Cause.SPOILED, Place.STORE, Place.SPOILED, len(damaged)), damaged)
        return document


def _move(document: Document, cause: Cause, from_place: Place, to_place: Place, quantity: int) -> Movement:
    return Movement.objects.create(
        document=document,
        cause=cause,
        from_account_id=ACCOUNT[from_place],
        to_account_id=ACCOUNT[to_place],
        quantity=quantity,
    )


def name(movement: Movement, named: Sequence[serials.SerialText]) -> None:
    """Say which blanks a movement moves."""
    series = {prefix: serials.series_of(prefix) for prefix in {one.prefix for one in named}}
    SerialMove.objects.bulk_create(
        SerialMove(movement=movement, series=series[one.prefix], number=one.number) for one in named
    )
