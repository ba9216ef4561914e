"""Numbers and places: drawn once, together at the end of a transaction, without gaps, never changed."""

import pytest
from django.db import transaction

from tests.builders import (
    OFFICE,
    a_card,
    a_citizen,
    block,
    day,
    many_cards,
    move_house,
    position,
    queue_number,
    refused,
    settle,
    sql,
    step,
)
from tracking.actor import acting
from tracking.models import Card, LetterRule, StageCount
from tracking.stages import LETTER_OF_KIND, Kind, Stage

from . import naive

pytestmark = pytest.mark.django_db


def numbers(cards: list[Card]) -> list[str]:
    return [queue_number(card) for card in cards]


def ready(*cards: Card) -> None:
    """These become ready in one transaction, a statement each, in this order."""
    with acting(by=OFFICE, source="test"):
        for card in cards:
            assert Card.objects.filter(pk=card.pk).update(stage=Stage.WAITING_FOR_BLANK)
    settle()


class TestANumber:
    @pytest.mark.parametrize("kind", Kind)
    def test_has_the_letter_of_the_cards_kind(self, kind: Kind) -> None:
        assert queue_number(a_card(Stage.WAITING_FOR_BLANK, kind=kind)) == f"{LETTER_OF_KIND[kind]}-1"

    def test_is_counted_per_kecamatan_and_letter(self) -> None:
        cards = [
            a_card(Stage.WAITING_FOR_BLANK, kecamatan, kind=kind)
            for kecamatan in (1, 2)
            for kind in ("BARU", "RUSAK", "HILANG", "BARU")
        ]
        assert numbers(cards) == ["A-1", "C-1", "C-2", "A-2"] * 2

    def test_is_drawn_when_the_card_first_waits_and_not_before(self) -> None:
        card = a_card()
        assert queue_number(card) == ""
        step(card, Stage.HELD, "PACKET_RETRY")
        assert queue_number(card) == ""
        step(card, Stage.WAITING_FOR_BLANK)
        assert queue_number(card) == "A-1"

    def test_is_not_drawn_for_a_card_that_was_printed_before_our_time(self) -> None:
        assert queue_number(a_card(Stage.DELIVERED)) == ""

    def test_stays_through_everything(self) -> None:
        card, other = a_card(Stage.WAITING_FOR_BLANK), a_card(requested_at=day(-50))
        for stage, reason in (
            ("HELD", "PACKET_RETRY"),
            ("WAITING_FOR_BLANK", ""),
            ("BLANK_ALLOCATED", ""),
            ("PRINTED", ""),
            ("WAITING_FOR_BLANK", "damaged"),
        ):
            step(card, stage, reason)
            move_house(card, card.kecamatan_id % 12 + 1)
            assert queue_number(card) == "A-1"
        step(other, Stage.WAITING_FOR_BLANK)
        assert (queue_number(other), queue_number(card)) == ("A-2", "A-1")

    def test_is_of_the_home_when_it_was_drawn(self) -> None:
        card = a_card(kecamatan=3)
        with acting(by=OFFICE, source="test"):
            Card.objects.filter(pk=card.pk).update(stage=Stage.WAITING_FOR_BLANK, kecamatan_id=4)
        settle()
        assert sql("SELECT kecamatan_id, number FROM tracking_ticket") == [(4, 1)]

    def test_is_given_back_by_a_rollback(self) -> None:
        card, other = a_card(), a_card()
        for _again in range(3):
            sid = transaction.savepoint()
            ready(card)
            transaction.savepoint_rollback(sid)
        ready(other)
        assert numbers([card, other]) == ["", "A-1"]


