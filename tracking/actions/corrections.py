"""Corrections: the last step is undone by a new event; history is never edited."""

from datetime import timedelta

from django.utils import timezone

from staff.models import User

from ..models import Event, OfficeRule, Step
from ..refusals import NotTheLastStep, action
from .steps import step


@action
def correct(card_id: int, *, by: User, reason: str, undone: int) -> None:
    """Put the card back where its last step, the event `undone`, took it from."""
    event = Event.objects.filter(card_id=card_id, id=undone, from_stage__isnull=False).first()
    if event is None or event.from_stage is None:
        raise NotTheLastStep
    step(card_id, by=by, reason=reason, seen=event.to_stage, to=event.from_stage, corrects=event.id)


def undoable(events: list[Event], *, by: User) -> Event | None:
    """The step that this person may undo now, of a card's events; the database decides again."""
    undone = {event.corrects for event in events}
    steps = [e for e in events if e.from_stage and not e.corrects and e.id not in undone]
    last = max(steps, key=lambda event: event.id, default=None)
    if last is None or by.has_perm("tracking.correct_card"):
        return last
    return last if last.id == max(event.id for event in events) and _own_and_fresh(last, by) else None


def _own_and_fresh(event: Event, by: User) -> bool:
    rule = OfficeRule.objects.first()
    limit = timedelta(minutes=rule.undo_minutes if rule else 0)
    return (
        event.actor == by.actor
        and event.at > timezone.now() - limit
        and Step.objects.filter(
            from_stage=event.from_stage, to_stage=event.to_stage, short_undo=True
        ).exists()
    )
