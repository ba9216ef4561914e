"""What happened at the door: booked once, tried three times, and what contradicts is work for the officer."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from delivery import keys
from delivery.actions import attempt as attempts
from delivery.actions import round as rounds
from delivery.actions.attempt import Unreadable
from delivery.models import Attempt, End, Review, RoundCard
from tests.builders import refused, settle, sql, story
from tests.people import SITI
from tracking import nik
from tracking.actions import issue_suket
from tracking.models import Block, Citizen, Event, Suket
from tracking.rotation import rotate

from .walk import a_courier, a_round, card_of, on_the_way, places, said, send, the_officer, verdicts

pytestmark = pytest.mark.django_db


def test_a_delivered_card_is_its_citizens_and_says_to_whom() -> None:
    link = on_the_way(1)
    place = places(link.round)[0]
    (answer,) = send(link, said(place, "delivered", recipient="family", recipient_name="Ibu Sri"))
    assert answer == ("booked", "")
    card = card_of(place)
    assert card.stage == "DELIVERED"
    event = Event.objects.filter(card_id=card.pk).latest("id")
    assert (event.reason, event.actor, event.source) == ("family", f"courier:{link.courier_id}", "kurir")
    place.refresh_from_db()
    assert (place.ended, place.result) == (End.DELIVERED, "delivered")
    assert b"Sri" not in bytes(Attempt.objects.get().recipient_sealed)


@pytest.mark.parametrize("outcome", ["not_home", "address_not_found"])
def test_a_door_is_tried_three_times_in_a_round(outcome: str) -> None:
    link = on_the_way(1)
    place = places(link.round)[0]
    for tries in (1, 2):
        assert verdicts(send(link, said(place, outcome))) == ["booked"]
        place.refresh_from_db()
        assert (place.tries, place.result, card_of(place).stage) == (tries, "", "OUT_FOR_DELIVERY")
    send(link, said(place, outcome))
    place.refresh_from_db()
    assert (place.tries, place.result, place.ended) == (3, outcome, "")
    assert card_of(place).stage == "RETURNED"
    assert send(link, said(place, outcome)) == [("review", "decided")]
    assert not card_of(place).blocked


@pytest.mark.parametrize(
    ("outcome", "block"),
    [("refused", None), ("moved", "moved"), ("deceased", "deceased"), ("wrong_data", "wrong_data")],
)
def test_other_outcomes_end_the_tries_and_all_but_a_refusal_block_the_card(
    outcome: str, block: str | None
) -> None:
    link = on_the_way(1)
    place = places(link.round)[0]
    assert verdicts(send(link, said(place, outcome))) == ["booked"]
    card = card_of(place)
    assert (card.stage, card.blocked) == ("RETURNED", block is not None)
    assert list(Block.objects.values_list("reason", flat=True)) == ([block] if block else [])
    assert Event.objects.filter(card_id=card.pk).latest("id").reason == outcome


def test_a_card_blocked_on_the_way_is_still_booked_as_delivered() -> None:
    link = on_the_way(1)
    place = places(link.round)[0]
    from tests.builders import block

    block(card_of(place))
    assert verdicts(send(link, said(place, "delivered"))) == ["booked"]
    assert card_of(place).stage == "DELIVERED"


def test_a_suket_taken_at_the_door_ends_with_the_card() -> None:
    its_round = a_round(2)
    taken, kept = places(its_round)
    for place in (taken, kept):
        issue_suket(place.card_id, by=the_officer())
    link = rounds.open_link(its_round, by=the_officer()).link
    rounds.begin_by_phone(link, counted=2)
    send(link, said(taken, "delivered", took_suket=True), said(kept, "delivered"))
    ended = Suket.objects.get(card_id=taken.card_id)
    assert (ended.end_reason, ended.ended_by) == ("taken", link.courier.actor_name)
    assert Suket.objects.get(card_id=kept.card_id).ended_at is None


def test_an_attempt_sent_twice_counts_once_and_is_answered_the_same() -> None:
    link = on_the_way(1)
    place = places(link.round)[0]
    one = said(place, "not_home")
    assert send(link, one) == send(link, one) == send(link, one, one)[:1] == [("booked", "")]
    place.refresh_from_db()
    assert place.tries == 1
    assert Attempt.objects.count() == 1


def test_an_attempt_that_is_refused_holds_up_no_other() -> None:
    link = on_the_way(3)
    first, second, third = places(link.round)
    foreign = places(a_round(1))[0]
    unknown = said(None, "delivered")
    sent = [
        said(first, "delivered"),
        said(foreign, "delivered"),
        unknown,
        said(first, "refused"),
        said(second, "moved"),
        said(third, "not_home"),
    ]
    assert send(link, *sent) == [
        ("booked", ""),
        ("review", "not_in_round"),
        ("review", "not_in_round"),
        ("review", "decided"),
        ("booked", ""),
        ("booked", ""),
    ]
    assert Review.objects.count() == 3
    assert card_of(foreign).stage == "AT_KECAMATAN"


def test_what_makes_no_sense_is_kept_for_the_officer_too() -> None:
    link = on_the_way(1)
    uid = said(None, "delivered").uid
    answers = attempts.book_from_phone(
        link, [attempts.Unreadable(uid, '{"hasil": "?"}')], sent_at=timezone.now()
    )
    assert answers == {uid: ("review", "unreadable")}
    assert b"hasil" not in bytes(Review.objects.get().raw_sealed)


def test_many_doors_in_one_sending_are_one_statement_in_the_order_of_walking() -> None:
    link = on_the_way(20)
    doors = places(link.round)
    began = timezone.now() - timedelta(hours=2)
    sent = []
    for n, place in enumerate(doors):
        sent += [said(place, "not_home", began + timedelta(minutes=n))]
        sent += [said(place, "delivered", began + timedelta(minutes=60 + n))]
    sent.reverse()
    assert set(verdicts(send(link, *sent))) == {"booked"}
    assert {card_of(place).stage for place in doors} == {"DELIVERED"}
    assert set(RoundCard.objects.filter(round=link.round).values_list("tries", flat=True)) == {1}


def test_three_tries_in_one_sending_return_the_card_and_a_fourth_is_for_review() -> None:
    link = on_the_way(1)
    place = places(link.round)[0]
    began = timezone.now() - timedelta(hours=4)
    sent = [said(place, "not_home", began + timedelta(hours=n)) for n in range(4)]
    assert verdicts(send(link, *sent)) == ["booked", "booked", "booked", "review"]
    assert story(card_of(place))[-1] == "RETURNED"


def test_the_same_said_by_two_phones_agrees() -> None:
    link = on_the_way(1)
    place = places(link.round)[0]
    assert verdicts(send(link, said(place, "delivered"), said(place, "delivered"))) == ["booked", "agrees"]
    assert verdicts(send(link, said(place, "delivered"))) == ["agrees"]
    assert send(link, said(place, "delivered", recipient="family")) == [("review", "decided")]
    assert Review.objects.count() == 1


class TestFromTheSignedList:
    def test_the_officer_books_on_the_couriers_behalf(self) -> None:
        link = on_the_way(2)
        one, other = places(link.round)
        officer = the_officer()
        attempts.book_from_paper(link.round, [said(one, "delivered"), said(other, "refused")], by=officer)
        settle()
        assert [card_of(one).stage, card_of(other).stage] == ["DELIVERED", "RETURNED"]
        booked = Attempt.objects.first()
        assert (booked.link_id, booked.actor, booked.courier_id) == (None, officer.actor, link.courier_id)
        assert Event.objects.latest("id").source == "petugas:daftar"

    def test_the_phone_that_says_the_same_later_agrees_and_another_outcome_is_work(self) -> None:
        link = on_the_way(3)
        one, other, third = places(link.round)
        attempts.book_from_paper(
            link.round,
            [said(one, "delivered"), said(other, "delivered"), said(third, "not_home")],
            by=the_officer(),
        )
        sent = [said(one, "delivered"), said(other, "refused"), said(third, "not_home")]
        assert verdicts(send(link, *sent)) == ["agrees", "review", "agrees"]
        third.refresh_from_db()
        assert third.tries == 1
        assert verdicts(send(link, said(third, "not_home"))) == ["agrees"]

    def test_results_are_entered_after_the_end_until_the_round_is_closed(self) -> None:
        link = on_the_way(1)
        rounds.end_round(link.round, by=the_officer())
        place = places(link.round)[0]
        attempts.book_from_paper(link.round, [said(place, "delivered")], by=the_officer())
        assert card_of(place).stage == "DELIVERED"


class TestLate:
    def test_a_revoked_link_books_nothing_but_loses_nothing(self) -> None:
        link = on_the_way(2)
        rounds.revoke_link(link.round, by=the_officer())
        one, other = places(link.round)
        answers = send(link, said(one, "delivered"), said(other, "not_home"))
        assert answers == [("review", "link_ended")] * 2
        assert card_of(one).stage == "OUT_FOR_DELIVERY"
        assert Review.objects.filter(kecamatan_id=1, card_id=one.card_id).exists()

    def test_a_review_is_settled_once_by_an_officer(self) -> None:
        link = on_the_way(1)
        rounds.revoke_link(link.round, by=the_officer())
        send(link, said(places(link.round)[0], "delivered"))
        review = Review.objects.get()
        attempts.settle_review(review, by=the_officer(), how="stands")
        review.refresh_from_db()
        assert review.settled_by == the_officer().actor
        with refused("EK037"):
            sql("UPDATE delivery_review SET how = 'other'")


class TestClocks:
    def test_a_phone_that_is_three_days_fast_is_noticed_and_the_time_put_right(self) -> None:
        link = on_the_way(1)
        place = places(link.round)[0]
        fast = timedelta(days=3)
        real = timezone.now() - timedelta(minutes=30)
        send(link, said(place, "delivered", real + fast), sent_at=timezone.now() + fast)
        link.refresh_from_db()
        assert abs(link.skew - fast.total_seconds()) < 5
        attempt = Attempt.objects.get()
        assert abs(attempt.happened_at - real) < timedelta(seconds=5)
        assert abs(attempt.phone_at - real - fast) < timedelta(seconds=1)

    def test_nothing_happens_later_than_now(self) -> None:
        link = on_the_way(1)
        place = places(link.round)[0]
        send(link, said(place, "delivered", timezone.now() + timedelta(days=9)))
        assert Attempt.objects.get().happened_at <= timezone.now()
        assert Event.objects.latest("id").since <= timezone.now()


class TestRawSql:
    def test_attempts_are_appended_only(self) -> None:
        link = on_the_way(1)
        send(link, said(places(link.round)[0], "not_home"))
        for change in (
            "UPDATE delivery_attempt SET outcome = 'delivered'",
            "UPDATE delivery_attempt SET verdict = 'review'",
            "DELETE FROM delivery_attempt",
            "TRUNCATE delivery_attempt",
        ):
            with refused("42501"):
                sql(change)
        with refused("EK037"):
            sql("UPDATE delivery_attempt SET note_sealed = 'x'")

    def test_a_name_at_a_door_is_erased_or_sealed_anew_and_never_another(self) -> None:
        link = on_the_way(1)
        send(
            link,
            said(
                places(link.round)[0], "delivered", recipient="family", recipient_name="Bu Sri", note="Biru"
            ),
        )
        other = keys.seal_text("Bu Tin", keys.RECIPIENT)  # of the same length, under the same key
        for value in (other, b"x", b""):
            with refused("EK037"):
                sql("UPDATE delivery_attempt SET recipient_sealed = %s", [value])
            with refused("EK037"):
                sql("UPDATE delivery_attempt SET note_sealed = %s", [value])
        sql("UPDATE delivery_attempt SET recipient_sealed = NULL")
        with refused("EK037"):
            sql("UPDATE delivery_attempt SET recipient_sealed = %s", [other])

    def test_not_even_by_a_trigger_of_ones_own(self) -> None:
        link = on_the_way(1)
        send(link, said(places(link.round)[0], "not_home", note="Biru"))
        sql("CREATE TEMP TABLE mine (id int) ON COMMIT DROP")
        sql(
            """CREATE FUNCTION pg_temp.mine() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN UPDATE public.delivery_attempt SET note_sealed = 'xxxx'; RETURN NEW; END $$"""
        )
        sql("CREATE TRIGGER mine BEFORE INSERT ON mine FOR EACH ROW EXECUTE FUNCTION pg_temp.mine()")
        with refused("EK037"):
            sql("INSERT INTO mine VALUES (1)")

    def test_what_could_not_be_read_is_not_rewritten(self) -> None:
        link = on_the_way(1)
        attempts.book_from_phone(link, [Unreadable(uuid.uuid4(), "aneh")], sent_at=timezone.now())
        with refused("EK037"):
            sql("UPDATE delivery_review SET raw_sealed = %s", [keys.seal_text("lain", keys.RAW)])

    def test_tries_and_results_are_not_written_by_hand(self) -> None:
        link = on_the_way(1)
        for change in ("tries = 0, result = 'moved'", "tries = 3", "card_id = 5", "ended = 'delivered'"):
            with refused("EK030"), rounds.acting(by=the_officer(), source="test"):
                sql(f"UPDATE delivery_roundcard SET {change} WHERE round_id = %s", [link.round_id])

    def test_a_card_in_a_round_is_not_delivered_or_returned_past_it(self) -> None:
        link = on_the_way(1)
        card = places(link.round)[0].card_id
        for stage, reason in (("DELIVERED", "holder"), ("RETURNED", "not_home")):
            with refused("EK036"), rounds.acting(by=the_officer(), source="test", reason=reason):
                sql("UPDATE tracking_card SET stage = %s WHERE id = %s", [stage, card])

    def test_an_unknown_outcome_is_refused(self) -> None:
        link = on_the_way(1)
        with refused("EK037"), rounds.acting(by="courier:1", source="kurir"):
            sql(
                """INSERT INTO delivery_attempt (uid, round_id, courier_id, outcome, recipient, took_old_card, took_suket,
                took_police_letter, data_confirmed, phone_at, line) VALUES (gen_random_uuid(), %s, %s, 'eaten', '',
                false, false, false, false, now(), 0)""",
                [link.round_id, link.courier_id],
            )

    def test_nobody_but_the_courier_who_has_the_cards_books(self) -> None:
        link = on_the_way(1)
        rounds.replace_courier(link.round, by=the_officer(), courier=a_courier(name="Bu Tini"))
        assert send(link, said(places(link.round)[0], "delivered")) == [("review", "link_ended")]


def test_everything_sealed_opens_after_the_keys_change(settings) -> None:
    link = on_the_way(1)
    send(
        link,
        said(places(link.round)[0], "delivered", recipient="family", recipient_name="Bu Sri", note="Hijau"),
    )
    Citizen.objects.update(nik_sealed=nik.seal(SITI))
    settings.EKTP_SEAL_KEYS = [b"a newer key for sealed values...", *settings.EKTP_SEAL_KEYS]
    rotate()
    settings.EKTP_SEAL_KEYS = settings.EKTP_SEAL_KEYS[:1]
    attempt = Attempt.objects.get()
    assert keys.unseal_text(attempt.recipient_sealed, keys.RECIPIENT) == "Bu Sri"
    assert keys.unseal_text(attempt.note_sealed, keys.NOTE) == "Hijau"
    link.refresh_from_db()
    assert len(keys.opened(link.key_sealed)) == 32
    link.courier.refresh_from_db()
    assert keys.unseal_text(link.courier.name_sealed, keys.COURIER) == "Pak Darto"
