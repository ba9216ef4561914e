"""Whatever happens through the door, `verify` finds nothing; also while others write."""

import random
from typing import Any

import pytest
from django.db import DatabaseError, connection

from staff.models import User
from tracking.actor import acting
from tracking.models import Block, Card, Event, Step
from tracking.stages import BlockReason, LiftReason, Stage
from tracking.verify import verify


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_histories_are_clean(city: Any, seed: int) -> None:
    rng = random.Random(seed)
    cards = list(Card.objects.exclude(stage=Stage.DELIVERED).order_by("id").values_list("id", flat=True))
    supervisor = User.objects.get(username="supervisor")
    done = 0
    for _ in range(150):
        act = rng.choice([_step, _step, _step, _block, _lift, _correct, _move_house])
        try:
            act(rng.choice(cards), rng, supervisor)
            done += 1
        except DatabaseError:
            connection.close()

    assert done > 30
    assert verify().problems == []


def _step(card_id: int, rng: random.Random, supervisor: User) -> None:
    card = Card.objects.get(id=card_id)
    steps = list(Step.objects.filter(from_stage=card.stage).order_by("id"))
    if not steps:
        return
    step = rng.choice(steps)
    held = step.to_stage == Stage.HELD
    with acting(by="source:uji", source="uji", reason="" if held else step.reason):
        if held:
            Card.objects.filter(id=card_id).update(stage=step.to_stage, code=step.reason)
        else:
            Card.objects.filter(id=card_id).update(stage=step.to_stage)


def _block(card_id: int, rng: random.Random, supervisor: User) -> None:
    with acting(by="source:uji", source="uji"):
        Block.objects.create(card_id=card_id, reason=rng.choice(BlockReason.values), source="uji")


def _lift(card_id: int, rng: random.Random, supervisor: User) -> None:
    with acting(by=supervisor, source="uji"):
        one = Block.objects.filter(lifted_at__isnull=True).order_by("id").values("id")[:1]
        Block.objects.filter(id__in=[row["id"] for row in one]).update(lift_reason=LiftReason.CHECKED)


def _correct(card_id: int, rng: random.Random, supervisor: User) -> None:
    events = list(Event.objects.filter(card_id=card_id).order_by("id"))
    undone = {event.corrects for event in events}
    standing = [e for e in events if e.corrects is None and e.id not in undone and e.from_stage]
    if standing:
        with acting(by=supervisor, source="uji", reason="mistake", corrects=standing[-1].id):
            Card.objects.filter(id=card_id).update(stage=standing[-1].from_stage)


def _move_house(card_id: int, rng: random.Random, supervisor: User) -> None:
    kecamatan = rng.randint(1, 12)
    with acting(by="source:uji", source="uji"), connection.cursor() as cursor:
        card = Card.objects.get(id=card_id)
        newest = Card.objects.filter(citizen_id=card.citizen_id).order_by("closed", "-id")[0]
        cursor.execute(
            "UPDATE tracking_citizen SET kelurahan_id = (SELECT min(id) FROM tracking_kelurahan"
            " WHERE kecamatan_id = %s) WHERE id = %s",
            [kecamatan, card.citizen_id],
        )
        Card.objects.filter(id=newest.id).update(kecamatan_id=kecamatan)


def test_the_site_may_write_meanwhile(city: Any, owner_sql: Any) -> None:
    told = []

    def write_once(invariant: Any) -> None:
        if not told:
            owner_sql("UPDATE tracking_card SET stage = 'DEDUPLICATING' WHERE id ="
                      " (SELECT min(id) FROM tracking_card WHERE stage = 'RECORDED')")  # fmt: skip
        told.append(invariant.name)

    assert verify(write_once).problems == []
    assert verify().problems == []
