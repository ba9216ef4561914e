"""Nobody is served before their turn: by hand, by two at once, by an edited request; but by an exception."""

import uuid
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from blanks.actions import print_batch
from blanks.actions.printing import NobodyWaits, next_in_queue
from blanks.actions.priority import serve_first
from blanks.models import BatchCard, PrintBatch, Priority, Result
from tests import people
from tests.blanks.house import balance, batch
from tests.builders import (
    OFFICE,
    a_card,
    block,
    many_cards,
    print_on,
    queue_number,
    refused,
    settle,
    sql,
    step,
    stock,
)
from tests.staff.cast import as_
from tests.tracking.life.sessions import Session
from tracking.actor import acting
from tracking.models import Card, LetterRule
from tracking.stages import Kind, Stage

from .ways import books, moved

Open = Callable[..., Session]
TAKE = "UPDATE tracking_card SET stage = 'BLANK_ALLOCATED' WHERE id = ANY (%s)"


def waiting(count: int = 3, kind: str = Kind.FIRST, kecamatan: int = 1) -> list[int]:
    """So many wait there; in the order of their numbers."""
    some = many_cards(count, Stage.WAITING_FOR_BLANK, kecamatan, kind)
    return [
        row[0]
        for row in sql("SELECT card_id FROM tracking_ticket WHERE card_id = ANY (%s) ORDER BY number", [some])
    ]


def take(*cards: int, by: Any = OFFICE) -> None:
    """Give these their blanks, by hand."""
    with acting(by=by, source="test"):
        sql(TAKE, [list(cards)])
    settle()


@pytest.mark.django_db
class TestByHand:
    @pytest.fixture(autouse=True)
    def blanks(self) -> None:
        stock(1, 20)

    @pytest.mark.parametrize("who", [lambda: OFFICE, people.operator, people.supervisor])
    def test_a_later_number_does_not_pass_an_earlier_one(self, who: Callable[[], Any]) -> None:
        first, second, third = waiting()
        before, person = books(), who()
        for some in ([second], [third], [second, third], [first, third]):
            with refused("EK011"):
                take(*some, by=person)
        assert moved(before) == ""
        assert not PrintBatch.objects.exists()

    @pytest.mark.parametrize("worse", [Kind.CHANGED, Kind.DAMAGED, Kind.LOST])
    def test_a_worse_letter_does_not_pass_a_better_one(self, worse: str) -> None:
        better, later = waiting(), waiting(2, worse)
        for some in (later, [*better[:2], *later], [better[0], later[0]]):
            with refused("EK011"):
                take(*some)
        take(*better, *later)

    def test_the_order_of_the_statement_says_nothing(self) -> None:
        first, second, third = waiting()
        take(third, first, second)
        assert [str(card) for card in PrintBatch.objects.get().cards] == ["A-1", "A-2", "A-3"]

    def test_two_statements_of_one_transaction_are_one_turn(self) -> None:
        first, second, _third = waiting()
        with acting(by=OFFICE, source="test"):
            sql(TAKE, [[second]])
            sql(TAKE, [[first]])
        settle()
        assert BatchCard.objects.count() == 2

    def test_whoever_came_back_is_first_again(self) -> None:
        first, second, third = waiting()
        take(first)
        step(Card.objects.get(pk=first), Stage.WAITING_FOR_BLANK, "not_printed")
        with refused("EK011"):
            take(second)
        take(first)
        take(second, third)

    def test_who_is_blocked_or_held_is_passed_and_who_is_released_is_not(self) -> None:
        first, second, third = waiting()
        block(Card.objects.get(pk=first))
        step(Card.objects.get(pk=second), Stage.HELD, "PACKET_RETRY")
        take(third)
        step(Card.objects.get(pk=second), Stage.WAITING_FOR_BLANK)
        later = waiting(1)
        with refused("EK011"):
            take(*later)

    def test_a_blocked_card_is_not_served(self) -> None:
        (card,) = waiting(1)
        block(Card.objects.get(pk=card))
        with refused("EK004"):
            take(card)

    def test_each_kecamatan_has_its_own_queue(self) -> None:
        stock(2, 1)
        waiting(2, kecamatan=1)
        (other,) = waiting(1, kecamatan=2)
        take(other)

    def test_nobody_is_served_without_a_blank_in_the_quota(self) -> None:
        first, second = waiting(2, kecamatan=3)
        stock(3, 1)
        with refused("23514"):
            take(first, second)
        take(first)

    def test_who_becomes_ready_and_is_served_at_once_still_waits_their_turn(self) -> None:
        waiting(1)
        late = a_card(Stage.RECORDED)
        with refused("EK011"), acting(by=OFFICE, source="test"):
            sql("UPDATE tracking_card SET stage = 'WAITING_FOR_BLANK' WHERE id = %s", [late.pk])
            sql(TAKE, [[late.pk]])


