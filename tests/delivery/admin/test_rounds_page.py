"""What rounds leave to a supervisor: a card that was not there at the count, a contradiction that was passed on."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from delivery.actions import attempt as attempts
from delivery.actions import round as rounds
from delivery.models import Piece, Review, RoundCard
from delivery.queries.custody import chain
from staff.models import AccessLog, User
from tests import people
from tests.builders import correct, refused, settle, sql, step
from tests.staff.cast import logged_in
from tracking.actor import acting
from tracking.models import Event
from tracking.stages import Stage
from tracking.verify import verify

from ..cast import Office, printed
from ..rounds.walk import a_courier, by_signed_list, card_of, on_the_way, places, said, send, the_officer

pytestmark = pytest.mark.django_db
PAGE = "/admin/delivery/putaran/"


@pytest.fixture
def ratna(db: None) -> User:
    return people.supervisor()


def missed(outcome: str = "") -> RoundCard:
    """A card that the courier did not bring back, after what was said at its door."""
    link = on_the_way(1)
    place = places(link.round)[0]
    if outcome:
        send(link, said(place, outcome))
    rounds.end_round(link.round, by=the_officer())
    rounds.count_back(link.round, by=the_officer(), counted={place.pk: False})
    rounds.close_round(link.round, by=the_officer())
    settle()
    return place


def passed_on() -> Review:
    """A door of which two phones say different things; the officer passes it on."""
    link = on_the_way(1)
    place = places(link.round)[0]
    send(link, said(place, "delivered"), said(place, "refused"))
    review = Review.objects.get()
    attempts.settle_review(review, by=the_officer(), how="passed_on")
    return review


def press(user: User, **button: object) -> str:
    answer = logged_in(user).post(PAGE, button, follow=True)
    settle()
    return answer.content.decode()


def front(user: User) -> str:
    return logged_in(user).get("/admin/").content.decode()


class TestACardThatWasNotThere:
    def test_is_on_the_supervisors_front_page_and_on_no_operators(self, ratna: User) -> None:
        missed()
        assert "Tidak kembali dari kurir" in front(ratna)
        assert "Tidak kembali dari kurir" not in front(people.operator())

    @pytest.mark.parametrize("outcome", ["", "refused"])
    def test_is_given_up_by_a_supervisor_and_printed_again(self, ratna: User, outcome: str) -> None:
        place = missed(outcome)
        assert "nomor yang sama" in press(ratna, hilang=place.pk)
        event = Event.objects.latest("id")
        assert (card_of(place).stage, event.reason, event.actor) == ("WAITING_FOR_BLANK", "lost", ratna.actor)
        place.refresh_from_db()
        assert place.ended == "lost"
        taken = chain(place.card_id).last()
        assert (taken.giver, taken.taker, taken.act) == ("courier", "none", "lost")
        assert verify().problems == []

    def test_that_was_printed_by_us_costs_a_blank(self) -> None:
        """Its serial is lost with it."""
        office = Office()
        office.closed(1)
        card = Piece.objects.get(current=True).card_id
        its_round = rounds.make_round(by=office.tuti, request=uuid.uuid4(), courier=a_courier(), cards=[card])
        by_signed_list(its_round)
        rounds.end_round(its_round, by=office.tuti)
        place = places(its_round)[0]
        rounds.count_back(its_round, by=office.tuti, counted={place.pk: False})
        press(office.ratna, hilang=place.pk)
        assert sql("SELECT place FROM blanks_serial") == [("lost",)]
        assert verify().problems == []

    def test_that_was_found_lies_at_the_kecamatan_again(self, ratna: User) -> None:
        place = missed()
        press(ratna, ditemukan=place.pk)
        piece = Piece.objects.get(card_id=place.card_id, current=True)
        assert (card_of(place).stage, piece.holder, piece.holder_id) == ("RETURNED", "kecamatan", 1)
        assert verify().problems == []

    def test_that_was_cancelled_takes_no_step(self, ratna: User) -> None:
        link = on_the_way(1)
        place = places(link.round)[0]
        step(card_of(place), Stage.CANCELLED, "deceased")
        rounds.end_round(link.round, by=the_officer())
        rounds.count_back(link.round, by=the_officer(), counted={place.pk: False})
        press(ratna, hilang=place.pk)
        place.refresh_from_db()
        assert (card_of(place).stage, place.ended) == ("CANCELLED", "lost")

    @pytest.mark.parametrize("outcome", ["", "refused"])
    def test_that_turns_up_after_all_is_in_the_couriers_bag_again(self, ratna: User, outcome: str) -> None:
        place = missed(outcome)
        press(ratna, hilang=place.pk)
        correct(card_of(place), by=ratna)
        settle()
        place.refresh_from_db()
        assert (place.ended, bool(place.missing_at)) == ("", True)
        press(ratna, ditemukan=place.pk)
        assert card_of(place).stage == "RETURNED"
        assert verify().problems == []

    def test_is_settled_once(self, ratna: User) -> None:
        place = missed()
        press(ratna, hilang=place.pk)
        assert "sudah berubah" in press(ratna, ditemukan=place.pk)

    def test_is_counted_back_by_its_officer_as_before(self, ratna: User) -> None:
        place = missed()
        rounds.count_back(place.round, by=the_officer(), counted={place.pk: True})
        assert "Tidak ada." in logged_in(ratna).get(PAGE).content.decode()


class TestByRawSql:
    def test_only_a_supervisor_gives_a_card_up(self) -> None:
        place = missed()
        for who in (the_officer(), people.operator(), "system:keeping"):
            with refused("EK017"), acting(by=who, source="test"):
                sql("UPDATE delivery_roundcard SET ended = 'lost' WHERE id = %s", [place.pk])

    def test_and_not_by_a_step_past_the_round(self) -> None:
        place = missed()
        with refused("EK017"), acting(by=the_officer(), source="test", reason="lost"):
            sql("UPDATE tracking_card SET stage = 'WAITING_FOR_BLANK' WHERE id = %s", [place.card_id])

    def test_nor_one_that_lies_at_an_office(self) -> None:
        card = printed(1)[0]
        with refused("EK017"), acting(by=people.operator(), source="test", reason="lost"):
            sql("UPDATE tracking_card SET stage = 'WAITING_FOR_BLANK' WHERE id = %s", [card])

    def test_a_card_that_nobody_missed_is_not_given_up(self, ratna: User) -> None:
        link = on_the_way(1)
        with refused("EK030"), acting(by=ratna, source="test"):
            sql("UPDATE delivery_roundcard SET ended = 'lost' WHERE round_id = %s", [link.round_id])

    def test_what_was_passed_on_is_answered_by_a_supervisor_once(self, ratna: User) -> None:
        review = passed_on()
        answer = "UPDATE delivery_review SET answer = %s WHERE id = %s"
        for who in (the_officer(), people.operator()):
            with refused("EK017"), acting(by=who, source="test"):
                sql(answer, ["corrected", review.pk])
        with acting(by=ratna, source="test"):
            sql(answer, ["stands", review.pk])
        with refused("EK037"), acting(by=ratna, source="test"):
            sql(answer, ["corrected", review.pk])

    def test_and_what_was_not_passed_on_is_answered_by_nobody(self, ratna: User) -> None:
        link = on_the_way(1)
        place = places(link.round)[0]
        send(link, said(place, "delivered"), said(place, "refused"))
        with refused("EK037"), acting(by=ratna, source="test"):
            sql("UPDATE delivery_review SET answer = 'stands'")


class TestWhatWasPassedOn:
    def test_is_the_supervisors_work_until_it_is_answered(self, ratna: User) -> None:
        review = passed_on()
        assert "diteruskan petugas" in front(ratna)
        page = logged_in(ratna).get(PAGE).content.decode()
        assert "Menolak" in page
        assert "Diserahkan" in page
        press(ratna, dibetulkan=review.pk)
        review.refresh_from_db()
        assert (review.answer, review.answered_by) == ("corrected", ratna.actor)
        assert "Menolak" not in logged_in(ratna).get(PAGE).content.decode()

    def test_is_told_to_its_officer_meanwhile(self) -> None:
        passed_on()
        page = logged_in(the_officer()).get("/petugas/putaran/periksa/").content.decode()
        assert "1 sudah diteruskan" in page

    def test_is_answered_once(self, ratna: User) -> None:
        review = passed_on()
        press(ratna, benar=review.pk)
        assert "sudah berubah" in press(ratna, dibetulkan=review.pk)


@pytest.mark.parametrize("who", [people.operator, people.auditor])
def test_others_see_and_settle_nothing(ratna: User, who: Callable[[], User]) -> None:
    place, client = missed(), logged_in(who())
    page = client.get(PAGE).content.decode()
    assert "putaran" in page.lower()
    assert 'name="hilang"' not in page
    assert client.post(PAGE, {"hilang": place.pk}).status_code == 403
    assert card_of(place).stage == "OUT_FOR_DELIVERY"


def test_an_officer_has_no_business_there() -> None:
    assert logged_in(the_officer()).get(PAGE).status_code in (302, 403)
    assert Client().get(PAGE).status_code == 302


def test_a_look_is_on_record(ratna: User) -> None:
    place = missed()
    logged_in(ratna).get(PAGE)
    assert AccessLog.objects.filter(source="putaran", card_ids__contains=[place.card_id]).exists()
