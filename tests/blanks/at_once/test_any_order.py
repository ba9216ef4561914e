"""Everything that is done with blanks, in any order that hypothesis thinks of, beside books kept by a child."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from blanks.actions import Line, divide, print_batch, receive, record_lines, return_quota
from blanks.actions.printing import NoBlanks, NobodyWaits, next_in_queue
from blanks.actions.priority import serve_first
from blanks.actions.stock import destroy, find, lose
from blanks.models import Account, BatchCard, PrintBatch, Serial
from blanks.refusals import NotEnough, NotThere
from blanks.serials import read
from blanks.spans import Span
from tests import people
from tests.builders import OFFICE, lift, many_cards, settle, sql
from tests.builders import block as set_block
from tracking.actions import correct, undoable
from tracking.actions.steps import step
from tracking.models import Block, Card, Event
from tracking.refusals import Blocked, Refused, translated
from tracking.stages import Kind
from tracking.verify import check

from .naive import LETTERS, Books, Person

FULL = os.environ.get("EKTP_FULL") == "1"
PLACES = st.sampled_from([1, 2])
PICK = st.integers(0, 30)
BEFORE_PRINTING = ("WAITING_FOR_BLANK", "BLANK_ALLOCATED")

# everything here is of one transaction, so of one moment: what compares moments finds fault with it
BY_THE_CLOCK = ("tickets_in_order", "exceptions_by_a_supervisor")


@contextmanager
def expecting(*refusals: type[Refused] | None) -> Iterator[list[type[Refused]]]:
    """What is done inside, settled as at a commit, is refused with one of these; None: it is not."""
    met: list[type[Refused]] = []
    try:
        with translated(), transaction.atomic():
            yield met
            settle()
    except Refused as refused:
        met.append(type(refused))
    assert (met[0] if met else None) in refusals, (met, refusals)


class Office(RuleBasedStateMachine):
    """One office with two kecamatan, alone on the machine."""

    def __init__(self) -> None:
        super().__init__()
        self.books = Books()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.ratna = people.supervisor()
        self.next_serial = 1
        self.arrive(1, Kind.FIRST, 3)
        self.arrive(2, Kind.LOST, 2)
        self.receive(6)

    def teardown(self) -> None:
        with connection.cursor() as cursor:
            problems = [one for one in check(cursor).problems if one.invariant not in BY_THE_CLOCK]
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
        assert problems == []

    @invariant()
    def the_books_agree(self) -> None:
        kept = {one.kecamatan_id or one.place: one.balance for one in Account.objects.all() if one.balance}
        assert kept == {place: n for place, n in self.books.balance.items() if n}
        for place in (1, 2):
            assert [one.card_id for one in next_in_queue(place, 100)] == self.books.queue(place)
        named = dict(Serial.objects.exclude(place="free").values_list("number", "place"))
        assert named == {n: place for n, place in self.books.serials.items() if place != "free"}
        bound = dict(Serial.objects.filter(place="cards").values_list("card_id", "number"))
        assert bound == {key: one.serial for key, one in self.books.cards.items() if one.serial}

    @rule(kecamatan=PLACES, kind=st.sampled_from([Kind.FIRST, Kind.CHANGED, Kind.LOST]), n=st.integers(1, 3))
    def arrive(self, kecamatan: int, kind: str, n: int) -> None:
        made = many_cards(n, "WAITING_FOR_BLANK", kecamatan, kind)
        rows = sql("SELECT card_id, letter, number FROM tracking_ticket WHERE card_id = ANY (%s)", [made])
        for card, letter, number in rows:
            self.books.cards[card] = Person(kecamatan, (LETTERS.index(letter), number))

    @rule(n=st.integers(1, 8))
    def receive(self, n: int) -> None:
        with expecting(None):
            receive([Span.of(str(self.next_serial), n)], by=OFFICE, number="SJ", on_paper=n)
        self.books.move("supplier", "store", n)
        self.books.serials |= {self.next_serial + at: "free" for at in range(n)}
        self.next_serial += n

    @rule(n=st.integers(1, 12), strategy=st.sampled_from(["proportional", "oldest-first"]))
    def divide(self, n: int, strategy: str) -> None:
        need = {place: self.books.need(place) for place in (1, 2)}
        enough = n <= self.books.balance.get("store", 0)
        before = self._quotas()
        with expecting(None if enough else NotEnough):
            divide(n, by=self.ratna, strategy=strategy)
        if enough:
            gets = {place: now - before[place] for place, now in self._quotas().items()}
            assert sum(gets.values()) == min(n, sum(need.values()))
            assert all(0 <= gets[place] <= need[place] for place in gets)
            for place, some in gets.items():
                self.books.move("store", place, some)

    def _quotas(self) -> dict[int, int]:
        return {place: Account.objects.get(kecamatan=place).balance for place in (1, 2)}

    @rule(kecamatan=PLACES, n=st.integers(1, 5), moves=st.booleans())
    def take_back(self, kecamatan: int, n: int, moves: bool) -> None:
        other = 3 - kecamatan
        enough = n <= self.books.balance.get(kecamatan, 0)
        with expecting(None if enough else NotEnough):
            return_quota(kecamatan, n, by=self.ratna, why="uji", to=other if moves else None)
        if enough:
            self.books.move(kecamatan, other if moves else "store", n)

    @rule(kecamatan=PLACES, size=st.integers(1, 5))
    def prints(self, kecamatan: int, size: int) -> None:
        queue, blanks = self.books.queue(kecamatan), self.books.balance.get(kecamatan, 0)
        with expecting(None if queue and blanks else NobodyWaits if blanks else NoBlanks):
            batch = print_batch(kecamatan, size=size, by=OFFICE)
        if queue and blanks:
            taken = queue[: min(size, blanks)]
            assert [card.card_id for card in batch.cards] == taken
            for card in taken:
                self.books.step(card, "BLANK_ALLOCATED", kecamatan, "cards")

    @rule(
        pick=PICK,
        outcome=st.sampled_from(["printed", "printed", "printed", "misprint", "not_printed"]),
        serial=st.integers(1, 40),
    )
    def result(self, pick: int, outcome: str, serial: int) -> None:
        """Of any line of any batch: of a card that has left it the result is late."""
        lines = list(BatchCard.objects.order_by("-batch_id", "line")[: 2 * pick + 1])
        if not lines:
            return
        line = lines[pick % len(lines)]
        one = self.books.cards[line.card_id]
        free = self.books.serials.get(serial) == "free"
        blanks = [place for place in (one.kecamatan, "store") if self.books.balance.get(place, 0)]
        said = self._said(line)
        with expecting(None):
            done = record_lines(
                PrintBatch.objects.get(pk=line.batch_id),
                [Line(line.card_id, outcome, str(serial))],
                by=OFFICE,
            )
        if not line.open and (outcome == "not_printed" or said == (outcome, serial)):
            assert done.unchanged
        elif outcome == "not_printed":
            self.books.step(line.card_id, "WAITING_FOR_BLANK", "cards", one.kecamatan)
        elif not free or (not line.open and not blanks):
            assert len(done.rejects) == 1
        elif not line.open:
            assert done.late == 1
            self.books.move(blanks[0], "spoiled")
            self.books.serials[serial] = "spoiled"
        elif outcome == "printed":
            self.books.step(line.card_id, "PRINTED", serial=serial)
        else:
            self.books.step(line.card_id, "WAITING_FOR_BLANK", "cards", "spoiled", serial)

    def _said(self, line: BatchCard) -> Any:
        rows = sql(
            "SELECT outcome, number FROM blanks_result WHERE batch_id = %s AND card_id = %s ORDER BY id DESC LIMIT 1",
            [line.batch_id, line.card_id],
        )
        return rows[0] if rows else None

    def _any(self, pick: int, *stages: str) -> int | None:
        some = [key for key, one in self.books.cards.items() if one.stage in stages]
        return some[pick % len(some)] if some else None

    def _step(self, card: int, to: str, reason: str = "") -> None:
        with expecting(None):
            step(card, by=OFFICE, reason=reason, seen=self.books.cards[card].stage, to=to)  # type: ignore[arg-type]

    @rule(pick=PICK)
    def stops(self, pick: int) -> None:
        if card := self._any(pick, *BEFORE_PRINTING):
            self._step(card, "HELD", "PACKET_RETRY")
            self._leaves(card, "HELD")

    @rule(pick=PICK)
    def goes_on(self, pick: int) -> None:
        if card := self._any(pick, "HELD"):
            self._step(card, "WAITING_FOR_BLANK")
            self.books.step(card, "WAITING_FOR_BLANK")

    @rule(pick=PICK, reason=st.sampled_from(["not_found", "withdrawn"]))
    def is_withdrawn(self, pick: int, reason: str) -> None:
        if card := self._any(pick, "BLANK_ALLOCATED"):
            self._step(card, "WAITING_FOR_BLANK", reason)
            to = "lost" if reason == "not_found" else self.books.cards[card].kecamatan
            self.books.step(card, "WAITING_FOR_BLANK", "cards", to)

    @rule(pick=PICK, reason=st.sampled_from(["damaged", "lost"]))
    def comes_back(self, pick: int, reason: str) -> None:
        if card := self._any(pick, "PRINTED"):
            self._step(card, "WAITING_FOR_BLANK", reason)
            place = "lost" if reason == "lost" else "spoiled"
            self.books.step(card, "WAITING_FOR_BLANK", "cards", place, self.books.cards[card].serial)

    @rule(pick=PICK)
    def is_cancelled(self, pick: int) -> None:
        if card := self._any(pick, *BEFORE_PRINTING, "PRINTED", "HELD"):
            self._step(card, "CANCELLED", "other")
            if serial := self.books.cards[card].serial:
                self.books.step(card, "CANCELLED", "cards", "spoiled", serial)
            else:
                self._leaves(card, "CANCELLED")

    def _leaves(self, card: int, to: str) -> None:
        """Before it was printed: its blank goes back to the quota."""
        one = self.books.cards[card]
        self.books.step(card, to, *(("cards", one.kecamatan) if one.stage == "BLANK_ALLOCATED" else ()))

    @rule(pick=PICK)
    def is_blocked(self, pick: int) -> None:
        card = self._any(pick, *BEFORE_PRINTING, "PRINTED")
        if card and not self.books.cards[card].blocked:
            set_block(Card.objects.get(pk=card))
            self.books.cards[card].blocked = True
            if self.books.cards[card].stage == "BLANK_ALLOCATED":
                self._leaves(card, "WAITING_FOR_BLANK")

    @rule()
    def is_lifted(self) -> None:
        if one := Block.objects.filter(lifted_at=None).order_by("-id").first():
            lift(one, by=self.ratna)
            self.books.cards[one.card_id].blocked = False

    @rule(pick=PICK)
    def goes_first(self, pick: int) -> None:
        card = self._any(pick, "WAITING_FOR_BLANK")
        if card and not self.books.cards[card].first:
            serve_first(card, by=self.ratna, category="health", why="uji")
            self.books.cards[card].first = True

    @rule(pick=PICK)
    def is_corrected(self, pick: int) -> None:
        card = self._any(pick, *BEFORE_PRINTING, "PRINTED", "CANCELLED", "HELD")
        event = (
            undoable(list(Event.objects.filter(card_id=card).order_by("id")), by=self.ratna) if card else None
        )
        if not card or not event:
            return
        may = self.books.can_undo(card)
        with expecting(*([None] if may else [NotEnough, NotThere, Blocked])):
            correct(card, by=self.ratna, reason="mistake", undone=event.id)
        if may:
            self.books.undo(card)

    @rule(kecamatan=PLACES, n=st.integers(1, 3))
    def loses(self, kecamatan: int, n: int) -> None:
        enough = n <= self.books.balance.get(kecamatan, 0)
        with expecting(None if enough else NotEnough):
            lose(n, account=100 + kecamatan, by=self.ratna, why="uji")
        if enough:
            self.books.move(kecamatan, "lost", n)

    @rule(n=st.integers(1, 3), serial=st.integers(1, 40), named=st.booleans())
    def finds(self, n: int, serial: int, named: bool) -> None:
        place = self.books.serials.get(serial) if named else None
        by_name = place == "lost"
        may = n - by_name <= self.books.nameless() and (not named or place in ("free", "lost"))
        if named and place is None:
            return
        with expecting(None if may else NotThere):
            find(n, by=self.ratna, why="uji", named=[read(str(serial))] if named else [])
        if may:
            self.books.move("lost", "store", n)
            if by_name:
                self.books.serials[serial] = "free"

    @rule()
    @precondition(lambda self: "spoiled" in self.books.serials.values())
    def destroys(self) -> None:
        serial = max(n for n, place in self.books.serials.items() if place == "spoiled")
        with expecting(None):
            destroy([read(str(serial))], by=self.ratna, number="BA", how="digunting")
        self.books.move("spoiled", "destroyed")
        self.books.serials[serial] = "destroyed"


@pytest.mark.slow
@pytest.mark.django_db
def test_in_whatever_order_it_is_done() -> None:
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=150 if FULL else 15,
            stateful_step_count=40,
            deadline=None,
            database=None,
            derandomize=not FULL,
            phases=[Phase.generate],  # a failure is told as it was met; to make it short takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