class TestTwoAtOnce:
    """Two operators with a connection each; the test decides who goes when."""

    @pytest.fixture
    def cards(self, committed: None) -> list[int]:
        stock(1, 20)
        return waiting(4)

    def test_the_later_numbers_wait_for_the_earlier_to_commit(self, cards: list[int], session: Open) -> None:
        one, two = session(), session()
        for who, some in ((one, cards[:2]), (two, cards[2:])):
            who.begin()
            who.run(TAKE, [some])
        one.commit()
        two.commit()
        assert [b.size for b in PrintBatch.objects.order_by("id")] == [2, 2]

    def test_they_are_refused_if_they_commit_first(self, cards: list[int], session: Open) -> None:
        one, two = session(), session()
        one.begin()
        one.run(TAKE, [cards[:2]])
        two.begin()
        two.run(TAKE, [cards[2:]])
        assert two.refused("SET CONSTRAINTS ALL IMMEDIATE") == "EK011"
        one.commit()
        assert PrintBatch.objects.get().size == 2

    def test_they_are_refused_if_the_earlier_are_rolled_back(self, cards: list[int], session: Open) -> None:
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

    def test_the_same_cards_are_given_once(self, cards: list[int], session: Open) -> None:
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

    def test_the_last_blank_is_given_once(self, committed: None, session: Open) -> None:
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

    def test_one_serial_is_printed_once(self, cards: list[int], session: Open) -> None:
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

    def test_two_press_the_button_together_and_each_gets_the_next(self, cards: list[int]) -> None:
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

    def test_one_form_sent_twice_at_once_takes_one_batch(self, cards: list[int]) -> None:
        joko, request = people.operator(), uuid.uuid4()
        taken = [
            _in_thread(lambda: print_batch(1, size=2, by=joko, request=request).pk) for _twice in range(2)
        ]
        assert len({one() for one in taken}) == 1
        assert balance("cards") == 2


@pytest.mark.django_db
class TestAnEditedRequest:
    """Numbers, cards and places that the form did not offer."""

    PAGE = "/admin/blanks/cetak/bekasi-timur/"

    @pytest.fixture
    def operator(self) -> Client:
        stock(1, 20)
        return as_("operator")

    def test_names_whom_it_likes_and_the_next_are_served(self, operator: Client) -> None:
        cards = waiting(5)
        wish = {
            "cards": cards[3:],
            "card_id": cards[4],
            "numbers": ["A-5"],
            "number": 5,
            "letter": "C",
            "exception": "on",
        }
        operator.post(self.PAGE, {"size": 2, "request": str(uuid.uuid4()), **wish})
        settle()
        assert [(str(one), one.exception) for one in PrintBatch.objects.get().cards] == [
            ("A-1", False),
            ("A-2", False),
        ]

    @pytest.mark.parametrize("size", ["-3", "0", "1e3", "99999999999999999999", "2; 3", "٣"])
    def test_says_how_many_and_makes_no_sense(self, operator: Client, size: str) -> None:
        waiting()
        assert operator.post(self.PAGE, {"size": size}).status_code in (303, 422)
        settle()
        assert BatchCard.objects.count() in (0, 3)

    def test_gives_no_result_to_a_card_of_another_batch(self, operator: Client) -> None:
        cards = waiting(4)
        mine, other = batch(1, 2), batch(1, 2)
        for way, data in (
            ("hasil", {"seri-3": "1", "seri-9": "2", "kartu-1": cards[2], "card_id": cards[3]}),
            ("pindai", {"kode": "A-3", "seri": "1"}),
            ("pindai", {"kartu": cards[2], "card": cards[2], "seri": "1"}),
            ("sekaligus", {"pertama": "1", "dari": "3", "sampai": "4", "step": "book", "sidik": "x"}),
        ):
            operator.post(f"/admin/blanks/printbatch/{mine.pk}/{way}/", data)
            settle()
        assert not Result.objects.filter(card_id__in=cards[2:]).exists()
        assert {card.open for card in other.cards} == {True}

    def test_serves_nobody_first_for_an_operator(self, operator: Client) -> None:
        *_others, last = waiting()
        answer = operator.post(
            f"/admin/tracking/card/{last}/tindakan/dahulukan/", {"category": "health", "why": "kenalan"}
        )
        assert answer.status_code == 403
        assert not Priority.objects.exists()


