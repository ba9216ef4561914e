"""Release and collection: the giver names who collects, by a one-time code; the taker says the code."""

import secrets
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from staff.models import User
from tracking.actor import acting
from tracking.models import Card
from tracking.refusals import Refused, action

from ..calls import call
from ..handovers import MOST_CODE_TRIES, Leg, State
from ..models import Handover, HandoverCard
from ..refusals import HandoverMovedOn
from .pack import SOURCE, hold


class WrongCode(Refused):
    """Kode ini keliru. Cocokkan dengan kode yang diberikan saat kartu dilepas."""


class CodeLocked(Refused):
    """Kode sudah lima kali keliru dan tidak berlaku lagi. Minta kode baru kepada yang melepas kartu."""


class Released(NamedTuple):
    """A hand-over that was released, and the code that is shown once ("" where nobody collects by one)."""

    handover: Handover
    code: str


@action
def release(
    handover: int,
    *,
    by: User,
    officer: User | None = None,
    receiver: str = "",
    lines: Sequence[int] | None = None,
    source: str = SOURCE,
) -> Released:
    """Give a packed hand-over to a named officer of its kecamatan (or a person of the kelurahan office).

    Of `lines` alone, if given: the rest, and what was blocked meanwhile, stays packed in a hand-over of its own.
    """
    with acting(by=by, source=source):
        made = _held(handover, State.CALLED)
        hold(made.to_kecamatan_id)
        _leave_behind(made, lines)
        code = "" if made.leg == Leg.TO_KELURAHAN else new_code()
        made.state, made.officer, made.receiver = State.RELEASED, officer, receiver
        made.code_hash = _hash(made.pk, code) if code else ""
        made.save(update_fields=["state", "officer", "receiver", "code_hash"])
        made.refresh_from_db()
        return Released(made, code)


@action
def renew_code(handover: int, *, by: User, officer: User, source: str = SOURCE) -> Released:
    """Another code, or another officer, as long as nobody has collected the cards."""
    with acting(by=by, source=source):
        made = _held(handover, State.RELEASED)
        code = new_code()
        made.officer, made.code_hash, made.tries = officer, _hash(made.pk, code), 0
        made.save(update_fields=["officer", "code_hash", "tries"])
        return Released(made, code)


@action
def withdraw(handover: int, *, by: User, source: str = SOURCE) -> Handover:
    """Take back what was packed or released and not collected yet: the cards stay with the giver."""
    with acting(by=by, source=source):
        made = Handover.objects.select_for_update().get(pk=handover)
        if made.state not in (State.CALLED, State.RELEASED) or made.taken_at:
            raise HandoverMovedOn
        made.state = State.WITHDRAWN
        made.save(update_fields=["state"])
        return made


@action
def collect(handover: int, *, by: User, code: str) -> Handover:
    """The officer it was released to says the code: the cards are in their hands. A wrong code is counted."""
    with acting(by=by, source="petugas"):
        made = _held(handover, State.RELEASED)
        if made.taken_at:
            return made
        right = constant_time_compare(_hash(made.pk, "".join(code.split())), made.code_hash)
        if made.tries < MOST_CODE_TRIES and right:
            made.taken_at = made.released_at  # the database says when
            made.save(update_fields=["taken_at"])
            made.refresh_from_db()
            return made
        Handover.objects.filter(pk=made.pk, tries__lt=MOST_CODE_TRIES).update(tries=F("tries") + 1)
        locked = made.tries + 1 >= MOST_CODE_TRIES
    raise CodeLocked if locked else WrongCode


def new_code() -> str:
    """Six digits, said by one person to another at the counter."""
    return f"{secrets.randbelow(10**6):06}"


def _hash(handover: int, code: str) -> str:
    return salted_hmac("delivery.handover", f"{handover}:{code}", algorithm="sha256").hexdigest()


def _held(handover: int, state: State) -> Handover:
    made = Handover.objects.select_for_update().get(pk=handover)
    if made.state != state:
        raise HandoverMovedOn
    return made


def _leave_behind(made: Handover, lines: Sequence[int] | None) -> None:
    """What does not go with it: not chosen (packed anew, the kecamatan is called again), or blocked."""
    going = HandoverCard.objects.filter(handover=made, open=True)
    barred = Card.objects.filter(pk__in=going.values("card_id"), blocked=True).values_list("pk", flat=True)
    blocked = set(barred)
    chosen = set(lines) if lines is not None else None
    rest = {
        row.line: row.card_id
        for row in going
        if row.card_id in blocked or (chosen is not None and row.line not in chosen)
    }
    if not rest:
        return
    HandoverCard.objects.filter(handover=made, line__in=rest).update(outcome="left")
    later = [card for card in rest.values() if card not in blocked]
    if later:
        again = Handover.objects.create(
            leg=made.leg,
            from_kecamatan_id=made.from_kecamatan_id,
            to_kecamatan_id=made.to_kecamatan_id,
            to_kelurahan_id=made.to_kelurahan_id,
        )
        HandoverCard.objects.bulk_create(
            HandoverCard(handover=again, line=number, card_id=card) for number, card in enumerate(later, 1)
        )
        call(again)
