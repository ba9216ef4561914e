"""A round from its making to its count: who may carry what, and that nobody carries a card twice."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from delivery.actions import attempt as attempts
from delivery.actions import round as rounds
from delivery.models import Link, Piece, Round, RoundCard, State
from delivery.queries.custody import chain
from delivery.refusals_of_rounds import CountDiffers, InAnotherRound, LetterNotValid, NotCounted, NotHere
from tests.builders import block, correct, refused, settle, sql, step, story
from tests.people import supervisor
from tracking.actor import acting
from tracking.models import Block, Card, Event
from tracking.refusals import Refused
from tracking.stages import Stage
from tracking.verify import verify

from .walk import (
    a_courier,
    a_round,
    by_signed_list,
    card_of,
    cards_at_kecamatan,
    on_the_way,
    places,
    said,
    send,
    the_officer,
)

pytestmark = pytest.mark.django_db


def holder(place: RoundCard) -> tuple[str, int]:
    piece = Piece.objects.get(card_id=place.card_id, current=True)
    return piece.holder, piece.holder_id


def test_cards_go_out_when_the_courier_has_counted_them() -> None:
    its_round = a_round(3)
    link = rounds.open_link(its_round, by=the_officer()).link
    assert {card_of(p).stage for p in places(its_round)} == {"AT_KECAMATAN"}
    with pytest.raises(CountDiffers):
        rounds.begin_by_phone(link, counted=2)
    rounds.begin_by_phone(link, counted=3)
    its_round.refresh_from_db()
    assert (its_round.state, its_round.taken_by_id, its_round.counted) == (State.OUT, link.courier_id, 3)
    assert {card_of(p).stage for p in places(its_round)} == {"OUT_FOR_DELIVERY"}
    assert Event.objects.latest("id").actor == f"courier:{link.courier_id}"


def test_or_when_the_officer_books_the_signed_list() -> None:
    its_round = a_round(2)
    by_signed_list(its_round)
    assert Event.objects.latest("id").source == "petugas:daftar"
    assert Event.objects.latest("id").actor == the_officer().actor


def test_a_form_sent_twice_makes_one_round() -> None:
    cards, request, courier = cards_at_kecamatan(2), uuid.uuid4(), a_courier()
    made = [
        rounds.make_round(by=the_officer(), request=request, courier=courier, cards=cards) for _ in range(2)
    ]
    assert made[0] == made[1]
    assert Round.objects.count() == 1


def test_a_card_is_in_one_round_at_a_time() -> None:
    its_round = a_round(1)
    card = places(its_round)[0].card_id
    with pytest.raises(InAnotherRound):
        rounds.make_round(by=the_officer(), request=uuid.uuid4(), courier=a_courier(), cards=[card])
    rounds.end_round(its_round, by=the_officer())
    rounds.make_round(by=the_officer(), request=uuid.uuid4(), courier=a_courier(), cards=[card])


def test_no_blocked_card_and_none_of_another_kecamatan_is_put_in() -> None:
    blocked, elsewhere = cards_at_kecamatan(1)[0], cards_at_kecamatan(1, kecamatan=2)[0]
    block(Card.objects.get(pk=blocked))
    for card in (blocked, elsewhere):
        with pytest.raises(NotHere):
            rounds.make_round(by=the_officer(), request=uuid.uuid4(), courier=a_courier(), cards=[card])


def test_a_card_blocked_before_the_start_stays_here() -> None:
    its_round = a_round(3)
    link = rounds.open_link(its_round, by=the_officer()).link
    second = places(its_round)[1]
    block(card_of(second))
    assert rounds.begin_by_phone(link, counted=2) == [2]
    assert card_of(second).stage == "AT_KECAMATAN"
    assert RoundCard.objects.get(pk=second.pk).ended == "left_out"


def test_a_courier_needs_a_letter_that_holds_today() -> None:
    today = timezone.localdate()
    late = a_courier(valid_from=today - timedelta(days=9), valid_until=today - timedelta(days=1))
    its_round = a_round(1, courier=late)
    with pytest.raises(LetterNotValid):
        rounds.take_over(its_round, by=the_officer(), counted=1, how="paper")


def test_another_courier_takes_over_without_a_step() -> None:
    link = on_the_way(2)
    other = a_courier(name="Bu Tini")
    before = Event.objects.count()
    rounds.replace_courier(link.round, by=the_officer(), courier=other)
    link.refresh_from_db()
    assert link.ended_at
    new = rounds.open_link(link.round, by=the_officer()).link
    assert Round.objects.get().waits_for_take_over
    rounds.begin_by_phone(new, counted=2)
    assert Round.objects.get().taken_by_id == other.pk
    assert Event.objects.count() == before
    assert send(new, said(places(link.round)[0], "delivered"))[0].verdict == "booked"


def test_taking_over_counts_what_is_left_in_the_bag() -> None:
    link = on_the_way(3)
    send(link, said(places(link.round)[0], "delivered"))
    rounds.replace_courier(link.round, by=the_officer(), courier=a_courier())
    new = rounds.open_link(link.round, by=the_officer()).link
    with pytest.raises(CountDiffers):
        rounds.begin_by_phone(new, counted=3)
    rounds.begin_by_phone(new, counted=2)


def test_a_round_has_one_link_that_lives() -> None:
    its_round = a_round(1)
    first = rounds.open_link(its_round, by=the_officer()).link
    rounds.open_link(its_round, by=the_officer())
    first.refresh_from_db()
    assert first.ended_at
    assert Link.objects.filter(ended_at__isnull=True).count() == 1
    with refused("EK031"):
        sql("UPDATE delivery_link SET ended_at = NULL WHERE id = %s", [first.pk])


class TestTheCount:
    def test_a_round_closes_when_each_card_is_counted(self) -> None:
        link = on_the_way(3)
        one, two, three = places(link.round)
        send(link, said(one, "delivered"), said(two, "refused"))
        rounds.end_round(link.round, by=the_officer())
        with pytest.raises(NotCounted):
            rounds.close_round(link.round, by=the_officer())
        rounds.count_back(link.round, by=the_officer(), counted={two.pk: True, three.pk: False})
        rounds.close_round(link.round, by=the_officer())
        assert [card_of(p).stage for p in (one, two, three)] == ["DELIVERED", "RETURNED", "OUT_FOR_DELIVERY"]
        three.refresh_from_db()
        assert (three.ended, bool(three.missing_at)) == ("", True)

    def test_what_was_not_tried_comes_back_for_the_end_of_the_round(self) -> None:
        link = on_the_way(1)
        place = places(link.round)[0]
        rounds.count_back(link.round, by=the_officer(), counted={place.pk: True})
        assert card_of(place).stage == "RETURNED"
        assert Event.objects.latest("id").reason == "round_ended"

    def test_a_missing_card_that_is_found_comes_back_later(self) -> None:
        link = on_the_way(1)
        place = places(link.round)[0]
        rounds.end_round(link.round, by=the_officer())
        rounds.count_back(link.round, by=the_officer(), counted={place.pk: False})
        rounds.close_round(link.round, by=the_officer())
        rounds.count_back(link.round, by=the_officer(), counted={place.pk: True})
        assert card_of(place).stage == "RETURNED"

    def test_a_card_with_wrong_data_waits_for_a_new_blank_once_it_is_back(self) -> None:
        link = on_the_way(1)
        place = places(link.round)[0]
        send(link, said(place, "wrong_data"))
        rounds.count_back(link.round, by=the_officer(), counted={place.pk: True})
        card = card_of(place)
        assert (card.stage, card.blocked) == ("WAITING_FOR_BLANK", True)
        assert Block.objects.get().reason == "wrong_data"

    def test_a_card_that_came_back_goes_out_again(self) -> None:
        link = on_the_way(1)
        place = places(link.round)[0]
        rounds.count_back(link.round, by=the_officer(), counted={place.pk: True})
        again = rounds.make_round(
            by=the_officer(), request=uuid.uuid4(), courier=a_courier(), cards=[place.card_id]
        )
        by_signed_list(again)
        assert story(card_of(place))[-2:] == ["RETURNED", "OUT_FOR_DELIVERY"]


class TestTheWindow:
    """What anybody with the site's rights may try by raw SQL."""

    def test_a_card_goes_out_in_a_round_alone(self) -> None:
        card = cards_at_kecamatan(1)[0]
        with refused("EK032"), acting(by=the_officer(), source="test"):
            sql("UPDATE tracking_card SET stage = 'OUT_FOR_DELIVERY' WHERE id = %s", [card])

    def test_a_card_on_the_way_is_not_put_into_a_second_round(self) -> None:
        link = on_the_way(1)
        other = a_round(1)
        with refused("EK032", "23505"), acting(by=the_officer(), source="test"):
            sql(
                """INSERT INTO delivery_roundcard (round_id, card_id, position, tries, result, ended)
                VALUES (%s, %s, 9, 0, '', '')""",
                [other.pk, places(link.round)[0].card_id],
            )

    def test_a_card_on_the_way_is_not_allocated_or_printed_again(self) -> None:
        link = on_the_way(1)
        card = places(link.round)[0].card_id
        for stage in ("BLANK_ALLOCATED", "PRINTED", "AT_KECAMATAN"):
            with refused("EK002"), acting(by=the_officer(), source="test"):
                sql("UPDATE tracking_card SET stage = %s WHERE id = %s", [stage, card])

    def test_a_round_goes_its_own_ways_only(self) -> None:
        link = on_the_way(1)
        for change in (
            "state = 'ready'",
            "state = 'closed'",
            "kecamatan_id = 2",
            "taken_by_id = NULL",
            "counted = 7",
        ):
            with refused("EK030", "EK033"), acting(by=the_officer(), source="test"):
                sql(f"UPDATE delivery_round SET {change} WHERE id = %s", [link.round_id])

    def test_nothing_is_deleted(self) -> None:
        on_the_way(1)
        for table in ("round", "roundcard", "link", "courier", "attempt", "review"):
            with refused("42501"):
                sql(f"DELETE FROM delivery_{table}")


