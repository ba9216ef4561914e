"""From Disdukcapil to the kecamatan: packed, released by a code, checked card by card, closed when they add up."""

from uuid import uuid4

import pytest

from blanks.models import PrintBatch
from delivery.actions.pack import NothingToPack, pack
from delivery.actions.receive import AlreadyChecked, check, close, settle, uncheck
from delivery.actions.release import CodeLocked, WrongCode, collect, release, renew_code, withdraw
from delivery.handovers import Outcome, Settled, State
from delivery.models import Handover, HandoverCard
from delivery.refusals import HandoverMovedOn, NotCounted, NotYourHandover
from outbox.models import Message
from tests import builders, people
from tests.builders import block, move_house
from tests.builders import settle as commit
from tracking.actions import correct
from tracking.models import Card
from tracking.refusals import Refused
from tracking.stages import Stage
from tracking.verify import verify

from ..cast import Office, card_of, holder, printed

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db: None) -> Office:
    return Office()


def test_all_that_is_printed_for_a_kecamatan_is_packed(office: Office) -> None:
    printed(3, kecamatan=1)
    printed(2, kecamatan=2)
    made = pack(1, by=office.joko)
    assert (made.state, made.lines.count()) == (State.CALLED, 3)


def test_a_batch_or_cards_one_by_one(office: Office) -> None:
    first, second = printed(3), printed(2)
    batch = PrintBatch.objects.order_by("id")[0]
    assert pack(1, by=office.joko, batch=batch.pk).lines.count() == 3
    assert pack(1, by=office.joko, cards=[second[0], first[0]]).lines.count() == 1


def test_packing_follows_residence_at_packing(office: Office) -> None:
    card = Card.objects.get(pk=printed(1, kecamatan=1)[0])
    move_house(card, 2)
    with pytest.raises(NothingToPack):
        pack(1, by=office.joko)
    assert pack(2, by=office.joko).lines.get().card_id == card.pk


def test_blocked_cards_are_not_packed(office: Office) -> None:
    block(Card.objects.get(pk=printed(1)[0]))
    with pytest.raises(NothingToPack):
        pack(1, by=office.joko)


def test_a_form_sent_twice_packs_once(office: Office) -> None:
    printed(2)
    request = uuid4()
    assert pack(1, by=office.joko, request=request) == pack(1, by=office.joko, request=request)


def test_the_kecamatan_is_called_without_names(office: Office) -> None:
    office.tuti.email = "tuti@example.org"
    office.tuti.save()
    made = office.packed()
    message = Message.objects.get()
    assert message.about == {"handover": made.pk, "officer": office.tuti.pk}


def test_released_cards_are_on_their_way(office: Office) -> None:
    done = office.released()
    assert holder(card_of(done.handover, 1).pk) == f"transit {done.handover.pk}"
    assert done.handover.released_by == office.joko.actor
    assert done.code not in done.handover.code_hash


def test_they_are_released_to_an_officer_of_that_kecamatan(office: Office) -> None:
    made = office.packed()
    with pytest.raises(NotYourHandover):
        release(made.pk, by=office.joko, officer=people.officer(2))


def test_a_card_blocked_after_packing_stays_behind(office: Office) -> None:
    made = office.packed(2)
    barred = card_of(made, 1)
    block(barred)
    office.release(made)
    assert holder(barred.pk) == "operator 0"
    assert HandoverCard.objects.filter(card_id=barred.pk, open=True).count() == 0


def test_nothing_is_released_when_all_of_it_is_blocked(office: Office) -> None:
    made = office.packed(1)
    block(card_of(made, 1))
    with pytest.raises(Refused):
        office.release(made)


def test_part_is_collected_now_and_the_rest_later(office: Office) -> None:
    made = office.packed(5)
    office.release(made, lines=[2, 3])
    rest = Handover.objects.get(state=State.CALLED)
    assert (made.lines.filter(open=True).count(), rest.lines.count()) == (2, 3)
    assert pack_is_empty(office)


def pack_is_empty(office: Office) -> bool:
    with pytest.raises(NothingToPack):
        pack(1, by=office.joko)
    return True


