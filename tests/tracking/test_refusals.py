"""What the database refuses comes out in words; a lock that somebody else holds says "coba lagi"."""

import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.staff.cast import a_card, staff
from tracking import actions, refusals
from tracking.models import Card
from tracking.refusals import Moved, Refused, TryAgain, action, going_again, translated


@pytest.mark.parametrize("code", [f"EK00{n}" for n in range(1, 9)])
def test_every_refusal_of_the_database_has_its_words(code: str) -> None:
    words = str(refusals.BY_SQLSTATE[code]())
    assert "\n" not in words
    assert words.endswith(".")


def test_no_two_refusals_say_the_same() -> None:
    kinds = set(refusals.BY_SQLSTATE.values()) | set(refusals.BY_CONSTRAINT.values()) | {Refused}
    assert len({str(kind()) for kind in kinds}) == len(kinds)


@pytest.mark.django_db
def test_a_step_behind_the_doors_back_is_refused_in_words() -> None:
    card = a_card()
    with pytest.raises(refusals.NobodySaid), translated(), transaction.atomic():
        Card.objects.filter(pk=card.pk).update(stage="DELIVERED")


@pytest.mark.django_db
def test_an_error_that_is_nobodys_fault_stays_what_it_is() -> None:
    with pytest.raises(IntegrityError), translated(), transaction.atomic():
        Card.objects.create(
            kind="X", stage="RECORDED", requested_at="2017-01-01T00:00Z", kecamatan_id=1, citizen_id=1
        )


def test_a_card_that_somebody_holds_answers_try_again(committed: None) -> None:
    card, user = a_card(), staff("operator")
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            list(Card.objects.select_for_update().filter(pk=card.pk))
            held.set()
            done.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    with pytest.raises(TryAgain):
        actions.cancel(card.pk, by=user, reason="other", seen="RECORDED")
    done.set()
    holder.join()
    actions.cancel(card.pk, by=user, reason="other", seen="RECORDED")


def test_two_that_meet_go_again(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    @action
    def write() -> str:
        tried.append(1)
        if len(tried) < 3:
            raise DatabaseError from _Deadlock()
        return "done"

    assert write() == "done"
    assert len(tried) == 3


def test_a_write_that_sees_that_something_moved_under_it_goes_again(committed: None) -> None:
    tried = []

    @action
    def write() -> int:
        tried.append(1)
        if len(tried) < 3:
            raise TryAgain
        return len(tried)

    assert write() == 3


def test_a_write_that_chooses_its_figures_chooses_anew_when_somebody_was_quicker(committed: None) -> None:
    tried = []

    @going_again(Moved)
    def write() -> int:
        tried.append(1)
        if len(tried) < 3:
            raise Moved
        return len(tried)

    assert write() == 3


def test_whoever_asked_for_something_that_is_gone_is_told_at_once(committed: None) -> None:
    tried = []

    @action
    def write() -> None:
        tried.append(1)
        raise Moved

    with pytest.raises(Moved):
        write()
    assert len(tried) == 1


@pytest.mark.django_db
def test_inside_another_transaction_nothing_goes_again() -> None:
    tried = []

    @action
    def write() -> None:
        tried.append(1)
        raise DatabaseError from _Deadlock()

    with pytest.raises(TryAgain):
        write()
    assert len(tried) == 1


class _Deadlock(Exception):
    pgcode = "40P01"