class TestCorrections:
    def test_a_wrong_delivery_that_is_undone_is_in_the_couriers_hands_again(self) -> None:
        link = on_the_way(1)
        place = places(link.round)[0]
        send(link, said(place, "delivered"))
        correct(card_of(place), by=supervisor())
        place.refresh_from_db()
        assert (card_of(place).stage, place.ended, place.result) == ("OUT_FOR_DELIVERY", "", "")
        assert send(link, said(place, "refused"))[0].verdict == "booked"

    def test_a_lost_card_leaves_its_round(self) -> None:
        link = on_the_way(1)
        place = places(link.round)[0]
        step(card_of(place), Stage.WAITING_FOR_BLANK, "lost")
        place.refresh_from_db()
        assert place.ended == "lost"
        assert send(link, said(place, "delivered")) == [("review", "decided")]

    def test_a_card_cancelled_on_the_way_is_brought_back(self) -> None:
        link = on_the_way(1)
        place = places(link.round)[0]
        step(card_of(place), Stage.CANCELLED, "deceased")
        place.refresh_from_db()
        assert (place.ended, place.result) == ("", "cancelled")
        rounds.count_back(link.round, by=the_officer(), counted={place.pk: True})
        assert card_of(place).stage == "CANCELLED"

    def test_a_card_collected_before_the_start_leaves_the_round(self) -> None:
        its_round = a_round(2)
        place = places(its_round)[0]
        step(card_of(place), Stage.DELIVERED, "holder")
        place.refresh_from_db()
        assert place.ended == "left_out"
        link = rounds.open_link(its_round, by=the_officer()).link
        rounds.begin_by_phone(link, counted=1)


