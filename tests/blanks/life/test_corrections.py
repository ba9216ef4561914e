"""Undoing a step brings the blank back, or is refused with the words that say what stands in the way."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, transaction

from blanks.actions import return_quota
from blanks.actions.stock import destroy, find, send_back
from blanks.ledger import Outcome
from blanks.models import BatchCard, Serial
from blanks.refusals import NotEnough, NotThere
from blanks.serials import SerialText, read
from staff.models import User
from tests import people
from tests.blanks.house import balance
from tests.builders import a_card, block, correct, last_event, print_on, settle, step, stock
from tests.staff.cast import deed, logged_in, staff
from tracking.models import Card
from tracking.refusals import Blocked, NotTheLastStep, OtherCardOpen, Refused, refusal
from tracking.stages import Stage

from .ways import a_card_at, back, books, moved, serial_of, supplied


@pytest.fixture
def ratna(db: None) -> User:
    return people.supervisor()


def serial(card: Card) -> SerialText:
    found = serial_of(card)
    assert found
    return read(str(found[1]))


@contextmanager
def stands_in_the_way(what: type[Refused], card: Card) -> Iterator[None]:
    """A correction is refused with this, and nothing of it stays."""
    before, stage = books(), card.stage
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    assert refusal(caught.value) is what
    card.refresh_from_db()
    assert (card.stage, moved(before)) == (stage, "")


class TestTheBlankIsNoLongerWhereTheStepPutIt:
    def test_it_was_destroyed(self, ratna: User) -> None:
        card = a_card_at(Stage.PRINTED)
        step(card, Stage.WAITING_FOR_BLANK, "damaged")
        destroy([serial(card)], by=ratna, number="BA-1", how="digunting")
        settle()
        with stands_in_the_way(NotThere, card):
            correct(card, by=ratna)

    def test_it_was_sent_back_to_the_supplier(self, ratna: User) -> None:
        card = a_card_at(Stage.RETURNED)
        step(card, Stage.CANCELLED, "deceased")
        send_back([serial(card)], by=ratna, why="cacat", number="K-1")
        settle()
        with stands_in_the_way(NotThere, card):
            correct(card, by=ratna)

    def test_it_was_lost_and_found_and_is_stock_again(self, ratna: User) -> None:
        card = a_card_at(Stage.OUT_FOR_DELIVERY)
        step(card, Stage.WAITING_FOR_BLANK, "lost")
        find(1, by=ratna, why="di laci", named=[serial(card)])
        settle()
        with stands_in_the_way(NotThere, card):
            correct(card, by=ratna)

    def test_lost_and_found_it_was_printed_for_somebody_else(self, ratna: User) -> None:
        card = a_card_at(Stage.OUT_FOR_DELIVERY)
        step(card, Stage.WAITING_FOR_BLANK, "lost")
        found = serial(card)
        find(1, by=ratna, why="di laci", named=[found])
        settle()
        step(card, Stage.HELD, "PACKET_RETRY")
        other = a_card_at(Stage.BLANK_ALLOCATED)
        print_on(other, found.number)
        step(card, Stage.WAITING_FOR_BLANK)
        for _twice in range(2):  # those two steps are undone, the loss is not
            back(card, ratna)
        with stands_in_the_way(NotThere, card):
            back(card, ratna)
        assert serial_of(other) == ("cards", found.number)

    def test_lost_without_its_serial_it_was_found(self, ratna: User) -> None:
        card = a_card_at(Stage.BLANK_ALLOCATED)
        step(card, Stage.WAITING_FOR_BLANK, "not_found")
        find(1, by=ratna, why="di laci")
        settle()
        with stands_in_the_way(NotEnough, card):
            correct(card, by=ratna)

    def test_the_quota_has_become_too_small(self, ratna: User) -> None:
        card = a_card_at(Stage.BLANK_ALLOCATED)
        step(card, Stage.WAITING_FOR_BLANK, "withdrawn")
        return_quota(1, balance("quota", 1), by=ratna, why="sisa")
        settle()
        with stands_in_the_way(NotEnough, card):
            correct(card, by=ratna)
        stock(1, 1)
        correct(card, by=ratna)
        assert card.stage == Stage.BLANK_ALLOCATED


class TestTheCardItselfStandsInTheWay:
    def test_the_citizen_has_another_open_card(self, ratna: User) -> None:
        card = a_card_at(Stage.AT_KECAMATAN)
        step(card, Stage.CANCELLED, "other")
        a_card(citizen=card.citizen)
        with stands_in_the_way(OtherCardOpen, card):
            correct(card, by=ratna)

    def test_a_blocked_card_does_not_go_back_to_the_printer(self, ratna: User) -> None:
        card = a_card_at(Stage.BLANK_ALLOCATED)
        block(card)
        assert card.stage == Stage.WAITING_FOR_BLANK
        with stands_in_the_way(Blocked, card):
            correct(card, by=ratna)

    def test_only_the_last_step_is_undone(self, ratna: User) -> None:
        card = a_card_at(Stage.PRINTED)
        printed = last_event(card)
        step(card, Stage.AT_KECAMATAN)
        with stands_in_the_way(NotTheLastStep, card):
            correct(card, by=ratna, undone=printed)


class TestStepByStep:
    def test_a_whole_life_is_walked_back_and_every_blank_is_where_it_was(self, ratna: User) -> None:
        supplied()
        card = a_card(Stage.WAITING_FOR_BLANK)
        seen = [books()]
        for stage, reason in (
            (Stage.BLANK_ALLOCATED, ""),
            (Stage.PRINTED, ""),
            (Stage.AT_KECAMATAN, ""),
            (Stage.OUT_FOR_DELIVERY, ""),
            (Stage.RETURNED, "not_home"),
            (Stage.WAITING_FOR_BLANK, "damaged"),
            (Stage.BLANK_ALLOCATED, ""),
            (Stage.PRINTED, ""),
            (Stage.CANCELLED, "deceased"),
        ):
            step(card, stage, reason)
            seen.append(books())
        first, second = (one.number for one in _serials())
        while len(seen) > 1:
            assert books() == seen.pop()
            back(card, ratna)
        assert books() == seen[0]
        assert (card.stage, {first, second}) == (Stage.WAITING_FOR_BLANK, {1, 2})
        assert {one.place for one in _serials()} == {"free"}

    def test_a_misprint_undone_is_printed_on_the_same_blank(self, ratna: User) -> None:
        card = a_card_at(Stage.BLANK_ALLOCATED)
        print_on(card, 1, Outcome.MISPRINT)
        correct(card, by=ratna)
        print_on(card, 1)
        assert serial_of(card) == ("cards", 1)

    def test_the_card_is_open_in_its_batch_again(self, ratna: User) -> None:
        card = a_card_at(Stage.BLANK_ALLOCATED)
        step(card, Stage.CANCELLED, "other")
        assert not BatchCard.objects.get(card_id=card.pk).open
        correct(card, by=ratna)
        line = BatchCard.objects.get(card_id=card.pk)
        assert (line.open, line.left_to, line.left_why) == (True, None, None)

    def test_a_blank_that_was_given_back_is_not_given_back_twice(self, ratna: User) -> None:
        card = a_card_at(Stage.BLANK_ALLOCATED)
        step(card, Stage.HELD, "PACKET_RETRY")
        back(card, ratna)
        back(card, ratna)
        assert (card.stage, balance("cards"), balance("quota", 1)) == (Stage.WAITING_FOR_BLANK, 0, 1)


def test_the_page_names_what_stands_in_the_way(committed: None) -> None:
    """At the commit itself, as a supervisor meets it."""
    user = staff("supervisor")
    client = logged_in(user)
    given_back, destroyed = a_card_at(Stage.BLANK_ALLOCATED), a_card_at(Stage.PRINTED, 2)
    step(given_back, Stage.HELD, "PACKET_RETRY")
    return_quota(1, balance("quota", 1), by=user, why="sisa")
    step(destroyed, Stage.CANCELLED, "other")
    destroy([serial(destroyed)], by=user, number="BA-1", how="digunting")
    for card, says in ((given_back, "Blanko tidak cukup"), (destroyed, "sudah dipakai, dipindah")):
        asked = {"reason": "mistake", "undone": last_event(card).id}
        page = client.post(deed(card, "betulkan"), asked, follow=True).content.decode()
        assert says in page
        before = card.stage
        card.refresh_from_db()
        assert card.stage == before


def _serials() -> list[Serial]:

    return list(Serial.objects.order_by("number"))
