"""Each printed card has one holder at each moment, and custody follows what its steps and serials say."""

from itertools import pairwise

import pytest

from blanks.actions.stock import destroy
from blanks.ledger import Outcome
from blanks.models import BatchCard
from blanks.queries.serials import by_keys, look_up, spoiled
from delivery.custody import Act, Holder
from delivery.models import Courier, Custody, Piece
from delivery.queries.custody import chain, delivery_holder, held_by, names
from tests import people
from tests.builders import (
    OFFICE,
    a_card,
    correct,
    free_serial,
    many_cards,
    print_on,
    refused,
    settle,
    sql,
    step,
    stock,
)
from tracking.actions import confirm_found
from tracking.actor import acting
from tracking.models import Card, Event, Kecamatan
from tracking.queries.timeline import timeline
from tracking.stages import Reason, Stage
from tracking.verify import verify

pytestmark = pytest.mark.django_db
S, H = Stage, Holder


def a_printed_card(kecamatan: int = 1) -> Card:
    card = a_card(S.WAITING_FOR_BLANK, kecamatan)
    step(card, S.BLANK_ALLOCATED)
    step(card, S.PRINTED)
    return card


def holder(card: Card) -> str:
    held = delivery_holder(card.pk)
    return f"{held.holder} {held.holder_id}" if held else "nobody"


def hands(card: Card) -> list[str]:
    """Everybody who took a card, in order."""
    return [f"{row.act} {row.taker}" for row in chain(card.pk)]


def test_nobody_holds_a_card_before_it_is_printed() -> None:
    card = a_card(S.WAITING_FOR_BLANK)
    assert holder(card) == "nobody"
    step(card, S.BLANK_ALLOCATED)
    assert holder(card) == "nobody"


def test_a_printed_card_is_with_the_operator() -> None:
    card = a_printed_card()
    assert holder(card) == "operator 0"
    row = chain(card.pk).get()
    assert (row.giver, row.taker, row.act, row.actor) == (H.STORE, H.OPERATOR, Act.PRINTED, OFFICE)
    assert Piece.objects.get(card_id=card.pk).number is not None


def test_the_whole_way_names_giver_and_taker_of_each_change() -> None:
    card = a_printed_card(kecamatan=3)
    step(card, S.AT_KECAMATAN)
    assert holder(card) == "kecamatan 3"
    step(card, S.OUT_FOR_DELIVERY)
    assert holder(card) == f"courier {Courier.objects.get().pk}"
    step(card, S.DELIVERED, Reason.FAMILY)
    assert holder(card) == "citizen 0"
    rows = list(chain(card.pk))
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert all(before.taker == after.giver for before, after in pairwise(rows))


def test_a_returned_card_stays_with_the_courier_until_it_is_counted() -> None:
    card = a_printed_card()
    step(card, S.AT_KECAMATAN)
    step(card, S.OUT_FOR_DELIVERY)
    step(card, S.RETURNED, Reason.REFUSED)
    assert holder(card) == f"courier {Courier.objects.get().pk}"


def test_a_misprint_is_a_card_that_somebody_keeps_until_it_is_destroyed() -> None:
    card = a_card(S.WAITING_FOR_BLANK)
    step(card, S.BLANK_ALLOCATED)
    print_on(card, free_serial(), Outcome.MISPRINT)
    assert holder(card) == "nobody"
    spoiled = Piece.objects.get(card_id=card.pk)
    assert (spoiled.current, spoiled.holder) == (False, H.OPERATOR)


def test_a_damaged_card_stays_where_it_is_and_the_new_one_has_a_chain_of_its_own() -> None:
    card = a_printed_card()
    step(card, S.AT_KECAMATAN)
    step(card, S.WAITING_FOR_BLANK, Reason.DAMAGED)
    spoiled = Piece.objects.get(card_id=card.pk)
    assert (spoiled.current, spoiled.holder, spoiled.holder_id) == (False, H.KECAMATAN, 1)
    step(card, S.BLANK_ALLOCATED)
    step(card, S.PRINTED)
    assert holder(card) == "operator 0"
    assert Piece.objects.filter(card_id=card.pk).count() == 2


def test_nobody_holds_a_lost_card() -> None:
    card = a_printed_card()
    step(card, S.AT_KECAMATAN)
    step(card, S.WAITING_FOR_BLANK, Reason.LOST)
    assert holder(card) == "nobody"
    assert hands(card) == ["printed operator", "step kecamatan", "lost none"]


def test_destruction_ends_a_spoiled_card() -> None:
    card = a_printed_card()
    step(card, S.WAITING_FOR_BLANK, Reason.DAMAGED)
    destroyed = [one.serial for one in look_up(by_keys(one.key for one in spoiled()))]
    destroy(
        destroyed,
        by=people.supervisor(),
        number="BA-1",
        how="Dipotong",
        where="Kantor",
        dated=card.since.date(),
    )
    settle()
    assert hands(card)[-1] == "destroyed none"
    assert verify().ok


@pytest.mark.parametrize(
    ("stage", "reason", "back_to"),
    [
        (S.AT_KECAMATAN, "", "operator 0"),
        (S.WAITING_FOR_BLANK, Reason.DAMAGED, "operator 0"),
        (S.WAITING_FOR_BLANK, Reason.LOST, "operator 0"),
        (S.CANCELLED, Reason.DECEASED, "operator 0"),
    ],
)
def test_a_correction_puts_custody_back(stage: str, reason: str, back_to: str) -> None:
    card = a_printed_card()
    step(card, stage, reason)
    correct(card, by=people.supervisor())
    assert holder(card) == back_to
    assert verify().ok


