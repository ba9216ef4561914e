"""How a test's card goes out with a courier and what happens at the door, where only its steps are asked for."""

import uuid
from datetime import timedelta

from django.utils import timezone

from delivery.models import Attempt, Courier, How, Recipient, Round, RoundCard, State
from delivery.models.attempt import TRIED_AGAIN
from staff.models import User
from tracking.actor import acting
from tracking.models import Card
from tracking.stages import Reason, Stage


def takes(card: Card, stage: str) -> bool:
    """Whether this step of a card is a round's: going out, or home from where a courier has it."""
    if stage == Stage.OUT_FOR_DELIVERY:
        unknown = card.outside_ledger and not card.outside_confirmed
        return card.stage in (Stage.AT_KECAMATAN, Stage.RETURNED) and not (unknown or card.blocked)
    return stage in (Stage.DELIVERED, Stage.RETURNED) and _carried(card) is not None


def go(card: Card, stage: str, reason: str, *, by: User | str) -> None:
    """Take the step as a round does: a take-over, an attempt at the door, or the count."""
    with acting(by=by, source="test", reason=reason):
        place = _carried(card)
        if stage == Stage.OUT_FOR_DELIVERY:
            _count_back(place)
            _go_out(card)
        elif reason == Reason.ROUND_ENDED or card.stage == Stage.RETURNED:
            _count_back(place)
            Card.objects.filter(pk=card.pk).exclude(stage=stage).update(stage=stage)
        elif place:
            _at_the_door(place, "delivered" if stage == Stage.DELIVERED else reason, reason)


def _carried(card: Card) -> RoundCard | None:
    return RoundCard.objects.filter(card_id=card.pk, ended="").exclude(round__state=State.READY).first()


def _go_out(card: Card) -> None:
    today = timezone.localdate()
    kecamatan: int = Card.objects.values_list("place", flat=True).get(pk=card.pk)
    courier = Courier.objects.create(
        kecamatan_id=kecamatan,
        letter_number="ST-UJI",
        valid_from=today - timedelta(days=1),
        valid_until=today + timedelta(days=1),
    )
    its_round = Round.objects.create(request=uuid.uuid4(), kecamatan_id=kecamatan, courier=courier)
    RoundCard.objects.create(round=its_round, card_id=card.pk, position=1)
    Round.objects.filter(pk=its_round.pk).update(
        state=State.OUT, taken_by=courier, taken_how=How.PAPER, counted=1
    )


def _at_the_door(place: RoundCard, outcome: str, reason: str) -> None:
    times = 3 if outcome in TRIED_AGAIN else 1
    recipient = (reason or Recipient.HOLDER) if outcome == "delivered" else ""
    Attempt.objects.bulk_create(
        Attempt(
            uid=uuid.uuid4(),
            round_id=place.round_id,
            place_id=place.pk,
            courier_id=place.round.courier_id,
            outcome=outcome,
            recipient=recipient,
            phone_at=timezone.now(),
        )
        for _ in range(times)
    )


def _count_back(place: RoundCard | None) -> None:
    if place:
        RoundCard.objects.filter(pk=place.pk).update(ended="back")
