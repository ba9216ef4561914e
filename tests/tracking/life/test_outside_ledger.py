"""A card that was there before our ledger: marked at its creation, found or queued again, never marked by hand."""

import pytest

from tests import people
from tests.builders import OFFICE, a_card, block, correct, move_house, queue_number, refused, step
from tracking import actions
from tracking.actor import acting
from tracking.models import Card, StageCount
from tracking.refusals import NothingToConfirm
from tracking.stages import LED_BY_LEDGER, Stage

pytestmark = pytest.mark.django_db


def counted() -> set[tuple[int, str, bool]]:
    return set(StageCount.objects.filter(n__gt=0).values_list("kecamatan_id", "stage", "outside"))


@pytest.mark.parametrize("stage", Stage)
def test_a_new_card_is_outside_from_allocation_on(stage: Stage) -> None:
    assert a_card(stage).outside_ledger == (stage in LED_BY_LEDGER)


def test_a_card_that_our_ledger_moved_is_not() -> None:
    card = a_card(Stage.WAITING_FOR_BLANK)
    step(card, Stage.BLANK_ALLOCATED)
    step(card, Stage.PRINTED)
    assert not card.outside_ledger


def test_it_is_counted_apart_all_its_way() -> None:
    card = a_card(Stage.PRINTED)
    step(card, Stage.AT_KECAMATAN)
    move_house(card, 2)
    step(card, Stage.OUT_FOR_DELIVERY)
    step(card, Stage.DELIVERED)
    assert counted() == {(2, "DELIVERED", True)}


@pytest.mark.parametrize(
    ("here", "there", "reason"),
    [
        ("BLANK_ALLOCATED", "HELD", "PACKET_RETRY"),
        ("BLANK_ALLOCATED", "WAITING_FOR_BLANK", "not_found"),
        ("PRINTED", "WAITING_FOR_BLANK", "not_found"),
        ("AT_KECAMATAN", "WAITING_FOR_BLANK", "lost"),
        ("RETURNED", "WAITING_FOR_BLANK", "wrong_data"),
    ],
)
class TestTheMarkEnds:
    def test_when_the_card_waits_or_is_held(self, here: str, there: str, reason: str) -> None:
        card = a_card(here)
        event = step(card, there, reason)
        assert (card.outside_ledger, event.left_outside) == (False, True)
        assert counted() == {(1, there, False)}
        assert queue_number(card) == ("A-1" if there == "WAITING_FOR_BLANK" else "")

    @pytest.mark.parametrize("found", [False, True])
    def test_and_comes_back_with_a_correction_as_it_was(
        self, here: str, there: str, reason: str, found: bool
    ) -> None:
        card = a_card(here)
        if found:
            with acting(by=OFFICE, source="test"):
                Card.objects.filter(pk=card.pk).update(outside_confirmed=True)
        step(card, there, reason)
        correct(card, by=people.supervisor())
        assert (card.stage, card.outside_ledger, card.outside_confirmed) == (here, True, found)
        assert counted() == {(1, here, True)}


class TestConfirming:
    def test_makes_it_the_offices_own(self) -> None:
        card = a_card(Stage.AT_KECAMATAN)
        actions.confirm_found(card.pk, by=people.officer())
        card.refresh_from_db()
        assert (card.outside_ledger, card.outside_confirmed) == (True, True)

    def test_happens_once(self) -> None:
        card, officer = a_card(Stage.AT_KECAMATAN), people.officer()
        actions.confirm_found(card.pk, by=officer)
        with pytest.raises(NothingToConfirm):
            actions.confirm_found(card.pk, by=officer)

    def test_is_not_taken_back_by_hand(self) -> None:
        card = a_card(Stage.AT_KECAMATAN)
        actions.confirm_found(card.pk, by=people.officer())
        with refused("EK007"), acting(by=OFFICE, source="test"):
            Card.objects.filter(pk=card.pk).update(outside_confirmed=False)


class TestBlockedOutside:
    """What the centre reports has happened and is booked; what the office would begin is not begun."""

    def test_follows_the_centre(self) -> None:
        card = a_card(Stage.PRINTED)
        block(card)
        step(card, Stage.AT_KECAMATAN, code="CARD_SHIPPED")
        step(card, Stage.DELIVERED, code="CARD_ISSUED")
        assert card.stage == Stage.DELIVERED

    @pytest.mark.parametrize("there", ["OUT_FOR_DELIVERY", "DELIVERED"])
    def test_goes_nowhere_by_our_own_hands(self, there: str) -> None:
        card = a_card(Stage.AT_KECAMATAN)
        block(card)
        with refused("EK004"):
            step(card, there)

    def test_once_found_waits_for_its_supervisor_like_any_other(self) -> None:
        card = a_card(Stage.AT_KECAMATAN)
        actions.confirm_found(card.pk, by=people.officer())
        block(card)
        with refused("EK004"):
            step(card, Stage.DELIVERED, code="CARD_ISSUED")