def test_corrections_walk_back_hand_by_hand() -> None:
    card = a_printed_card()
    boss = people.supervisor()
    step(card, S.AT_KECAMATAN)
    step(card, S.OUT_FOR_DELIVERY)
    step(card, S.DELIVERED)
    events = {event.to_stage: event for event in Event.objects.filter(card_id=card.pk)}
    correct(card, by=boss, undone=events[S.DELIVERED])
    assert holder(card) == f"courier {Courier.objects.get().pk}"
    correct(card, by=boss, undone=events[S.OUT_FOR_DELIVERY])
    assert holder(card) == "kecamatan 1"
    correct(card, by=boss, undone=events[S.AT_KECAMATAN])
    assert holder(card) == "operator 0"
    correct(card, by=boss, undone=events[S.PRINTED])
    assert holder(card) == "nobody"
    assert hands(card)[-1] == "corrected store"
    assert verify().ok


def test_a_blank_whose_print_was_undone_may_carry_another_card() -> None:
    card = a_printed_card()
    serial = Piece.objects.get(card_id=card.pk).number
    correct(card, by=people.supervisor())
    print_on(card, serial)
    assert holder(card) == "operator 0"
    assert Piece.objects.filter(number=serial, current=True).count() == 1


def test_a_card_outside_the_ledger_is_nobodys_until_it_is_found() -> None:
    card = a_card(S.PRINTED)
    assert holder(card) == "nobody"
    confirm_found(card.pk, by=people.operator())
    assert holder(card) == "operator 0"
    assert hands(card) == ["found operator"]


def test_whoever_finds_it_in_a_kecamatan_has_it_there() -> None:
    card = a_card(S.BLANK_ALLOCATED, kecamatan=2)
    confirm_found(card.pk, by=people.officer(2))
    assert holder(card) == "kecamatan 2"


def test_what_the_centre_says_of_a_card_nobody_found_gives_it_to_nobody() -> None:
    card = a_card(S.PRINTED)
    step(card, S.AT_KECAMATAN, code="CARD_SHIPPED")
    assert holder(card) == "nobody"


def test_a_found_card_goes_on_as_any_other_and_its_loss_can_be_undone() -> None:
    card = a_card(S.AT_KECAMATAN)
    confirm_found(card.pk, by=people.officer(1))
    step(card, S.WAITING_FOR_BLANK, Reason.NOT_FOUND)
    assert holder(card) == "nobody"
    correct(card, by=people.supervisor())
    assert holder(card) == "kecamatan 1"
    assert verify().ok


def test_one_statement_moves_the_custody_of_many() -> None:
    cards = many_cards(50, S.WAITING_FOR_BLANK)
    stock(1, 50)
    with acting(by=OFFICE, source="test"):
        sql("UPDATE tracking_card SET stage = 'BLANK_ALLOCATED' WHERE id = ANY (%s)", [cards])
    settle()
    with acting(by=OFFICE, source="test"):
        sql(
            """INSERT INTO blanks_result (batch_id, card_id, outcome, series_id, number)
            SELECT batch_id, card_id, 'printed', (SELECT id FROM blanks_series WHERE prefix = ''), line
            FROM blanks_batchcard WHERE open"""
        )
        assert BatchCard.objects.filter(open=True).count() == 0
        sql("UPDATE tracking_card SET stage = 'AT_KECAMATAN' WHERE id = ANY (%s)", [cards])
    settle()
    assert held_by(H.KECAMATAN, 1).count() == 50
    assert Custody.objects.count() == 100
    assert verify().ok


def test_holders_are_named_as_people_say_it() -> None:
    place = Kecamatan.objects.get(pk=4)
    assert names([("kecamatan", 4), ("operator", 0), ("courier", 7)]) == {
        ("kecamatan", 4): f"Kecamatan {place}",
        ("operator", 0): "Disdukcapil",
        ("courier", 7): "Kurir 7",
    }


ATTACKS = [
    "INSERT INTO delivery_custody (piece_id, number, giver, giver_id, taker, taker_id, act, event_id, actor, source)"
    " SELECT id, moves + 1, holder, holder_id, 'citizen', 0, 'step', 0, 'x', 'x' FROM delivery_piece",
    "UPDATE delivery_custody SET taker_id = 9",
    "DELETE FROM delivery_custody",
    "UPDATE delivery_piece SET holder = 'citizen'",
    "DELETE FROM delivery_piece",
    "TRUNCATE delivery_custody",
    "SELECT delivery_pass(array_agg(card_id), 'received', 'operator', 0, 'kecamatan', 1) FROM delivery_piece",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_sites_role_writes_no_custody_by_hand(attack: str) -> None:
    card = a_printed_card()
    with refused("42501"), acting(by=OFFICE, source="test"):
        sql(attack)
    assert holder(card) == "operator 0"


def test_the_history_of_a_card_tells_the_hands_it_went_through() -> None:
    card = a_card(S.PRINTED)
    confirm_found(card.pk, by=people.officer(1))
    told = [entry.what for entry in timeline(card.pk, list(Event.objects.filter(card_id=card.pk)))]
    assert any(what.startswith("Ditemukan: Tidak ada → Kecamatan") for what in told)
