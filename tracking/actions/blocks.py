"""Blocks: set by staff or intake, lifted by a supervisor."""

from staff.models import User

from ..actor import acting
from ..models import Block
from ..refusals import AlreadyLifted, action
from .steps import SOURCE


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