def test_the_officer_collects_by_the_code(office: Office) -> None:
    done = office.released()
    with pytest.raises(WrongCode):
        collect(done.handover.pk, by=office.tuti, code="x")
    assert collect(done.handover.pk, by=office.tuti, code=f" {done.code[:3]} {done.code[3:]}").taken_at


def test_five_wrong_codes_lock_it_until_there_is_a_new_one(office: Office) -> None:
    done = office.released()
    for _ in range(4):
        with pytest.raises(WrongCode):
            collect(done.handover.pk, by=office.tuti, code="000")
    for code in ("000", done.code):
        with pytest.raises(CodeLocked):
            collect(done.handover.pk, by=office.tuti, code=code)
    again = renew_code(done.handover.pk, by=office.joko, officer=office.tuti)
    assert collect(done.handover.pk, by=office.tuti, code=again.code).taken_at


def test_a_colleague_does_not_collect_with_that_code(office: Office) -> None:
    done = office.released()
    with pytest.raises(NotYourHandover):
        collect(done.handover.pk, by=people.officer(1, "lain"), code=done.code)


def test_what_nobody_collected_can_be_taken_back(office: Office) -> None:
    made = office.packed(2)
    withdraw(made.pk, by=office.joko)
    again = pack(1, by=office.joko)
    office.release(again)
    withdraw(again.pk, by=office.joko)
    commit()
    assert holder(card_of(again, 1).pk) == "operator 0"
    assert pack(1, by=office.joko).lines.count() == 2


def test_what_was_collected_cannot(office: Office) -> None:
    made = office.collected()
    with pytest.raises(HandoverMovedOn):
        withdraw(made.pk, by=office.joko)


def test_a_received_card_is_at_the_kecamatan(office: Office) -> None:
    made = office.collected(2)
    office.say(made, 1)
    card = card_of(made, 1)
    assert (card.stage, holder(card.pk)) == (Stage.AT_KECAMATAN, "kecamatan 1")
    assert builders.last_event(card).actor == office.tuti.actor


def test_a_card_comes_to_the_kecamatan_that_collected_it_wherever_its_citizen_lives_now(
    office: Office,
) -> None:
    made = office.collected(1)
    card = card_of(made, 1)
    move_house(card, 2)
    office.say(made, 1)
    assert holder(card.pk) == "kecamatan 1"


def test_a_blocked_card_that_arrives_is_booked(office: Office) -> None:
    made = office.collected(1)
    block(card_of(made, 1))
    office.say(made, 1)
    assert card_of(made, 1).stage == Stage.AT_KECAMATAN


def test_said_twice_is_said_once_and_otherwise_is_refused(office: Office) -> None:
    made = office.collected(2)
    assert check(made.pk, [1], Outcome.RECEIVED, by=office.tuti) == 1
    assert check(made.pk, [1], Outcome.RECEIVED, by=office.tuti) == 0
    with pytest.raises(AlreadyChecked):
        check(made.pk, [1], Outcome.MISSING, by=office.tuti)


def test_another_kecamatan_receives_nothing(office: Office) -> None:
    made = office.collected(1)
    for stranger in (people.officer(2), office.joko, people.auditor()):
        with pytest.raises(NotYourHandover):
            check(made.pk, [1], Outcome.RECEIVED, by=stranger)


def test_nothing_is_received_before_it_is_collected(office: Office) -> None:
    done = office.released(1)
    with pytest.raises(NotYourHandover):
        check(done.handover.pk, [1], Outcome.RECEIVED, by=office.tuti)


@pytest.mark.parametrize("outcome", [Outcome.RECEIVED, Outcome.MISSING, Outcome.DAMAGED])
def test_what_was_said_can_be_taken_back(office: Office, outcome: Outcome) -> None:
    made = office.collected(1)
    office.say(made, 1, outcome=outcome)
    uncheck(made.pk, 1, by=office.tuti)
    commit()
    line = made.lines.get()
    assert (line.outcome, line.open, line.deadline) == ("", True, None)
    assert (card_of(made, 1).stage, holder(line.card_id)) == (Stage.PRINTED, f"transit {made.pk}")
    assert verify().ok


