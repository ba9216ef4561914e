"""Two operators at the same moment, each with a connection and real commits; the test decides who goes when."""

import uuid
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from blanks.actions import print_batch
from blanks.models import PrintBatch
from tests import people
from tests.blanks.house import balance, batch
from tests.builders import a_card, block, sql, stock
from tests.tracking.life.sessions import Session
from tracking.models import Card
from tracking.stages import Kind, Stage

from .ways import TAKE, waiting

Open = Callable[..., Session]


@pytest.fixture
def cards(committed: None) -> list[int]:
    """Four wait, for whom there are blanks enough."""
    stock(1, 20)
    return waiting(4)


def test_the_later_numbers_wait_for_the_earlier_to_commit(cards: list[int], session: Open) -> None:
    one, two = session(), session()
    for who, some in ((one, cards[:2]), (two, cards[2:])):
        who.begin()
        who.run(TAKE, [some])
    one.commit()
    two.commit()
    assert [b.size for b in PrintBatch.objects.order_by("id")] == [2, 2]


def test_they_are_refused_if_they_commit_first(cards: list[int], session: Open) -> None:
    one, two = session(), session()
    one.begin()
    one.run(TAKE, [cards[:2]])
    two.begin()
    two.run(TAKE, [cards[2:]])
    assert two.refused("SET CONSTRAINTS ALL IMMEDIATE") == "EK011"
    one.commit()
    assert PrintBatch.objects.get().size == 2


def test_they_are_refused_if_the_earlier_are_rolled_back(cards: list[int], session: Open) -> None:
    one, two = session(), session()
    one.begin()
    one.run(TAKE, [cards[:2]])
    one.run("SET CONSTRAINTS ALL IMMEDIATE")
    two.begin()
    two.run(TAKE, [cards[2:]])
    said = _in_thread(lambda: two.refused("SET CONSTRAINTS ALL IMMEDIATE"))
    one.wait_until_somebody_waits()
    one.rollback()
    assert said() == "EK011"


def _told_to_look_early(who: Session, check: str, table: str) -> None:
    """Have one of the checks at commit look at once, as raw SQL may."""
    name = sql(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE %s",
        [table, f"pgtrigger\\_{check}\\_%"],
    )
    who.run(f"SET CONSTRAINTS {name[0][0]} IMMEDIATE")


@pytest.mark.parametrize(
    "step",
    [
        "UPDATE tracking_card SET stage = 'WAITING_FOR_BLANK' WHERE id = %s",
        "UPDATE tracking_block SET lift_reason = 'checked' WHERE card_id = %s",
    ],
    ids=["ready", "unblocked"],
)
def test_a_worse_letter_checked_early_is_refused_when_a_better_one_has_come(
    committed: None, session: Open, step: str
) -> None:
    """The check of the turn is made, and only then somebody better begins to wait: the two must not cross."""
    stock(1, 20)
    (worse,) = waiting(1, Kind.LOST)
    better = a_card(Stage.WAITING_FOR_BLANK if "block" in step else Stage.RECORDED)
    if "block" in step:
        block(better)
    one, two = session(), session(actor=f"staff:{people.supervisor().pk}")
    one.begin()
    _told_to_look_early(one, "movement_in_turn", "blanks_movement")
    one.run(TAKE, [[worse]])
    two.begin()
    assert two.run(step, [better.pk]) == 1
    two.commit()
    assert one.refused("SET CONSTRAINTS ALL IMMEDIATE") == "EK011"
    assert not PrintBatch.objects.exists()


def test_a_queue_settled_early_takes_no_later_number_first(cards: list[int], session: Open) -> None:
    """The public log would say that the second was served while the first waited, if only a moment long."""
    one = session()
    one.begin()
    _told_to_look_early(one, "settle", "tracking_unsettled")
    assert one.refused(TAKE, [cards[1:2]]) == "EK011"


def test_a_rule_of_letters_waits_for_whoever_is_served_today(cards: list[int], session: Open) -> None:
    """Served by the rule of the morning and replayed by that of the evening, the order would look broken."""
    one, two = session(), session(actor=f"staff:{people.supervisor().pk}")
    rule = "INSERT INTO tracking_letterrule (valid_from, letters, decree) VALUES (%s, 'CBA', 'SK-9')"
    today = timezone.localdate()
    one.begin()
    one.run(TAKE, [cards[:1]])
    one.run("SET CONSTRAINTS ALL IMMEDIATE")
    two.begin()
    said = _in_thread(lambda: two.refused(rule, [today]))
    one.wait_until_somebody_waits()
    one.commit()
    assert said() == "EK019"
    two.begin()
    two.run(rule, [today + timezone.timedelta(days=1)])
    two.commit()


