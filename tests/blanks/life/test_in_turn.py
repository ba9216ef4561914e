"""Nobody is served before their turn: by hand, by an edited request; but by an exception."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from blanks.actions import print_batch
from blanks.actions.printing import NobodyWaits, next_in_queue
from blanks.actions.priority import serve_first
from blanks.models import BatchCard, PrintBatch, Priority, Result
from tests import people
from tests.blanks.house import batch
from tests.builders import (
    OFFICE,
    a_card,
    block,
    print_on,
    queue_number,
    refused,
    settle,
    sql,
    step,
    stock,
)
from tests.staff.cast import as_
from tracking.actor import acting
from tracking.models import Card, LetterRule
from tracking.stages import Kind, Stage

from .ways import TAKE, books, moved, take, waiting


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