class TestDrawnTogether:
    def test_by_time_of_request_then_by_card(self) -> None:
        late, early, twin = (
            a_card(requested_at=day(2)),
            a_card(requested_at=day(1)),
            a_card(requested_at=day(1)),
        )
        ready(late, twin, early)
        assert numbers([early, twin, late]) == ["A-1", "A-2", "A-3"]

    def test_known_and_new_cards_alike(self) -> None:
        cards = [a_card(requested_at=day(n)) for n in (5, 3)]
        new = {"stage": Stage.WAITING_FOR_BLANK, "kind": Kind.FIRST, "kecamatan_id": 1}
        with acting(by=OFFICE, source="test"):
            Card.objects.filter(pk=cards[0].pk).update(stage=Stage.WAITING_FOR_BLANK)
            made = [Card.objects.create(citizen=a_citizen(), requested_at=day(n), **new) for n in (4, 1)]
            Card.objects.filter(pk=cards[1].pk).update(stage=Stage.WAITING_FOR_BLANK)
        settle()
        assert numbers([made[1], cards[1], made[0], cards[0]]) == ["A-1", "A-2", "A-3", "A-4"]
        naive.assert_exact()

    def test_after_those_of_an_earlier_transaction(self) -> None:
        first = a_card(requested_at=day(9))
        ready(first)
        later = [a_card(requested_at=day(n)) for n in (2, 1)]
        ready(*later)
        assert numbers([first, *later]) == ["A-1", "A-3", "A-2"]

    def test_that_go_on_in_the_same_transaction(self) -> None:
        cards = [a_card(requested_at=day(n)) for n in range(3)]
        with acting(by=OFFICE, source="test"):
            Card.objects.filter(pk__in=[c.pk for c in cards]).update(stage=Stage.WAITING_FOR_BLANK)
            Card.objects.filter(pk=cards[1].pk).update(stage=Stage.HELD, code="PACKET_RETRY")
        settle()
        assert numbers(cards) == ["A-1", "A-2", "A-3"]
        assert (position(cards[0]), position(cards[2])) == (1, 2)
        naive.assert_exact()

    def test_across_the_edges_of_buckets(self) -> None:
        for count in (1023, 1, 1, 1023, 2048, 1):
            ids = many_cards(count)
            with acting(by=OFFICE, source="test"):
                Card.objects.filter(pk__in=ids).update(stage=Stage.WAITING_FOR_BLANK)
            settle()
        naive.assert_exact()
        rows = sql("SELECT number, tracking_position(kecamatan_id, letter, number) FROM tracking_ticket")
        assert len(rows) == 4097
        assert all(number == place for number, place in rows)


class TestThePlace:
    def test_counts_those_before_me(self) -> None:
        cards = [a_card(Stage.WAITING_FOR_BLANK) for _ in range(5)]
        assert [position(card) for card in cards] == [1, 2, 3, 4, 5]

    def test_counts_better_letters_first(self) -> None:
        lost = a_card(Stage.WAITING_FOR_BLANK, kind="HILANG")
        changed = a_card(Stage.WAITING_FOR_BLANK, kind="UBAH")
        first = a_card(Stage.WAITING_FOR_BLANK, kind="BARU")
        assert [position(card) for card in (first, changed, lost)] == [1, 2, 3]

    def test_of_other_kecamatan_do_not_count(self) -> None:
        a_card(Stage.WAITING_FOR_BLANK, 2)
        assert position(a_card(Stage.WAITING_FOR_BLANK, 1)) == 1

    def test_moves_up_when_one_leaves_the_middle_and_back_when_it_returns(self) -> None:
        cards = [a_card(Stage.WAITING_FOR_BLANK) for _ in range(4)]
        step(cards[1], Stage.HELD, "PACKET_RETRY")
        assert [position(card) for card in (cards[0], cards[2], cards[3])] == [1, 2, 3]
        step(cards[1], Stage.WAITING_FOR_BLANK)
        assert [position(card) for card in cards] == [1, 2, 3, 4]

    def test_rises_when_a_better_letter_comes(self) -> None:
        lost = a_card(Stage.WAITING_FOR_BLANK, kind="HILANG")
        a_card(Stage.WAITING_FOR_BLANK, kind="BARU")
        assert position(lost) == 2

    def test_stays_with_the_ticket_when_the_citizen_moves_house(self) -> None:
        cards = [a_card(Stage.WAITING_FOR_BLANK) for _ in range(3)]
        move_house(cards[0], 7)
        assert [position(card) for card in cards] == [1, 2, 3]
        assert StageCount.objects.get(kecamatan_id=1, stage="WAITING_FOR_BLANK", outside=False).n == 3

    def test_is_delivered_to_the_new_home(self) -> None:
        card = a_card(Stage.WAITING_FOR_BLANK)
        move_house(card, 7)
        step(card, Stage.BLANK_ALLOCATED)
        assert card.place == 1
        step(card, Stage.PRINTED)
        assert card.place == 7
        assert naive.kept_counts() == {(7, "PRINTED", False): 1}

    def test_passes_over_the_blocked(self) -> None:
        cards = [a_card(Stage.WAITING_FOR_BLANK) for _ in range(3)]
        block(cards[0])
        assert [position(card) for card in cards[1:]] == [1, 2]

    def test_far_back_equals_a_count(self) -> None:
        ids = many_cards(36_000, Stage.WAITING_FOR_BLANK)
        with acting(by=OFFICE, source="test"):
            Card.objects.filter(pk__in=ids[::7]).update(stage=Stage.HELD, code="PACKET_RETRY")
        settle()
        for number in (1, 2, 64, 65, 4096, 4097, 32769, 35_999, 36_000):
            counted = sql(
                """SELECT 1 + count(*) FROM tracking_ticket t JOIN tracking_card c ON c.id = t.card_id
                WHERE t.number < %s AND c.stage = 'WAITING_FOR_BLANK'""",
                [number],
            )
            assert sql("SELECT tracking_position(1::smallint, 'A', %s)", [number]) == counted


