"""Random histories: after every commit the counters are a recount, the places a naive count, the numbers a model's."""

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blanks.models import BatchCard
from staff.models import User
from tests import people
from tests.builders import OFFICE, a_citizen, day, free_serial, settle, sql, stock
from tracking.actor import acting
from tracking.models import Block, Card, Event, LetterRule
from tracking.refusals import sqlstate
from tracking.stages import LED_BY_LEDGER, STEPS, BlockReason, Kind, Reason, Stage, quoted

from . import naive

KECAMATAN = (1, 2, 12)
# who gets a blank, and what the printer says, have acts of their own
BY_HAND = [
    s
    for s in STEPS
    if s.to_stage not in (Stage.BLANK_ALLOCATED, Stage.PRINTED) and s.reason != Reason.MISPRINT
]
REFUSALS = ("EK002", "EK003", "EK004", "EK005", "EK006", "23505", "23502")
AT_COMMIT = ("EK011", "23514")  # out of turn by then, or no blank
BLANKS_AND_NO_CARDS = f"""
SELECT balance - (SELECT count(*) FROM tracking_card WHERE stage IN ({quoted(LED_BY_LEDGER)}) AND NOT outside_ledger)
FROM blanks_account WHERE place = 'cards'
"""

card = st.integers(0, 11)
new = st.tuples(
    st.just("new"),
    st.sampled_from(KECAMATAN),
    st.sampled_from(Kind.values),
    st.integers(0, 5),
    st.sampled_from(["RECORDED", "DEDUPLICATING", "WAITING_FOR_BLANK", "AT_KECAMATAN"]),
)
act = st.one_of(
    new,
    st.tuples(st.just("step"), card, st.integers(0, 30)),
    st.tuples(st.just("step"), card, st.integers(0, 30)),
    st.tuples(st.just("ready"), st.lists(card, min_size=1, max_size=6)),
    st.tuples(st.just("ready"), st.lists(card, min_size=1, max_size=6)),
    st.tuples(st.just("serve"), st.sampled_from(KECAMATAN), st.integers(1, 3)),
    st.tuples(st.just("serve"), st.sampled_from(KECAMATAN), st.integers(1, 3)),
    st.tuples(st.just("printer"), card, st.just("printed")),
    st.tuples(st.just("printer"), card, st.sampled_from(["printed", "printed", "misprint", "not_printed"])),
    st.tuples(st.just("block"), card, st.sampled_from(BlockReason.values[:3])),
    st.tuples(st.just("lift"), card),
    st.tuples(st.just("house"), card, st.sampled_from(KECAMATAN)),
    st.tuples(st.just("correct"), card),
    st.tuples(st.just("renew"), card),
)
beginning = st.tuples(st.lists(new, min_size=3, max_size=8), st.just(True))
# a commit or a rollback of what was done since the last one
then = st.tuples(st.lists(act, min_size=1, max_size=6), st.sampled_from([True, True, False]))
history = st.builds(lambda first, rest: [first, *rest], beginning, st.lists(then, min_size=3, max_size=8))