@pytest.mark.django_db
class TestExceptions:
    @pytest.fixture(autouse=True)
    def blanks(self) -> None:
        stock(1, 20)

    def test_a_supervisor_s_exception_is_the_only_way_past(self) -> None:
        first, second, third = waiting()
        with refused("EK011"):
            take(third)
        serve_first(third, by=people.supervisor(), category="health", why="operasi")
        take(third)
        with refused("EK011"):
            take(second)
        take(first, second)
        assert [card.exception for card in BatchCard.objects.order_by("batch_id", "line")] == [
            True,
            False,
            False,
        ]

    @pytest.mark.parametrize("who", [lambda: OFFICE, people.operator, people.officer, people.auditor])
    def test_nobody_else_makes_one(self, who: Callable[[], Any]) -> None:
        (card,) = waiting(1)
        with refused("EK017"), acting(by=who(), source="test"):
            sql("INSERT INTO blanks_priority (card_id, category, why) VALUES (%s, 'travel', 'x')", [card])

    @pytest.mark.parametrize(("category", "why"), [("friend", "x"), ("", "x"), ("travel", "")])
    def test_it_has_a_category_of_the_list_and_a_reason(self, category: str, why: str) -> None:
        (card,) = waiting(1)
        with refused("23514"), acting(by=people.supervisor(), source="test"):
            sql(
                "INSERT INTO blanks_priority (card_id, category, why) VALUES (%s, %s, %s)",
                [card, category, why],
            )

    def test_it_ends_when_the_card_is_printed_and_is_not_used_again(self) -> None:
        first, last = waiting(2)
        card, ratna = Card.objects.get(pk=last), people.supervisor()
        serve_first(last, by=ratna, category="travel", why="umrah")
        step(card, Stage.BLANK_ALLOCATED)
        step(card, Stage.PRINTED)
        assert Priority.objects.get().ended_at
        step(card, Stage.WAITING_FOR_BLANK, "damaged")
        with refused("EK011"):
            take(last)
        take(first)

    def test_a_misprint_leaves_it_in_force(self) -> None:
        _first, last = waiting(2)
        card = Card.objects.get(pk=last)
        serve_first(last, by=people.supervisor(), category="travel", why="umrah")
        step(card, Stage.BLANK_ALLOCATED)
        print_on(card, 1, "misprint")
        assert next_in_queue(1, 1)[0].card_id == last

    def test_it_does_not_lift_a_block(self) -> None:
        (card,) = waiting(1)
        serve_first(card, by=people.supervisor(), category="travel", why="umrah")
        block(Card.objects.get(pk=card))
        with refused("EK004"):
            take(card)
        with pytest.raises(NobodyWaits):
            print_batch(1, size=5, by=OFFICE)


@pytest.mark.django_db
class TestTheOrderOfLetters:
    @pytest.fixture(autouse=True)
    def blanks(self) -> None:
        stock(1, 20)

    def rule(self, letters: str, days: int = 0) -> None:
        day = timezone.localdate() + timezone.timedelta(days=days)
        LetterRule.objects.create(valid_from=day, letters=letters, decree="SK-9")

    def test_a_new_rule_reorders_letters_and_renumbers_nobody(self) -> None:
        cards = {kind: waiting(2, kind) for kind in (Kind.FIRST, Kind.CHANGED, Kind.LOST)}
        everybody = [card for some in cards.values() for card in some]
        numbers = {card: queue_number(Card.objects.get(pk=card)) for card in everybody}
        self.rule("CBA")
        assert {card: queue_number(Card.objects.get(pk=card)) for card in everybody} == numbers
        for better in (cards[Kind.LOST], cards[Kind.CHANGED]):
            with refused("EK011"):
                take(cards[Kind.FIRST][0])
            with refused("EK011"):
                take(better[1])
            take(*better)
        take(*cards[Kind.FIRST])
        assert [str(one) for one in BatchCard.objects.order_by("batch_id", "line")] == [
            *("C-1", "C-2", "B-1", "B-2", "A-1", "A-2"),
        ]

    def test_a_rule_of_tomorrow_holds_tomorrow(self) -> None:
        first, later = waiting(1), waiting(1, Kind.LOST)
        self.rule("CBA", days=1)
        with refused("EK011"):
            take(*later)
        take(*first)

    def test_a_batch_is_in_the_order_in_force(self) -> None:
        waiting(1)
        waiting(1, Kind.LOST)
        self.rule("CAB")
        assert [str(card) for card in batch(1, 2).cards] == ["C-1", "A-1"]


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
