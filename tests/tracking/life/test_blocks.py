"""A block keeps a card from moving towards its citizen until a supervisor has looked; what has happened is booked."""

import pytest

from staff.models import User
from tests import people
from tests.builders import (
    OFFICE,
    a_card,
    block,
    correct,
    day,
    last_event,
    lift,
    move_house,
    position,
    queue_number,
    refused,
    settle,
    sql,
    step,
    story,
)
from tracking import actions
from tracking.actor import acting
from tracking.models import Block, Card, QueueHead, StageCount
from tracking.refusals import AlreadyBlocked, AlreadyLifted, Blocked
from tracking.stages import STEPS, BlockReason, LegalStep, Stage

pytestmark = pytest.mark.django_db

ALLOCATED = Stage.BLANK_ALLOCATED
# a card is never blocked and allocated at once: its block withdraws it
NOT_ALLOCATED = [one for one in STEPS if one.from_stage != ALLOCATED]


@pytest.fixture
def ratna() -> User:
    return people.supervisor()


def head(kecamatan: int = 1, letter: str = "A") -> tuple[int, int]:
    """Waiting and blocked of one queue."""
    one = QueueHead.objects.get(kecamatan_id=kecamatan, letter=letter)
    return one.waiting, one.blocked


class TestABlockedCard:
    @pytest.mark.parametrize("one", NOT_ALLOCATED, ids=lambda s: f"{s.from_stage}-{s.to_stage}-{s.reason}")
    def test_takes_no_step_towards_its_citizen_and_every_other(self, ratna: User, one: LegalStep) -> None:
        here, there, reason, towards_citizen, _short = one
        card = a_card(here)
        if card.outside_ledger:
            with acting(by=OFFICE, source="test"):
                Card.objects.filter(pk=card.pk).update(outside_confirmed=True)
        block(card)
        if towards_citizen:
            with refused("EK004"):
                step(card, there, reason)
            with refused("EK004"):
                step(card, there, reason, code="CARD_ISSUED")
        else:
            step(card, there, reason)
            assert (card.stage, card.blocked) == (there, True)

    def test_in_allocation_is_withdrawn_in_the_same_transaction(self) -> None:
        card = a_card(Stage.WAITING_FOR_BLANK)
        step(card, ALLOCATED)
        block(card)
        event = last_event(card)
        assert (card.stage, card.blocked) == (Stage.WAITING_FOR_BLANK, True)
        assert (event.from_stage, event.to_stage, event.reason) == (ALLOCATED, "WAITING_FOR_BLANK", "blocked")
        assert head() == (0, 1)
        assert queue_number(card) == "A-1"

    def test_in_allocation_outside_the_ledger_draws_its_number_and_waits_blocked(self) -> None:
        card = a_card(ALLOCATED)
        assert card.outside_ledger
        block(card)
        assert (card.stage, card.outside_ledger, queue_number(card)) == ("WAITING_FOR_BLANK", False, "A-1")
        assert head() == (0, 1)

    def test_keeps_the_words_of_the_transaction(self) -> None:
        """The withdrawal has a reason of its own and leaves the caller's for what follows."""
        cards = [a_card(Stage.WAITING_FOR_BLANK), a_card(Stage.PRINTED)]
        step(cards[0], ALLOCATED)
        with acting(by=OFFICE, source="test", reason="lost"):
            Block.objects.create(card_id=cards[0].pk, reason="review", source="test")
            Card.objects.filter(pk=cards[1].pk).update(stage=Stage.WAITING_FOR_BLANK)
        assert [last_event(card).reason for card in cards] == ["blocked", "lost"]

    def test_is_counted_apart_and_has_no_place(self) -> None:
        cards = [a_card(Stage.WAITING_FOR_BLANK, requested_at=day(n)) for n in range(3)]
        block(cards[1])
        assert head() == (2, 1)
        assert (position(cards[0]), position(cards[2])) == (1, 2)
        from tracking.queries.card import facts_about

        assert facts_about(cards[1], []).position is None

    def test_is_still_counted_in_its_stage(self) -> None:
        block(a_card(Stage.WAITING_FOR_BLANK))
        assert StageCount.objects.get(kecamatan_id=1, stage="WAITING_FOR_BLANK", outside=False).n == 1

    def test_becomes_ready_blocked(self) -> None:
        card, other = a_card(), a_card(requested_at=day(1))
        block(card)
        step(card, Stage.WAITING_FOR_BLANK)
        step(other, Stage.WAITING_FOR_BLANK)
        assert head() == (1, 1)
        assert position(other) == 1

    def test_moves_house_and_leaves(self, ratna: User) -> None:
        card = a_card(Stage.WAITING_FOR_BLANK)
        one = block(card)
        move_house(card, 5)
        assert (head(1), head(5)) == ((0, 1), (0, 0))
        step(card, Stage.HELD, "PACKET_RETRY")
        assert head(1) == (0, 0)
        lift(one, by=ratna)
        assert head(1) == (0, 0)
        step(card, Stage.WAITING_FOR_BLANK)
        assert head(1) == (1, 0)

    def test_is_not_corrected_back_to_printing(self, ratna: User) -> None:
        card = a_card(Stage.WAITING_FOR_BLANK)
        step(card, ALLOCATED)
        one = block(card)
        withdrawal = last_event(card)
        with refused("EK004"):
            correct(card, by=ratna)
        lift(one, by=ratna)
        correct(card, by=ratna, undone=withdrawal)
        assert card.stage == ALLOCATED

    def test_ends_and_its_block_is_still_to_be_looked_at(self, ratna: User) -> None:
        card = a_card(Stage.OUT_FOR_DELIVERY)
        one = block(card)
        step(card, Stage.DELIVERED)
        assert card.blocked
        lift(one, by=ratna)
        card.refresh_from_db()
        assert not card.blocked