@dataclass
class World:
    """Does acts through the door, and keeps its own book of numbers beside it."""

    supervisor: User
    cards: list[int] = field(default_factory=list)
    last: dict[Any, int] = field(default_factory=lambda: defaultdict(int))
    numbers: dict[int, tuple[int, str, int]] = field(default_factory=dict)

    def play(self, acts: list[tuple[Any, ...]], commit: bool) -> None:
        before = len(self.cards)
        point = transaction.savepoint()
        for name, *words in acts:
            with suppress(DatabaseError):
                try:
                    with transaction.atomic():
                        getattr(self, name)(*words)
                except DatabaseError as error:
                    assert sqlstate(error) in REFUSALS, error
                    raise
        if commit and self._commits():
            self._draw()
            transaction.savepoint_commit(point)
        else:
            transaction.savepoint_rollback(point)
            del self.cards[before:]

    def _commits(self) -> bool:
        try:
            with transaction.atomic():
                settle()
        except DatabaseError as error:
            assert sqlstate(error) in AT_COMMIT, error
            return False
        return True

    def _draw(self) -> None:
        """The book: who waited for the first time gets the next number of home and letter, by request, then id."""
        fresh = Card.objects.filter(ticket_kecamatan_id__isnull=False).exclude(pk__in=self.numbers)
        for one in fresh.order_by("requested_at", "id"):
            queue = (one.ticket_kecamatan_id, one.letter)
            self.last[queue] += 1
            self.numbers[one.pk] = (*queue, self.last[queue])  # type: ignore[assignment]

    def _pick(self, index: int) -> Card | None:
        return Card.objects.get(pk=self.cards[index % len(self.cards)]) if self.cards else None

    def new(self, kecamatan: int, kind: str, requested: int, stage: str) -> None:
        with acting(by=OFFICE, source="test"):
            made = Card.objects.create(
                citizen=a_citizen(),
                kecamatan_id=kecamatan,
                kind=kind,
                stage=stage,
                requested_at=day(requested),
            )
        self.cards.append(made.pk)

    def step(self, index: int, choice: int) -> None:
        if one := self._pick(index):
            # sometimes an illegal one, which must leave nothing behind
            ways = [s for s in BY_HAND if s.from_stage == one.stage] or BY_HAND
            way = ways[choice % len(ways)] if choice % 7 else BY_HAND[choice % len(BY_HAND)]
            with acting(by=OFFICE, source="test", reason=way.reason):
                Card.objects.filter(pk=one.pk).update(stage=way.to_stage)

    def ready(self, indexes: list[int]) -> None:
        if self.cards:
            some = {self.cards[index % len(self.cards)] for index in indexes}
            with acting(by=OFFICE, source="test"):
                Card.objects.filter(pk__in=some, stage__in=["RECORDED", "DEDUPLICATING", "HELD"]).update(
                    stage=Stage.WAITING_FOR_BLANK
                )

    def serve(self, kecamatan: int, most: int) -> None:
        """The next of a kecamatan get their blanks."""
        with acting(by=OFFICE, source="test"):
            sql(
                "UPDATE tracking_card SET stage = 'BLANK_ALLOCATED' WHERE stage = 'WAITING_FOR_BLANK'"
                " AND id IN (SELECT card_id FROM blanks_next(%s::smallint, %s))",
                [kecamatan, most],
            )

    def printer(self, index: int, outcome: str) -> None:
        """What became of a card that is at the printer."""
        if lines := list(BatchCard.objects.filter(open=True).order_by("batch_id", "line")):
            line = lines[index % len(lines)]
            series, number = (None, None) if outcome == "not_printed" else ("", free_serial())
            with acting(by=OFFICE, source="test"):
                sql(
                    "INSERT INTO blanks_result (batch_id, card_id, outcome, series_id, number)"
                    " SELECT %s, %s, %s, (SELECT id FROM blanks_series WHERE prefix = %s), %s",
                    [line.batch_id, line.card_id, outcome, series, number],
                )

    def block(self, index: int, reason: str) -> None:
        if one := self._pick(index):
            with acting(by=OFFICE, source="test"):
                Block.objects.create(card_id=one.pk, reason=reason, source="test")

    def lift(self, index: int) -> None:
        if open_ := list(Block.objects.filter(lifted_at=None).order_by("id").values_list("pk", flat=True)):
            with acting(by=self.supervisor, source="test"):
                Block.objects.filter(pk=open_[index % len(open_)]).update(lift_reason="checked")

    def house(self, index: int, kecamatan: int) -> None:
        if one := self._pick(index):
            with acting(by=OFFICE, source="test"):
                Card.objects.filter(pk=one.pk).update(kecamatan_id=kecamatan)

    def correct(self, index: int) -> None:
        if one := self._pick(index):
            undone = Event.objects.filter(card_id=one.pk).exclude(corrects=None).values("corrects")
            last = (
                Event.objects.filter(card_id=one.pk, from_stage__isnull=False, corrects=None)
                .exclude(id__in=undone)
                .order_by("-id")
                .first()
            )
            if last:
                with acting(by=self.supervisor, source="test", reason="mistake", corrects=last.id):
                    Card.objects.filter(pk=one.pk).update(stage=last.from_stage)

    def renew(self, index: int) -> None:
        if one := self._pick(index):
            with acting(by=OFFICE, source="test"):
                Card.objects.filter(pk=one.pk).update(token_version=one.token_version + 1)


@pytest.mark.slow
@given(history=history, order=st.sampled_from(["ABC", "CAB", "BCA"]))
@settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_a_random_history_keeps_every_promise(
    committed: None, history: list[tuple[list[tuple[Any, ...]], bool]], order: str
) -> None:
    """Each history is a transaction of its own, rolled back, so that its dead rows burden no other."""
    with transaction.atomic():
        if order != "ABC":
            LetterRule.objects.create(valid_from="2017-02-01", letters=order, decree="Keputusan uji")
        for kecamatan in KECAMATAN:
            stock(kecamatan, 12)
        world = World(people.supervisor())
        for acts, commit in history:
            world.play(acts, commit)
            naive.assert_exact()
            assert sql(BLANKS_AND_NO_CARDS) == [(0,)]
            assert naive.kept_positions() == naive.positions(order)
            drawn = sql("SELECT card_id, kecamatan_id, letter, number FROM tracking_ticket")
            assert {row[0]: row[1:] for row in drawn} == world.numbers
        transaction.set_rollback(True)
