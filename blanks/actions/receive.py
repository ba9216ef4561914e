"""Blanks come in: a shipment with its delivery note, counted, with what was short, over or damaged."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils import timezone

from staff.models import User
from tracking.actions.steps import SOURCE
from tracking.refusals import action

from ..ledger import ACCOUNT, Cause, DocumentKind, Place
from ..models import Document
from ..serials import SerialText
from ..spans import Span
from ..spans import quantity as total
from .paper import booking, move, take_in


@action
def receive(
    ranges: Sequence[Span],
    *,
    by: User | str,
    number: str,
    on_paper: int,
    dated: date | None = None,
    damaged: Sequence[SerialText] = (),
    why: str = "",
    request: UUID | None = None,
    source: str = SOURCE,
) -> Document:
    """Book a shipment into the city store: what the paper says, the difference to what was counted, the damaged.

    `on_paper` is the quantity of the delivery note; `ranges` are the serials that really came. ReceivedBefore if
    one of them was ever received, NeverReceived or NotThere for a damaged one that is not among them.
    """
    with booking(by=by, source=source, request=request, places=()) as done:
        if done:
            return done
        supplier, store, counted = ACCOUNT[Place.SUPPLIER], ACCOUNT[Place.STORE], total(ranges)
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
            move(document, Cause.RECEIVED, supplier, store, on_paper)
        if counted < on_paper:
            move(document, Cause.SHORT, store, supplier, on_paper - counted)
        elif counted > on_paper:
            move(document, Cause.SURPLUS, supplier, store, counted - on_paper)
        take_in(document, ranges)
        if damaged:
            move(document, Cause.SPOILED, store, ACCOUNT[Place.SPOILED], len(damaged), named=damaged)
        return document