def test_it_closes_only_when_they_add_up(office: Office) -> None:
    made = office.collected(2)
    office.say(made, 1)
    with pytest.raises(NotCounted):
        close(made.pk, by=office.tuti)
    office.say(made, 2, outcome=Outcome.MISSING)
    done = close(made.pk, by=office.tuti)
    assert (done.state, done.number) == (State.CLOSED, f"0001/BAST-KTP/{made.to_kecamatan.code}/{_month()}")
    assert close(made.pk, by=office.tuti).number == done.number


def _month() -> str:
    from django.utils import timezone

    from delivery.actions.numbers import ROMAN

    today = timezone.localdate()
    return f"{ROMAN[today.month - 1]}/{today.year}"


def test_a_damaged_card_is_printed_again_and_the_spoiled_one_stays_at_the_kecamatan(office: Office) -> None:
    made = office.closed(2, damaged=1)
    card = card_of(made, 1)
    assert card.stage == Stage.WAITING_FOR_BLANK
    from delivery.models import Piece

    spoiled = Piece.objects.get(card_id=card.pk)
    assert (spoiled.current, spoiled.holder, spoiled.holder_id) == (False, "kecamatan", 1)
    assert verify().ok


def test_a_missing_card_stays_with_who_released_it_for_three_working_days(office: Office) -> None:
    made = office.closed(2, missing=1)
    line = made.lines.get(line=1)
    assert holder(line.card_id) == f"transit {made.pk}"
    assert line.open
    assert line.deadline > made.ended_at.date()
    assert verify().ok


def test_found_by_the_releaser_it_is_packed_again(office: Office) -> None:
    made = office.closed(2, missing=1)
    assert settle(made.pk, 1, Settled.FOUND, by=office.joko)
    assert not settle(made.pk, 1, Settled.FOUND, by=office.joko)
    commit()
    assert holder(card_of(made, 1).pk) == "operator 0"
    assert pack(1, by=office.joko).lines.count() == 1


def test_found_at_the_kecamatan_it_has_arrived(office: Office) -> None:
    made = office.closed(2, missing=1)
    settle(made.pk, 1, Settled.ARRIVED, by=office.tuti)
    commit()
    assert (card_of(made, 1).stage, holder(card_of(made, 1).pk)) == (Stage.AT_KECAMATAN, "kecamatan 1")


def test_a_supervisor_books_it_to_lost_and_nobody_else(office: Office) -> None:
    made = office.closed(2, missing=1)
    for somebody in (office.joko, office.tuti):
        with pytest.raises(Refused):
            settle(made.pk, 1, Settled.LOST, by=somebody)
    settle(made.pk, 1, Settled.LOST, by=office.ratna)
    commit()
    card = card_of(made, 1)
    assert (card.stage, holder(card.pk)) == (Stage.WAITING_FOR_BLANK, "nobody")
    assert verify().ok


def test_a_loss_that_was_a_mistake_is_looked_for_again(office: Office) -> None:
    made = office.closed(2, missing=1)
    settle(made.pk, 1, Settled.LOST, by=office.ratna)
    commit()
    builders.correct(card_of(made, 1), by=office.ratna)
    line = made.lines.get(line=1)
    assert (line.settled, line.open, holder(line.card_id)) == ("", True, f"transit {made.pk}")
    assert verify().ok


def test_a_receipt_in_a_signed_record_is_not_undone(office: Office) -> None:
    made = office.closed(1)
    event = builders.last_event(card_of(made, 1))
    with pytest.raises(HandoverMovedOn):
        correct(card_of(made, 1).pk, by=office.ratna, reason="mistake", undone=event.id)


def test_a_card_cancelled_on_its_way_is_still_counted(office: Office) -> None:
    made = office.collected(1)
    card = card_of(made, 1)
    builders.step(card, Stage.CANCELLED, "deceased")
    office.say(made, 1)
    close(made.pk, by=office.tuti)
    commit()
    from delivery.models import Piece

    assert Piece.objects.get(card_id=card.pk).holder == "kecamatan"
    assert verify().ok


def test_a_card_that_ends_before_the_release_stays_behind(office: Office) -> None:
    made = office.packed(2)
    builders.step(card_of(made, 1), Stage.CANCELLED, "deceased")
    office.release(made)
    assert made.lines.get(line=1).outcome == "left"
