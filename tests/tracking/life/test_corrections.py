"""A supervisor undoes a card's last step by a new event; whoever made it may for a short while."""

from collections.abc import Callable
from typing import Any

import pytest

from staff.models import User
from tests import people
from tests.builders import (
    a_card,
    correct,
    day,
    last_event,
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
from tracking.models import Card, Event, OfficeRule, StageCount
from tracking.refusals import NotTheLastStep, NotYours, OtherCardOpen, ReasonNeeded
from tracking.stages import CORRECTION_REASONS, SHORT_UNDO, STEPS, Stage

Sql = Callable[..., list[tuple[Any, ...]]]
pytestmark = pytest.mark.django_db

TO_THE_DOOR = ("BLANK_ALLOCATED", "PRINTED", "AT_KECAMATAN", "OUT_FOR_DELIVERY", "DELIVERED")


@pytest.fixture
def ratna() -> User:
    return people.supervisor()


def delivered(**fields: Any) -> Card:
    card = a_card(Stage.WAITING_FOR_BLANK, **fields)
    for stage in TO_THE_DOOR:
        step(card, stage)
    return card


class TestTheLastStep:
    @pytest.mark.parametrize("one", STEPS, ids=lambda s: f"{s.from_stage}-{s.to_stage}-{s.reason}")
    def test_of_every_kind_is_undone_by_a_supervisor(self, ratna: User, one: Any) -> None:
        card = a_card(one.from_stage)
        before = Card.objects.filter(pk=card.pk).values("stage", "since", "code", "outside_ledger").get()
        undone = step(card, one.to_stage, one.reason)
        event = correct(card, by=ratna)
        assert (event.corrects, event.reason, event.actor) == (undone.id, "mistake", ratna.actor)
        assert (event.from_stage, event.to_stage) == (one.to_stage, one.from_stage)
        assert (
            Card.objects.filter(pk=card.pk).values("stage", "since", "code", "outside_ledger").get() == before
        )

    def test_brings_code_and_date_of_the_stage_back(self, ratna: User) -> None:
        card = a_card(Stage.DEDUPLICATING, code="SENT_FOR_DEDUP", since=day(3))
        step(card, Stage.HELD, code="DUPLICATE_RECORD", since=day(9))
        event = correct(card, by=ratna)
        assert (card.code, card.since) == ("SENT_FOR_DEDUP", day(3))
        assert (event.code, event.since) == ("SENT_FOR_DEDUP", day(3))

    def test_does_not_take_another_date_or_code_from_whoever_corrects(self, ratna: User) -> None:
        card = a_card(Stage.DEDUPLICATING, code="SENT_FOR_DEDUP", since=day(3))
        undone = step(card, Stage.HELD, code="DUPLICATE_RECORD", since=day(9))
        with acting(by=ratna, source="test", reason="mistake", corrects=undone.id):
            Card.objects.filter(pk=card.pk).update(stage=Stage.DEDUPLICATING, code="FORGED", since=day(99))
        card.refresh_from_db()
        assert (card.code, card.since) == ("SENT_FOR_DEDUP", day(3))

    def test_is_undone_one_after_the_other_back_to_the_creation(self, ratna: User) -> None:
        card = a_card()
        way = ("DEDUPLICATING", "WAITING_FOR_BLANK", *TO_THE_DOOR)
        for stage in way:
            step(card, stage)
        for stage in reversed(("RECORDED", *way[:-1])):
            steps = Event.objects.filter(card_id=card.pk, from_stage__isnull=False, corrects=None)
            undone = Event.objects.filter(card_id=card.pk).exclude(corrects=None).values("corrects")
            last = steps.exclude(id__in=undone).order_by("-id")[0]
            correct(card, by=ratna, undone=last)
            assert card.stage == stage
        assert card.since == last_event(card).since
        assert len(story(card)) == 1 + 2 * len(way)

    def test_after_a_correction_may_be_a_new_one(self, ratna: User) -> None:
        card = a_card(Stage.PRINTED)
        step(card, Stage.AT_KECAMATAN)
        correct(card, by=ratna)
        again = step(card, Stage.AT_KECAMATAN)
        assert correct(card, by=ratna).corrects == again.id
        assert card.stage == Stage.PRINTED

    @pytest.mark.parametrize("reason", CORRECTION_REASONS)
    def test_is_undone_with_a_reason(self, ratna: User, reason: str) -> None:
        card = a_card(Stage.PRINTED)
        step(card, Stage.AT_KECAMATAN)
        assert correct(card, by=ratna, reason=reason).reason == reason

    @pytest.mark.parametrize("reason", ["", "misprint", "deceased", "because"])
    def test_is_not_undone_without_one(self, ratna: User, reason: str) -> None:
        card = a_card(Stage.PRINTED)
        step(card, Stage.AT_KECAMATAN)
        with refused("EK003"):
            correct(card, by=ratna, reason=reason)


class TestNothingElseIsUndone:
    def test_an_earlier_step(self, ratna: User) -> None:
        card = a_card()
        first = step(card, Stage.DEDUPLICATING)
        step(card, Stage.HELD, "PACKET_RETRY")
        step(card, Stage.DEDUPLICATING)
        with refused("EK005"):
            correct(card, by=ratna, undone=first)

    def test_a_correction(self, ratna: User) -> None:
        card = a_card()
        step(card, Stage.DEDUPLICATING)
        correction = correct(card, by=ratna)
        with refused("EK005"):
            correct(card, by=ratna, undone=correction)

    def test_the_same_step_again(self, ratna: User) -> None:
        card = a_card(Stage.PRINTED)
        undone = step(card, Stage.AT_KECAMATAN)
        correct(card, by=ratna)
        step(card, Stage.AT_KECAMATAN)
        with refused("EK005"):
            correct(card, by=ratna, undone=undone)

    def test_the_creation(self, ratna: User) -> None:
        card = a_card(Stage.DEDUPLICATING)
        creation = last_event(card)
        with refused("EK005", "23502"), acting(by=ratna, source="t", reason="mistake", corrects=creation.id):
            Card.objects.filter(pk=card.pk).update(stage=Stage.RECORDED)

    def test_a_step_of_another_card(self, ratna: User) -> None:
        card, other = a_card(Stage.PRINTED), a_card(Stage.PRINTED)
        step(card, Stage.AT_KECAMATAN)
        theirs = step(other, Stage.AT_KECAMATAN)
        with refused("EK005", "23502"):
            correct(card, by=ratna, undone=theirs)

    def test_an_event_that_is_not_there(self, ratna: User) -> None:
        card = a_card(Stage.PRINTED)
        undone = step(card, Stage.AT_KECAMATAN)
        undone.id = 987654321
        with refused("EK005", "23502"):
            correct(card, by=ratna, undone=undone)

    def test_into_a_stage_where_the_card_was_not(self, ratna: User) -> None:
        card = a_card(Stage.PRINTED)
        undone = step(card, Stage.AT_KECAMATAN)
        undone.from_stage = Stage.DELIVERED
        with refused("EK005"):
            correct(card, by=ratna, undone=undone)

    def test_two_cards_at_a_time(self, ratna: User) -> None:
        cards = [a_card(Stage.PRINTED), a_card(Stage.PRINTED)]
        events = [step(card, Stage.AT_KECAMATAN) for card in cards]
        with refused("EK005", "23502"), acting(by=ratna, source="t", reason="mistake", corrects=events[0].id):
            Card.objects.filter(pk__in=[card.pk for card in cards]).update(stage=Stage.PRINTED)

    def test_through_a_word_that_is_no_number(self, ratna: User) -> None:
        card = a_card(Stage.PRINTED)
        step(card, Stage.AT_KECAMATAN)
        with refused("22P02"), acting(by=ratna, source="t", reason="mistake"):
            sql("SELECT set_config('ektp.corrects', 'x', true)")
            sql("UPDATE tracking_card SET stage = 'PRINTED' WHERE id = %s", [card.pk])

    def test_by_an_ordinary_step_that_happens_to_lead_back(self) -> None:
        card = a_card(Stage.PRINTED)
        step(card, Stage.AT_KECAMATAN)
        with refused("EK002"):
            step(card, Stage.PRINTED, "mistake")


class TestAFinalStage:
    @pytest.mark.parametrize("end", ["DELIVERED", "CANCELLED"])
    def test_is_left_by_a_correction_only(self, ratna: User, end: str) -> None:
        card = a_card(Stage.AT_KECAMATAN)
        step(card, end, "other" if end == "CANCELLED" else "")
        for stage in Stage:
            if stage != end:
                with refused("EK002"):
                    step(card, stage, "other")
        correct(card, by=ratna)
        assert (card.stage, card.closed) == (Stage.AT_KECAMATAN, False)

    def test_is_not_left_while_the_citizen_has_another_open_card(self, ratna: User) -> None:
        card = a_card(Stage.AT_KECAMATAN)
        undone = step(card, Stage.CANCELLED, "other")
        a_card(citizen=card.citizen)
        with refused("23505"):
            correct(card, by=ratna)
        with pytest.raises(OtherCardOpen):
            actions.correct(card.pk, by=ratna, reason="mistake", undone=undone.id)

    def test_is_left_once_the_other_card_is_closed(self, ratna: User) -> None:
        card = a_card(Stage.AT_KECAMATAN)
        step(card, Stage.CANCELLED, "other")
        other = a_card(citizen=card.citizen)
        step(other, Stage.CANCELLED, "other")
        correct(card, by=ratna)
        assert card.stage == Stage.AT_KECAMATAN
        with refused("23505"):
            correct(other, by=ratna)

    def test_takes_no_second_open_card_of_a_citizen(self) -> None:
        card = a_card()
        with refused("23505"):
            a_card(citizen=card.citizen)


class TestWho:
    @pytest.mark.parametrize("role", ["operator", "officer", "auditor"])
    def test_others_are_refused_by_the_database(self, role: str) -> None:
        card = a_card()
        step(card, Stage.DEDUPLICATING)
        user = getattr(people, role)()
        with refused("EK006"):
            correct(card, by=user)
        with pytest.raises(NotYours):
            actions.correct(card.pk, by=user, reason="mistake", undone=last_event(card).id)

    @pytest.mark.parametrize(
        "actor",
        ["staff:0", "staff:", "staff", "supervisor", "source:siak", "STAFF:1", " staff:1", "staff:1 OR 1=1"],
    )
    def test_names_that_only_look_like_a_supervisor_are_refused(self, actor: str) -> None:
        card = a_card()
        step(card, Stage.DEDUPLICATING)
        with refused("EK006"):
            correct(card, by=actor)

    def test_a_closed_account_corrects_nothing(self, ratna: User) -> None:
        card = a_card()
        step(card, Stage.DEDUPLICATING)
        User.objects.filter(pk=ratna.pk).update(is_active=False)
        with refused("EK006"):
            correct(card, by=ratna)

    def test_who_lost_the_role_corrects_nothing(self, ratna: User) -> None:
        card = a_card()
        step(card, Stage.DEDUPLICATING)
        ratna.groups.clear()
        with refused("EK006"):
            correct(card, by=ratna)


class TestTheShortUndo:
    @pytest.mark.parametrize(("here", "there"), sorted(SHORT_UNDO), ids=str)
    def test_is_open_to_whoever_made_the_step(self, here: str, there: str) -> None:
        card, officer = a_card(here), people.officer()
        step(card, there, by=officer)
        assert correct(card, by=officer).actor == officer.actor
        assert card.stage == here

    # a loss is booked by a supervisor alone, who corrects anyway
    @pytest.mark.parametrize(
        "one",
        [s for s in STEPS if not s.short_undo and s.reason != "lost"],
        ids=lambda s: f"{s.from_stage}-{s.to_stage}-{s.reason}",
    )
    def test_is_for_arrival_and_counter_only(self, one: Any) -> None:
        card, officer = a_card(one.from_stage), people.officer()
        step(card, one.to_stage, one.reason, by=officer)
        with refused("EK006"):
            correct(card, by=officer)

    def test_is_not_for_somebody_else(self) -> None:
        card = a_card(Stage.PRINTED)
        step(card, Stage.AT_KECAMATAN, by=people.officer())
        with refused("EK006"):
            correct(card, by=people.officer(2))

    def test_ends_when_anything_has_followed(self, ratna: User) -> None:
        card, officer = a_card(Stage.PRINTED), people.officer()
        arrival = step(card, Stage.AT_KECAMATAN, by=officer)
        step(card, Stage.DELIVERED, by=officer)
        correct(card, by=officer)
        with refused("EK006"):
            correct(card, by=officer, undone=arrival)
        correct(card, by=ratna, undone=arrival)
        assert card.stage == Stage.PRINTED

    def test_needs_a_reason_too(self) -> None:
        card, officer = a_card(Stage.PRINTED), people.officer()
        step(card, Stage.AT_KECAMATAN, by=officer)
        with refused("EK003"):
            correct(card, by=officer, reason="")

    def test_lasts_as_long_as_the_office_says(self) -> None:
        card, officer = a_card(Stage.PRINTED), people.officer()
        step(card, Stage.AT_KECAMATAN, by=officer)
        OfficeRule.objects.update(undo_minutes=0)
        with refused("EK006"):
            correct(card, by=officer)
        OfficeRule.objects.update(undo_minutes=1)
        correct(card, by=officer)


class TestTheQueueAfterwards:
    def test_a_card_comes_back_to_its_number_and_place(self, ratna: User) -> None:
        cards = [a_card(Stage.WAITING_FOR_BLANK, requested_at=day(n)) for n in range(4)]
        step(cards[0], Stage.BLANK_ALLOCATED)
        assert [position(card) for card in cards[1:]] == [1, 2, 3]
        correct(cards[0], by=ratna)
        assert [position(card) for card in cards] == [1, 2, 3, 4]
        assert queue_number(cards[0]) == "A-1"

    def test_a_number_drawn_by_mistake_is_kept_and_not_drawn_again(self, ratna: User) -> None:
        card, next_one = a_card(), a_card(requested_at=day(1))
        step(card, Stage.WAITING_FOR_BLANK)
        correct(card, by=ratna)
        step(next_one, Stage.WAITING_FOR_BLANK)
        assert (queue_number(card), queue_number(next_one), position(next_one)) == ("A-1", "A-2", 1)
        step(card, Stage.WAITING_FOR_BLANK)
        assert (queue_number(card), position(card), position(next_one)) == ("A-1", 1, 2)

    def test_drawn_and_corrected_in_one_transaction(self, ratna: User) -> None:
        card = a_card()
        with acting(by=ratna, source="test"):
            Card.objects.filter(pk=card.pk).update(stage=Stage.WAITING_FOR_BLANK)
            undone = last_event(card)
            with acting(by=ratna, source="test", reason="mistake", corrects=undone.id):
                Card.objects.filter(pk=card.pk).update(stage=Stage.RECORDED)
        settle()
        assert queue_number(card) == "A-1"
        assert sql("SELECT waiting, blocked, last_number FROM tracking_queuehead WHERE last_number > 0") == [
            (0, 0, 1)
        ]
        assert StageCount.objects.get(kecamatan_id=1, stage="RECORDED", outside=False).n == 1

    def test_counts_where_the_citizen_lives_now(self, ratna: User) -> None:
        card = a_card(Stage.PRINTED)
        step(card, Stage.AT_KECAMATAN)
        move_house(card, 3)
        correct(card, by=ratna)
        assert list(StageCount.objects.filter(n__gt=0).values_list("kecamatan_id", "stage")) == [
            (3, "PRINTED")
        ]


class TestTheActionOfStaff:
    def test_says_that_the_card_has_moved(self, ratna: User) -> None:
        from tracking.refusals import Moved

        card = a_card(Stage.PRINTED)
        arrival = step(card, Stage.AT_KECAMATAN)
        step(card, Stage.OUT_FOR_DELIVERY)
        with pytest.raises(Moved):
            actions.correct(card.pk, by=ratna, reason="mistake", undone=arrival.id)

    def test_refuses_the_creation_and_other_cards_events(self, ratna: User) -> None:
        card, other = a_card(), a_card(Stage.PRINTED)
        theirs = step(other, Stage.AT_KECAMATAN)
        for event in (last_event(card).id, theirs.id, 987654321):
            with pytest.raises(NotTheLastStep):
                actions.correct(card.pk, by=ratna, reason="mistake", undone=event)

    def test_asks_for_a_reason(self, ratna: User) -> None:
        card = a_card()
        undone = step(card, Stage.DEDUPLICATING)
        with pytest.raises(ReasonNeeded):
            actions.correct(card.pk, by=ratna, reason="", undone=undone.id)

    def test_offers_what_the_database_allows(self, ratna: User) -> None:
        officer = people.officer()
        card = a_card(Stage.PRINTED)
        arrival = step(card, Stage.AT_KECAMATAN, by=officer)
        events = list(Event.objects.filter(card_id=card.pk))
        assert actions.undoable(events, by=officer) == arrival
        assert actions.undoable(events, by=people.officer(2)) is None
        assert actions.undoable(events, by=ratna) == arrival
        OfficeRule.objects.update(undo_minutes=0)
        assert actions.undoable(events, by=officer) is None