class TestABlock:
    @pytest.mark.parametrize("reason", BlockReason)
    def test_has_a_reason_a_source_and_a_date(self, reason: str) -> None:
        card = a_card()
        one = block(card, reason)
        one.refresh_from_db()
        assert (one.reason, one.source, one.actor, one.lifted_at) == (reason, "test", OFFICE, None)
        assert one.at is not None

    @pytest.mark.parametrize("reason", ["", "because", "REVIEW", "checked"])
    def test_has_a_reason_from_the_list(self, reason: str) -> None:
        card = a_card()
        with refused("EK003"):
            block(card, reason)

    def test_of_one_reason_is_not_set_twice(self) -> None:
        card = a_card()
        block(card)
        with refused("23505"):
            block(card)
        with pytest.raises(AlreadyBlocked):
            actions.block(card.pk, by=people.operator(), reason="review")

    def test_of_several_reasons_holds_until_the_last_is_lifted(self, ratna: User) -> None:
        card = a_card(Stage.WAITING_FOR_BLANK)
        blocks = [block(card, reason) for reason in ("review", "moved", "wrong_data")]
        for one in blocks[:2]:
            lift(one, by=ratna)
            assert head() == (0, 1)
            with refused("EK004"):
                step(card, ALLOCATED)
        lift(blocks[2], by=ratna)
        assert head() == (1, 0)
        step(card, ALLOCATED)

    def test_may_come_again_after_it_was_lifted(self, ratna: User) -> None:
        card = a_card()
        lift(block(card), by=ratna)
        block(card)
        assert Block.objects.filter(card_id=card.pk).count() == 2

    @pytest.mark.parametrize("stage", ["DELIVERED", "CANCELLED"])
    def test_is_for_open_cards_only(self, stage: str) -> None:
        card = a_card(stage)
        with refused("EK004"):
            block(card)
        with pytest.raises(Blocked):
            actions.block(card.pk, by=people.operator(), reason="review")

    def test_is_for_a_card_that_is_there(self) -> None:
        with refused("EK004"), acting(by=OFFICE, source="test"):
            Block.objects.create(card_id=987654321, reason="review", source="test")

    def test_of_a_hundred_cards_is_one_statement(self) -> None:
        cards = [a_card(Stage.WAITING_FOR_BLANK) for _ in range(5)]
        for card in cards[:2]:
            step(card, ALLOCATED)
        with acting(by=OFFICE, source="test"):
            Block.objects.bulk_create(Block(card_id=c.pk, reason="review", source="test") for c in cards)
        settle()
        assert head() == (0, 5)
        assert [last_event(card).reason for card in cards] == ["blocked", "blocked", "", "", ""]

    def test_is_signed_by_the_door_whatever_the_statement_says(self) -> None:
        card = a_card()
        with acting(by=OFFICE, source="test"):
            sql(
                """INSERT INTO tracking_block (card_id, reason, source, actor, at, lifted_at, lifted_by, lift_reason)
                VALUES (%s, 'review', 'test', 'staff:1', '2001-01-01', now(), 'staff:1', 'checked')""",
                [card.pk],
            )
        one = Block.objects.get(card_id=card.pk)
        assert (one.actor, one.lifted_at, one.lifted_by, one.lift_reason) == (OFFICE, None, None, None)
        assert one.at.year > 2001


