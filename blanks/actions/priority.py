"""Somebody is served before their turn: a supervisor's word, with a category and a reason."""

from staff.models import User
from tracking.actions.steps import SOURCE
from tracking.actor import acting
from tracking.refusals import action

from ..models import Priority


@action
def serve_first(card_id: int, *, by: User, category: str, why: str) -> Priority:
    """Let a card that waits go before all others of its kecamatan. It is published without its reason."""
    with acting(by=by, source=SOURCE):
        return Priority.objects.create(card_id=card_id, category=category, why=why)
