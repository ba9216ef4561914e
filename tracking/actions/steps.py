"""Steps that staff take by hand. Printing, hand-over and delivery have doors of their own in their rooms."""

from staff.models import User

from ..actor import acting
from ..models import Card
from ..refusals import Moved, action
from ..stages import Stage

SOURCE = "admin"


@action
def cancel(card_id: int, *, by: User, reason: str, seen: str) -> None:
    """End a card that will not come; `seen` is the stage that the person saw."""
    step(card_id, by=by, reason=reason, seen=seen, to=Stage.CANCELLED)


def step(card_id: int, *, by: User, reason: str, seen: str, to: str, corrects: int | None = None) -> None:
    """Move a card from the stage that was seen, or say that it has moved meanwhile."""
    with acting(by=by, source=SOURCE, reason=reason, corrects=corrects):
        if not Card.objects.filter(pk=card_id, stage=seen).update(stage=to):
            raise Moved
