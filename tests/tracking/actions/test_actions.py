"""Writes of staff to one card: done once, said by whom, refused in the office's words."""

import pytest

from tests.staff.cast import a_card, staff
from tracking import actions
from tracking.actor import acting
from tracking.models import Block, Card, Event, Note
from tracking.refusals import (
    AlreadyBlocked,
    AlreadyLifted,
    Blocked,
    Moved,
    NothingToConfirm,
    NotTheLastStep,
    NotYours,
    OtherCardOpen,
)

pytestmark = pytest.mark.django_db


def stage(card: Card) -> str:
    return Card.objects.get(pk=card.pk).stage


def last(card: Card) -> Event:
    return Event.objects.filter(card_id=card.pk).latest("id")


class TestCancel:
    def test_it_ends_the_card_with_its_reason_and_who(self) -> None:
        card, user = a_card(), staff("operator")
        actions.cancel(card.pk, by=user, reason="deceased", seen="RECORDED")
        event = last(card)
        assert (event.to_stage, event.reason, event.actor, event.source) == (
            "CANCELLED",
            "deceased",
            user.actor,
            "admin",
        )

    def test_a_card_that_moved_meanwhile_is_not_cancelled(self) -> None:
        card = a_card("RECORDED", "DEDUPLICATING")
        with pytest.raises(Moved):
            actions.cancel(card.pk, by=staff("operator"), reason="other", seen="RECORDED")

    def test_a_cancelled_card_is_not_cancelled_again(self) -> None:
        card, user = a_card(), staff("operator")
        actions.cancel(card.pk, by=user, reason="other", seen="RECORDED")
        with pytest.raises(Moved):
            actions.cancel(card.pk, by=user, reason="other", seen="RECORDED")


class TestBlock:
    def test_it_keeps_the_card_and_withdraws_it_from_printing(self) -> None:
        card, user = a_card("WAITING_FOR_BLANK", "BLANK_ALLOCATED"), staff("operator")
        actions.block(card.pk, by=user, reason="review")
        assert stage(card) == "WAITING_FOR_BLANK"
        assert Card.objects.get(pk=card.pk).blocked

    def test_one_reason_blocks_once(self) -> None:
        card, user = a_card(), staff("operator")
        actions.block(card.pk, by=user, reason="review")
        with pytest.raises(AlreadyBlocked):
            actions.block(card.pk, by=user, reason="review")

    def test_a_final_card_is_not_blocked(self) -> None:
        with pytest.raises(Blocked):
            actions.block(a_card("DELIVERED").pk, by=staff("operator"), reason="review")

    def test_a_supervisor_lifts_it_once(self) -> None:
        card, user = a_card(), staff("supervisor")
        actions.block(card.pk, by=user, reason="review")
        block = Block.objects.get()
        actions.lift(card.pk, by=user, block_id=block.pk, reason="checked")
        assert not Card.objects.get(pk=card.pk).blocked
        with pytest.raises(AlreadyLifted):
            actions.lift(card.pk, by=user, block_id=block.pk, reason="checked")

    def test_nobody_else_lifts_it(self) -> None:
        card, user = a_card(), staff("operator")
        actions.block(card.pk, by=user, reason="review")
        with pytest.raises(Blocked):
            actions.lift(card.pk, by=user, block_id=Block.objects.get().pk, reason="checked")

    def test_a_block_is_lifted_on_its_own_card_alone(self) -> None:
        card, user = a_card(), staff("supervisor")
        actions.block(card.pk, by=user, reason="review")
        with pytest.raises(AlreadyLifted):
            actions.lift(card.pk + 1, by=user, block_id=Block.objects.get().pk, reason="checked")