def test_results_after_the_close_are_refused_from_paper() -> None:
    link = on_the_way(1)
    place = places(link.round)[0]
    rounds.end_round(link.round, by=the_officer())
    rounds.count_back(link.round, by=the_officer(), counted={place.pk: True})
    rounds.close_round(link.round, by=the_officer())
    answers = attempts.book_from_paper(link.round, [said(place, "delivered")], by=the_officer())
    assert [one.verdict for one in answers.values()] == ["review"]


def test_every_refusal_has_words() -> None:
    for kind in (CountDiffers, NotCounted, NotHere, LetterNotValid, InAnotherRound):
        assert str(kind())
        assert issubclass(kind, Refused)


class TestCustody:
    """One holder at each moment, with giver and taker."""

    def test_goes_from_the_kecamatan_to_the_courier_to_the_citizen(self) -> None:
        link = on_the_way(1)
        place = places(link.round)[0]
        assert holder(place) == ("courier", link.courier_id)
        send(link, said(place, "delivered"))
        assert holder(place) == ("citizen", 0)

    def test_stays_with_the_courier_until_it_is_counted_back(self) -> None:
        link = on_the_way(1)
        place = places(link.round)[0]
        send(link, said(place, "refused"))
        assert holder(place) == ("courier", link.courier_id)
        rounds.count_back(link.round, by=the_officer(), counted={place.pk: True})
        assert holder(place) == ("kecamatan", 1)

    def test_passes_to_another_courier_when_they_take_over(self) -> None:
        link = on_the_way(1)
        place = places(link.round)[0]
        other = a_courier()
        rounds.replace_courier(link.round, by=the_officer(), courier=other)
        assert holder(place) == ("courier", link.courier_id)
        by_signed_list(link.round)
        assert holder(place) == ("courier", other.pk)

    def test_of_a_card_cancelled_on_the_way_comes_back_too(self) -> None:
        link = on_the_way(1)
        place = places(link.round)[0]
        step(card_of(place), Stage.CANCELLED, "deceased")
        rounds.count_back(link.round, by=the_officer(), counted={place.pk: True})
        assert chain(place.card_id).last().taker == "kecamatan"

    def test_is_whole_after_a_day(self) -> None:
        link = on_the_way(7)
        outcomes = ("delivered", "not_home", "moved", "refused", "deceased", "wrong_data")
        doors = places(link.round)
        send(link, *[said(place, outcome) for place, outcome in zip(doors, outcomes, strict=False)])
        rounds.end_round(link.round, by=the_officer())
        rounds.count_back(
            link.round,
            by=the_officer(),
            counted={place.pk: True for place in doors[1:6]} | {doors[6].pk: False},
        )
        rounds.close_round(link.round, by=the_officer())
        settle()
        assert verify().problems == []