class TestLifting:
    def test_says_who_when_and_why(self, ratna: User) -> None:
        one = block(a_card())
        lift(one, by=ratna, reason="data_corrected")
        one.refresh_from_db()
        assert (one.lifted_by, one.lift_reason) == (ratna.actor, "data_corrected")
        assert one.lifted_at is not None

    @pytest.mark.parametrize("role", ["operator", "officer", "auditor"])
    def test_is_refused_to_others_by_the_database(self, role: str) -> None:
        card = a_card()
        one, user = block(card), getattr(people, role)()
        with refused("EK004"):
            lift(one, by=user)
        with pytest.raises(Blocked):
            actions.lift(card.pk, by=user, block_id=one.pk, reason="checked")

    @pytest.mark.parametrize("actor", ["source:siak", "staff:0", OFFICE])
    def test_is_refused_to_machines(self, actor: str) -> None:
        one = block(a_card())
        with refused("EK004"):
            lift(one, by=actor)

    @pytest.mark.parametrize("reason", ["", "because", "review"])
    def test_needs_a_reason_from_the_list(self, ratna: User, reason: str) -> None:
        one = block(a_card())
        with refused("EK004"):
            lift(one, by=ratna, reason=reason)

    def test_happens_once(self, ratna: User) -> None:
        card = a_card()
        one = block(card)
        lift(one, by=ratna)
        with refused("EK004"):
            lift(one, by=ratna)
        with pytest.raises(AlreadyLifted):
            actions.lift(card.pk, by=ratna, block_id=one.pk, reason="checked")

    @pytest.mark.parametrize(
        "change",
        [
            "reason = 'moved'",
            "card_id = card_id + 1",
            "source = 'x'",
            "at = now() - interval '1 year'",
            "actor = 'staff:1'",
            "code = 'CARD_PRINTED'",
            "id = id + 1000",
            "central_from = now()",
        ],
    )
    def test_changes_nothing_else(self, ratna: User, change: str) -> None:
        one = block(a_card())
        for lifting in ("", ", lift_reason = 'checked'"):
            with refused("EK004", "428C9"), acting(by=ratna, source="test"):
                sql(f"UPDATE tracking_block SET {change}{lifting} WHERE id = %s", [one.pk])

    def test_is_dated_and_signed_by_the_door(self, ratna: User) -> None:
        one = block(a_card())
        with acting(by=ratna, source="test"):
            sql(
                """UPDATE tracking_block SET lift_reason = 'checked', lifted_by = 'staff:0', lifted_at = '2001-01-01'
                WHERE id = %s""",
                [one.pk],
            )
        one.refresh_from_db()
        assert one.lifted_by == ratna.actor
        assert one.lifted_at is not None and one.lifted_at.year > 2001

    def test_does_not_happen_by_the_flag(self, ratna: User) -> None:
        card = a_card()
        block(card)
        with refused("EK007"), acting(by=ratna, source="test"):
            Card.objects.filter(pk=card.pk).update(blocked=False)

    def test_puts_the_card_back_into_its_place(self, ratna: User) -> None:
        cards = [a_card(Stage.WAITING_FOR_BLANK, requested_at=day(n)) for n in range(3)]
        one = block(cards[1])
        lift(one, by=ratna)
        assert [position(card) for card in cards] == [1, 2, 3]
        assert story(cards[1]) == ["WAITING_FOR_BLANK"]