class TestCorrect:
    def test_a_supervisor_puts_the_card_back(self) -> None:
        card = a_card("RECORDED", "DEDUPLICATING")
        step = last(card)
        actions.correct(card.pk, by=staff("supervisor"), reason="mistake", undone=step.id)
        assert stage(card) == "RECORDED"
        assert last(card).corrects == step.id

    def test_it_is_the_way_out_of_a_final_stage(self) -> None:
        card = a_card()
        actions.cancel(card.pk, by=staff("operator"), reason="other", seen="RECORDED")
        actions.correct(card.pk, by=staff("supervisor"), reason="mistake", undone=last(card).id)
        assert stage(card) == "RECORDED"

    def test_repeated_corrections_walk_back(self) -> None:
        card, user = a_card("RECORDED", "DEDUPLICATING", "WAITING_FOR_BLANK"), staff("supervisor")
        for expected in ("DEDUPLICATING", "RECORDED"):
            events = list(Event.objects.filter(card_id=card.pk))
            step = actions.undoable(events, by=user)
            assert step is not None
            actions.correct(card.pk, by=user, reason="mistake", undone=step.id)
            assert stage(card) == expected
        assert actions.undoable(list(Event.objects.filter(card_id=card.pk)), by=user) is None

    def test_an_operator_does_not_correct_others(self) -> None:
        card = a_card("RECORDED", "DEDUPLICATING")
        with pytest.raises(NotYours):
            actions.correct(card.pk, by=staff("operator"), reason="mistake", undone=last(card).id)

    def test_whoever_booked_the_arrival_may_undo_it_at_once(self) -> None:
        card, officer = a_card("WAITING_FOR_BLANK", "BLANK_ALLOCATED", "PRINTED"), staff("kecamatan")
        with acting(by=officer, source="petugas"):
            Card.objects.filter(pk=card.pk).update(stage="AT_KECAMATAN")
        step = actions.undoable(list(Event.objects.filter(card_id=card.pk)), by=officer)
        assert step is not None
        actions.correct(card.pk, by=officer, reason="wrong_card", undone=step.id)
        assert stage(card) == "PRINTED"

    def test_nobody_else_may(self) -> None:
        card = a_card("WAITING_FOR_BLANK", "BLANK_ALLOCATED", "PRINTED")
        with acting(by=staff("kecamatan"), source="petugas"):
            Card.objects.filter(pk=card.pk).update(stage="AT_KECAMATAN")
        events = list(Event.objects.filter(card_id=card.pk))
        assert actions.undoable(events, by=staff("kecamatan")) is None

    def test_the_creation_is_not_undone(self) -> None:
        card = a_card()
        with pytest.raises(NotTheLastStep):
            actions.correct(card.pk, by=staff("supervisor"), reason="mistake", undone=last(card).id)

    def test_only_the_last_step_is_undone(self) -> None:
        card = a_card("RECORDED", "HELD", "DEDUPLICATING", "HELD")
        first = Event.objects.filter(card_id=card.pk, from_stage__isnull=False).earliest("id")
        with pytest.raises(NotTheLastStep):
            actions.correct(card.pk, by=staff("supervisor"), reason="mistake", undone=first.id)

    def test_it_says_that_another_card_is_open(self) -> None:
        card = a_card()
        actions.cancel(card.pk, by=staff("operator"), reason="other", seen="RECORDED")
        step = last(card)
        with acting(by="source:siak", source="siak"):
            Card.objects.create(
                citizen_id=card.citizen_id,
                kind="RUSAK",
                stage="RECORDED",
                requested_at=card.requested_at,
                kecamatan_id=4,
            )
        with pytest.raises(OtherCardOpen):
            actions.correct(card.pk, by=staff("supervisor"), reason="mistake", undone=step.id)


class TestRecord:
    def test_a_card_outside_the_ledger_is_confirmed_once(self) -> None:
        card, officer = a_card("AT_KECAMATAN"), staff("kecamatan")
        actions.confirm_found(card.pk, by=officer)
        assert Card.objects.get(pk=card.pk).outside_confirmed
        assert Note.objects.get().actor == officer.actor
        with pytest.raises(NothingToConfirm):
            actions.confirm_found(card.pk, by=officer)

    @pytest.mark.parametrize("stages", [("DELIVERED",), ("RECORDED",)])
    def test_there_is_nothing_to_confirm_elsewhere(self, stages: tuple[str]) -> None:
        with pytest.raises(NothingToConfirm):
            actions.confirm_found(a_card(*stages).pk, by=staff("kecamatan"))

    def test_the_public_link_gets_another_version(self) -> None:
        card = a_card()
        actions.renew_link(card.pk, by=staff("operator"))
        assert Card.objects.get(pk=card.pk).token_version == 2

    def test_a_note_keeps_who_wrote_it(self) -> None:
        card, user = a_card(), staff("kecamatan")
        actions.note(card.pk, by=user, text="akan datang besok")
        assert (Note.objects.get().text, Note.objects.get().actor) == ("akan datang besok", user.actor)