class TestTheRuleOfLetters:
    def test_reorders_letters_and_renumbers_nobody(self) -> None:
        first = a_card(Stage.WAITING_FOR_BLANK, kind="BARU")
        lost = a_card(Stage.WAITING_FOR_BLANK, kind="HILANG")
        LetterRule.objects.create(valid_from="2017-09-01", letters="CBA", decree="Keputusan 7/2017")
        assert (position(lost), position(first)) == (1, 2)
        assert (queue_number(lost), queue_number(first)) == ("C-1", "A-1")

    def test_of_the_future_is_not_yet_in_force(self) -> None:
        first = a_card(Stage.WAITING_FOR_BLANK, kind="BARU")
        a_card(Stage.WAITING_FOR_BLANK, kind="HILANG")
        LetterRule.objects.create(valid_from="2999-01-01", letters="CBA", decree="Keputusan 8/2999")
        assert position(first) == 1

    def test_of_any_day_can_be_shown(self) -> None:
        LetterRule.objects.create(valid_from="2017-09-01", letters="CBA", decree="Keputusan 7/2017")
        shown = sql("SELECT tracking_letters('2017-08-31'), tracking_letters('2017-09-01')")
        assert shown == [("ABC", "CBA")]

    @pytest.mark.parametrize("letters", ["AB", "AAB", "ABD", "abc", ""])
    def test_names_each_letter_once(self, letters: str) -> None:
        with refused("23514"):
            LetterRule.objects.create(valid_from="2017-09-01", letters=letters, decree="x")


class TestAHundredThousand:
    def test_become_ready_in_one_statement(self) -> None:
        ids = many_cards(100_000, Stage.DEDUPLICATING)
        with acting(by=OFFICE, source="test"):
            sql("UPDATE tracking_card SET stage = 'WAITING_FOR_BLANK', kecamatan_id = 1 + id %% 12", [])
        settle()
        assert naive.broken() == []
        assert naive.kept_counts() == naive.counts()
        assert naive.kept_heads() == naive.heads()
        wrong = sql(
            """SELECT count(*) FROM (
                SELECT t.number, row_number() OVER (PARTITION BY t.kecamatan_id ORDER BY c.requested_at, c.id) AS n,
                       CASE WHEN t.number % 50 = 0 THEN tracking_position(t.kecamatan_id, t.letter, t.number)
                       ELSE t.number END AS place
                FROM tracking_ticket t JOIN tracking_card c ON c.id = t.card_id) x
            WHERE number <> n OR place <> n"""
        )
        assert wrong == [(0,)]
        assert sql("SELECT count(*) FROM tracking_ticket") == [(len(ids),)]
