"""Blocks: set by staff or intake, lifted by a supervisor."""

from staff.models import User

from ..actor import acting
from ..models import Block
from ..refusals import AlreadyLifted, action
from ..stages import LiftReason, Reason, Stage
from .steps import SOURCE, step


@action
def block(card_id: int, *, by: User, reason: str) -> None:
    """Keep a card from moving towards its citizen until a supervisor has looked."""
    with acting(by=by, source=SOURCE):
        Block.objects.create(card_id=card_id, reason=reason, source=SOURCE)


@action
def lift(card_id: int, *, by: User, block_id: int, reason: str) -> None:
    """End one block of this card, with a reason."""
    with acting(by=by, source=SOURCE):
        open_ = Block.objects.filter(pk=block_id, card_id=card_id, lifted_at__isnull=True)
        if not open_.update(lift_reason=reason):
            raise AlreadyLifted


@action
def issued_elsewhere(card_id: int, *, by: User, seen: str) -> None:
    """End a card that the citizen has got elsewhere, and with it the blocks that asked about it."""
    with acting(by=by, source=SOURCE):
        open_ = Block.objects.filter(card_id=card_id, lifted_at__isnull=True)
        if not open_.update(lift_reason=LiftReason.OTHER):
            raise AlreadyLifted
        step(card_id, by=by, reason=Reason.ISSUED_ELSEWHERE, seen=seen, to=Stage.CANCELLED)
