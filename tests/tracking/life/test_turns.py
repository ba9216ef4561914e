"""The turn log: every number that enters the line, leaves it, comes back or is served, and nothing else."""

import pytest

from blanks.models import Priority
from tests import people
from tests.blanks.house import batch, quota, shipment
from tests.builders import OFFICE, a_card, block, correct, lift, many_cards, refused, settle, sql, step
from tracking.actor import acting
from tracking.models import Card, Turn
from tracking.stages import Kind, Stage
from tracking.verify import verify

pytestmark = pytest.mark.django_db


def told(kecamatan: int = 1) -> list[tuple[str, str, list[int]]]:
    """What the log says, from its beginning; at one moment as a reader takes it."""
    rows = Turn.objects.filter(kecamatan_id=kecamatan).order_by("moment", "act", "letter")
    return [(row.act, row.letter, row.numbers) for row in rows]


def test_numbers_that_are_drawn_together_enter_together() -> None:
    many_cards(3, Stage.WAITING_FOR_BLANK)
    assert told() == [("enter", "A", [1, 2, 3])]


def test_who_is_served_and_who_is_an_exception_is_told_apart() -> None:
    shipment(5)
    quota(1, 3)
    cards = many_cards(5, Stage.WAITING_FOR_BLANK)
    by_number = dict(sql("SELECT number, card_id FROM tracking_ticket WHERE card_id = ANY (%s)", [cards]))
    with acting(by=people.supervisor(), source="test"):
        Priority.objects.create(card_id=by_number[4], category="health", why="Operasi")
    batch(size=3)
    assert told()[1:] == [("exception", "A", [4]), ("served", "A", [1, 2])]
    assert not {"nobody_overtaken", "exceptions_are_public"} & {
        problem.invariant for problem in verify().problems
    }


@pytest.mark.parametrize(
    ("stage", "reason"),
    [(Stage.HELD, "PACKET_RETRY"), (Stage.CANCELLED, "deceased")],
    ids=["held", "cancelled"],
)
def test_whoever_leaves_for_another_reason_leaves_without_a_word_of_it(stage: Stage, reason: str) -> None:
    step(a_card(Stage.WAITING_FOR_BLANK), stage, reason)
    assert told()[1:] == [("leave", "A", [1])]


def test_a_block_and_its_end_are_leaving_and_coming_back() -> None:
    card = a_card(Stage.WAITING_FOR_BLANK)
    one = block(card)
    lift(one, by=people.supervisor())
    assert told()[1:] == [("leave", "A", [1]), ("return", "A", [1])]


def test_blocked_while_scheduled_it_comes_back_when_the_block_is_lifted() -> None:
    card = a_card(Stage.WAITING_FOR_BLANK)
    step(card, Stage.BLANK_ALLOCATED)
    one = block(card)
    assert told()[1:] == [("served", "A", [1])]
    lift(one, by=people.supervisor())
    assert told()[1:] == [("served", "A", [1]), ("return", "A", [1])]


def test_a_number_drawn_by_a_blocked_card_enters_and_leaves_at_once() -> None:
    card = a_card()
    block(card)
    step(card, Stage.WAITING_FOR_BLANK)
    assert told() == [("enter", "A", [1]), ("leave", "A", [1])]
    assert len(set(Turn.objects.values_list("moment", flat=True))) == 1


def test_a_correction_looks_like_any_other_leaving() -> None:
    card = a_card()
    step(card, Stage.WAITING_FOR_BLANK)
    correct(card, by=people.supervisor())
    assert told() == [("enter", "A", [1]), ("leave", "A", [1])]


def test_a_withdrawal_undone_is_no_second_service() -> None:
    card = a_card(Stage.WAITING_FOR_BLANK)
    step(card, Stage.BLANK_ALLOCATED)
    step(card, Stage.WAITING_FOR_BLANK, "withdrawn")
    correct(card, by=people.supervisor())
    assert [act for act, _, _ in told()] == ["enter", "served", "return", "leave"]
    assert verify().problems == []


def test_what_is_undone_before_the_commit_never_happened() -> None:
    card = a_card(Stage.WAITING_FOR_BLANK)
    with acting(by=OFFICE, source="test"):
        Card.objects.filter(pk=card.pk).update(stage=Stage.HELD, code="PACKET_RETRY")
        Card.objects.filter(pk=card.pk).update(stage=Stage.WAITING_FOR_BLANK, code="PRINT_READY_RECORD")
    settle()
    assert told() == [("enter", "A", [1])]


def test_steps_outside_the_queue_say_nothing() -> None:
    card = a_card()
    step(card, Stage.DEDUPLICATING)
    one = block(card)
    lift(one, by=people.supervisor())
    assert told() == []


def test_nobody_writes_it_by_hand() -> None:
    many_cards(1, Stage.WAITING_FOR_BLANK)
    for attack in (
        "INSERT INTO tracking_turn VALUES (99, 1, 'A', 'exception', now(), '{1}')",
        "INSERT INTO tracking_unsettled (place_id, letter, act, card_ids) VALUES (1, 'A', 'exception', '{1}')",
    ):
        with refused("42501"):
            sql(attack)


def test_letters_are_told_apart() -> None:
    for kind in (Kind.FIRST, Kind.CHANGED, Kind.LOST):
        many_cards(1, Stage.WAITING_FOR_BLANK, kind=kind)
    assert [row[:2] for row in told()] == [("enter", "A"), ("enter", "B"), ("enter", "C")]
