"""Arrival: the taker says of each card whether it is there, and closes the hand-over when they add up."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q
from django.utils import timezone

from staff.models import User
from tracking.actions import correct
from tracking.actor import acting
from tracking.calendar import after
from tracking.models import Event
from tracking.refusals import NotTheLastStep, Refused, action
from tracking.stages import Reason, Stage

from ..handovers import MISSING_FOR, Leg, Outcome, Settled, State
from ..models import Handover, HandoverCard
from ..refusals import HandoverMovedOn, NotCounted
from .numbers import give_number

SOURCE = "petugas"


class AlreadyChecked(Refused):
    """Kartu ini sudah dicatat. Batalkan dulu catatannya jika keliru."""


@action
def check(handover: int, lines: Sequence[int], outcome: Outcome, *, by: User) -> int:
    """These cards are there, missing or damaged; how many were not yet said. Said twice is said once."""
    deadline = missing_until() if outcome == Outcome.MISSING else None
    with acting(by=by, source=SOURCE):
        todo = HandoverCard.objects.filter(handover_id=handover, line__in=lines, outcome=Outcome.WAITING)
        done = todo.update(outcome=outcome, deadline=deadline)
        said = HandoverCard.objects.filter(handover_id=handover, line__in=lines, outcome=outcome).count()
        if said < len(set(lines)):
            raise AlreadyChecked
        return done


@action
def uncheck(handover: int, line: int, *, by: User) -> None:
    """Take back what was said of a card, before the hand-over is closed. A receipt is undone as a step is."""
    with acting(by=by, source=SOURCE):
        one = HandoverCard.objects.select_related("handover").select_for_update(of=("self",))
        said = one.get(handover_id=handover, line=line)
        if said.outcome == Outcome.WAITING:
            return
        if said.handover.state != State.RELEASED:
            raise HandoverMovedOn
        if said.outcome == Outcome.RECEIVED and said.handover.leg == Leg.TO_KECAMATAN:
            _undo_receipt(said.card_id, by)
        else:
            HandoverCard.objects.filter(handover_id=handover, line=line).update(
                outcome=Outcome.WAITING, deadline=None
            )


def _undo_receipt(card_id: int, by: User) -> None:
    last = Event.objects.filter(card_id=card_id).order_by("-id").first()
    if last is None or last.to_stage != Stage.AT_KECAMATAN or last.corrects:
        raise NotTheLastStep
    correct(card_id, by=by, reason=Reason.MISTAKE, undone=last.id)


@action
def close(handover: int, *, by: User) -> Handover:
    """All is counted: damaged cards go back to be printed, missing ones become work, the BAST gets its number."""
    from ..papers.bast import content  # a paper imports what it is made of

    with acting(by=by, source=SOURCE):
        made = Handover.objects.select_for_update().get(pk=handover)
        if made.state == State.CLOSED:
            return made
        if made.state != State.RELEASED:
            raise HandoverMovedOn
        if made.lines.filter(outcome=Outcome.WAITING).exists():
            raise NotCounted
        give_number(made)
        made.paper = content(made, by=by)
        made.state = State.CLOSED
        made.save(update_fields=["number", "year", "serial", "check_code", "paper", "state"])
        made.refresh_from_db()
        return made


@action
def settle(handover: int, line: int, settled: Settled, *, by: User, source: str = SOURCE) -> bool:
    """What became of a missing card: found by whoever released it, arrived after all, or lost (a supervisor)."""
    with acting(by=by, source=source):
        missing = Q(handover_id=handover, line=line, outcome=Outcome.MISSING)
        done = HandoverCard.objects.filter(missing, settled=Settled.OPEN).update(settled=settled)
        if not done and not HandoverCard.objects.filter(missing, settled=settled).exists():
            raise HandoverMovedOn
        return bool(done)


def missing_until() -> date:
    """The day by which a card that is missing today is to be settled."""
    return after(timezone.localdate(), MISSING_FOR)
