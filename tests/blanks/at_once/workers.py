"""People of the office who work at the same time, each in a process of their own with real commits."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from django.db import connections

from blanks.actions import Line, divide, print_batch, receive, record_lines, return_quota
from blanks.actions.receive import Received
from blanks.models import BatchCard, PrintBatch
from staff.models import User
from tests.builders import OFFICE
from tracking import actions
from tracking.actor import acting
from tracking.models import Block, Card, Event
from tracking.refusals import Refused, action
from tracking.stages import Stage

PLACES = (1, 2, 3)
SERIALS = 1_000_000


class Worker:
    """One person: does something at random, again and again."""

    def __init__(self, number: int, supervisor: int) -> None:
        self.random = Random(number)
        self.supervisor = User.objects.get(pk=supervisor)
        self.serial = number * 10_000
        self.did: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def work(self, transactions: int) -> None:
        deeds: list[Callable[[], Any]] = [
            *[self.prints] * 5, *[self.records] * 5, self.divides, self.takes_back, self.stops, self.releases,
            self.blocks, self.lifts, self.corrects, self.cancels,
        ]  # fmt: skip
        for _ in range(transactions):
            deed = self.random.choice(deeds)
            try:
                deed()
                self.did[deed.__name__] += 1
            except Refused as refused:
                self.refused[type(refused).__name__] += 1

    def place(self) -> int:
        return self.random.choice(PLACES)

    def prints(self) -> None:
        print_batch(self.place(), size=self.random.randint(1, 6), by=OFFICE)

    def records(self) -> None:
        open_ones = BatchCard.objects.filter(open=True).values_list("batch_id", flat=True).distinct()
        batch = PrintBatch.objects.get(pk=self.random.choice(list(open_ones)[:20] or [0]))
        lines = []
        for card in batch.cards:  # those that have left the batch too: their results are late
            self.serial += 1
            outcome = self.random.choice(["printed"] * 6 + ["misprint", "not_printed"])
            lines.append(Line(card.card_id, outcome, str(self.serial)))
        record_lines(batch, lines, by=OFFICE)

    def divides(self) -> None:
        divide(
            self.random.randint(5, 60),
            by=OFFICE,
            strategy=self.random.choice(["proportional", "oldest-first"]),
        )

    def takes_back(self) -> None:
        place, other = self.random.sample(PLACES, 2)
        return_quota(
            place, self.random.randint(1, 5), by=OFFICE, why="uji", to=self.random.choice([None, other])
        )

    def stops(self) -> None:
        self.step(Stage.HELD, (Stage.WAITING_FOR_BLANK, Stage.BLANK_ALLOCATED), "ADJUDICATE_RECORD")

    def releases(self) -> None:
        self.step(Stage.WAITING_FOR_BLANK, (Stage.HELD,))

    def cancels(self) -> None:
        self.step(Stage.CANCELLED, (Stage.BLANK_ALLOCATED, Stage.PRINTED), "other")

    @action
    def step(self, to: str, stages: tuple[str, ...], reason: str = "") -> None:
        card = self.some(Card.objects.filter(stage__in=stages))
        if card:
            with acting(by=OFFICE, source="test", reason=reason):
                Card.objects.filter(pk=card, stage__in=stages).update(stage=to)

    def blocks(self) -> None:
        card = self.some(Card.objects.filter(closed=False))
        if card:
            actions.block(card, by=self.supervisor, reason="review")

    def lifts(self) -> None:
        block = self.some(Block.objects.filter(lifted_at=None))
        if block:
            one = Block.objects.get(pk=block)
            actions.lift(one.card_id, by=self.supervisor, block_id=block, reason="checked")

    def corrects(self) -> None:
        card = self.some(
            Card.objects.filter(stage__in=(Stage.PRINTED, Stage.BLANK_ALLOCATED, Stage.CANCELLED))
        )
        events = list(Event.objects.filter(card_id=card).order_by("id")) if card else []
        undone = actions.undoable(events, by=self.supervisor)
        if card and undone:
            actions.correct(card, by=self.supervisor, reason="mistake", undone=undone.id)

    def some(self, rows: Any) -> int | None:
        found = list(rows.order_by("?").values_list("pk", flat=True)[:1])
        return found[0] if found else None


def start(number: int, supervisor: int, transactions: int, answer: Any) -> int:
    """Fork a worker; its number as a process. What it did goes to `answer`."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        for connection in connections.all(initialized_only=True):
            connection.connection = None  # the parent's
        worker = Worker(number, supervisor)
        worker.work(transactions)
        answer.put((worker.did, worker.refused))
        answer.close()
        answer.join_thread()
        status = 0
    finally:
        os._exit(status)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def supply(quantity: int) -> None:
    receive([Received.of("1", SERIALS)], by=OFFICE, number="SJ-1", on_paper=SERIALS)
    divide(quantity, by=OFFICE, strategy="proportional")


def ended(pid: int) -> int:
    """How a worker ended."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
