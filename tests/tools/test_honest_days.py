"""Days on which everything happens, by the office's own doors: holds, blocks, returns, corrections, exceptions."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from blanks.models import Priority
from tests import people
from tests.blanks.house import batch
from tests.builders import a_card, block, correct, lift, many_cards, step, stock
from tests.tracking.publication.house import Days, acts, mirror, problems
from tracking.actor import acting
from tracking.models import Block, Card, Ticket
from tracking.stages import Kind, Stage

Sql = Callable[..., list[tuple[Any, ...]]]


def test_days_with_holds_blocks_returns_corrections_and_exceptions_pass(
    committed: None, superuser_sql: Sql, tmp_path: Path
) -> None:
    days, chance = Days(superuser_sql, 9), random.Random(4)
    supervisor = people.supervisor()
    for _ in range(9):
        for kind in (Kind.FIRST, Kind.CHANGED, Kind.LOST):
            many_cards(chance.randrange(1, 5), Stage.WAITING_FOR_BLANK, 1, kind)
        blocked = a_card()
        block(blocked)
        step(blocked, Stage.WAITING_FOR_BLANK)
        _something_happens(chance, supervisor)
        stock(1, 4)
        batch(1, chance.randrange(1, 7))
        days.end()
    assert acts() == {"enter", "leave", "return", "served", "exception"}
    assert problems(mirror(tmp_path / "kept")) == []


def _something_happens(chance: random.Random, supervisor: Any) -> None:
    waiting = list(Card.objects.filter(stage=Stage.WAITING_FOR_BLANK, blocked=False).order_by("id"))
    held, blocked, corrected, let_go = chance.sample(waiting, 4)
    step(held, Stage.HELD, "", code="PACKET_RETRY")
    block(blocked)
    if chance.random() < 0.7:
        lift(Block.objects.filter(lifted_at=None).order_by("id")[0], by=supervisor)
    step(corrected, Stage.HELD, "", code="PACKET_RETRY")
    correct(corrected, by=supervisor)
    if not Priority.objects.filter(card_id=let_go.pk, ended_at=None).exists():
        with acting(by=supervisor, source="test"):
            Priority.objects.create(card_id=let_go.pk, category="health", why="Operasi")
    back = Card.objects.filter(stage=Stage.HELD, code="PACKET_RETRY").order_by("id").first()
    if back and back != held:
        step(back, Stage.WAITING_FOR_BLANK)
    scheduled = Card.objects.filter(stage=Stage.BLANK_ALLOCATED).order_by("-id").first()
    if scheduled:
        step(scheduled, Stage.WAITING_FOR_BLANK, "withdrawn")
    assert Ticket.objects.exists()