def test_who_is_served_waits_for_a_rule_of_today(cards: list[int], session: Open) -> None:
    (lost,) = waiting(1, Kind.LOST)
    one, two = session(), session()
    one.begin()
    one.run(
        "INSERT INTO tracking_letterrule (valid_from, letters, decree) VALUES (%s, 'CBA', 'SK-9')",
        [timezone.localdate()],
    )
    two.begin()
    two.run(TAKE, [cards[:1]])
    said = _in_thread(lambda: two.refused("SET CONSTRAINTS ALL IMMEDIATE"))
    one.wait_until_somebody_waits()
    one.commit()
    assert said() == "EK011"
    two.begin()
    two.run(TAKE, [[lost]])
    two.commit()


def test_the_same_cards_are_given_once(cards: list[int], session: Open) -> None:
    one, two = session(), session()
    one.begin()
    one.run(TAKE, [cards[:2]])
    two.begin()
    said = _in_thread(lambda: two.refused(TAKE, [cards[:2]]))
    one.wait_until_somebody_waits()
    one.commit()
    assert said() == ""  # they are allocated already: no step, so no blank
    two.commit()
    assert (PrintBatch.objects.count(), balance("cards"), balance("quota", 1)) == (1, 2, 18)


def test_the_last_blank_is_given_once(committed: None, session: Open) -> None:
    stock(2, 1)
    first, second = waiting(2, kecamatan=2)
    one, two = session(), session()
    one.begin()
    one.run(TAKE, [[first]])
    one.run("SET CONSTRAINTS ALL IMMEDIATE")
    two.begin()
    two.run(TAKE, [[second]])
    said = _in_thread(lambda: two.refused("SET CONSTRAINTS ALL IMMEDIATE"))
    one.wait_until_somebody_waits()
    one.commit()
    assert said() == "23514"
    assert (balance("cards"), balance("quota", 2)) == (1, 0)


def test_one_serial_is_printed_once(cards: list[int], session: Open) -> None:
    first, second = batch(1, 1).pk, batch(1, 1).pk
    result = (
        "INSERT INTO blanks_result (batch_id, card_id, outcome, series_id, number)"
        " SELECT batch_id, card_id, 'printed', (SELECT id FROM blanks_series WHERE prefix = ''), 7"
        " FROM blanks_batchcard WHERE batch_id = %s"
    )
    one, two = session(), session()
    one.begin()
    one.run(result, [first])
    two.begin()
    said = _in_thread(lambda: two.refused(result, [second]))
    one.wait_until_somebody_waits()
    one.commit()
    assert said() == "EK014"
    assert Card.objects.filter(stage=Stage.PRINTED).count() == 1


def test_two_press_the_button_together_and_each_gets_the_next(cards: list[int]) -> None:
    operators = [people.operator("joko"), people.operator("rini")]
    taken = [
        _in_thread(lambda who=who: print_batch(1, size=2, by=who).pk)  # type: ignore[misc]
        for who in operators
    ]
    batches = sorted(one() for one in taken)
    assert [[str(card) for card in PrintBatch.objects.get(pk=one).cards] for one in batches] == [
        ["A-1", "A-2"],
        ["A-3", "A-4"],
    ]


def test_one_form_sent_twice_at_once_takes_one_batch(cards: list[int]) -> None:
    joko, request = people.operator(), uuid.uuid4()
    taken = [_in_thread(lambda: print_batch(1, size=2, by=joko, request=request).pk) for _twice in range(2)]
    assert len({one() for one in taken}) == 1
    assert balance("cards") == 2


def _in_thread(work: Callable[[], Any]) -> Callable[[], Any]:
    """Begin this beside the test; what it returns, once it is asked."""
    answer: list[Any] = []

    def run() -> None:
        try:
            answer.append(work())
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()

    def ask() -> Any:
        thread.join(30)
        return answer[0]

    return ask
