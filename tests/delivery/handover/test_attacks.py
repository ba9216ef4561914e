"""Raw SQL by the site's role: a card on the way can't be allocated, printed or handed out again, nor lists be forged."""

import pytest

from delivery.handovers import Outcome
from delivery.models import Handover
from tests import people
from tests.builders import OFFICE, refused, sql
from tracking.actor import acting

from ..cast import Office, as_person, card_of, holder, printed

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db: None) -> Office:
    return Office()


@pytest.mark.parametrize(
    "stage", ["AT_KECAMATAN", "OUT_FOR_DELIVERY", "DELIVERED", "BLANK_ALLOCATED", "PRINTED"]
)
def test_a_card_on_its_way_goes_nowhere_by_itself(office: Office, stage: str) -> None:
    card = card_of(office.collected(1), 1)
    if stage == "PRINTED":  # printed again, on another blank
        with refused("EK010", "EK012", "EK015", "42501"), as_person(office.joko):
            sql(
                "INSERT INTO blanks_result (batch_id, card_id, outcome, series_id, number)"
                " SELECT batch_id, card_id, 'printed', 1, 999 FROM blanks_batchcard WHERE card_id = %s AND open",
                [card.pk],
            )
            sql("INSERT INTO blanks_serialmove (series_id, number, card_id) VALUES (1, 1, %s)", [card.pk])
    else:
        with refused("EK002", "EK021"), as_person(office.joko):
            sql("UPDATE tracking_card SET stage = %s WHERE id = %s", [stage, card.pk])
    assert holder(card.pk).startswith("transit")


def test_a_packed_card_is_not_packed_again(office: Office) -> None:
    made = office.packed(1)
    again = Handover.objects.create(to_kecamatan_id=1)
    with refused("23505"), as_person(office.joko):
        sql(
            "INSERT INTO delivery_handovercard (handover_id, line, card_id, outcome, settled, open, piece_id)"
            " VALUES (%s, 1, %s, '', '', true, 0)",
            [again.pk, card_of(made, 1).pk],
        )


@pytest.fixture(autouse=True)
def somebody_acts(db: None) -> object:
    with acting(by=OFFICE, source="test"):
        yield


@pytest.mark.parametrize(
    ("kecamatan", "blocked"), [(2, False), (1, True)], ids=["of another kecamatan", "blocked"]
)
def test_what_may_not_be_packed(office: Office, kecamatan: int, blocked: bool) -> None:
    card = printed(1)[0]
    if blocked:
        sql("INSERT INTO tracking_block (card_id, reason, source) VALUES (%s, 'review', 'test')", [card])
    made = Handover.objects.create(to_kecamatan_id=kecamatan)
    with refused("EK022"), as_person(office.joko):
        sql(
            "INSERT INTO delivery_handovercard (handover_id, line, card_id, outcome, settled, open, piece_id)"
            " VALUES (%s, 1, %s, '', '', true, 0)",
            [made.pk, card],
        )


ON_LISTS = [
    "UPDATE delivery_handovercard SET open = false, outcome = 'left'",
    "UPDATE delivery_handovercard SET card_id = card_id + 1",
    "UPDATE delivery_handovercard SET piece_id = piece_id + 1",
    "UPDATE delivery_handovercard SET settled = 'found'",
    "UPDATE delivery_handovercard SET outcome = 'missing'",
    "UPDATE delivery_handovercard SET deadline = now()",
    "UPDATE delivery_handovercard SET outcome = 'received' WHERE handover_id = 0 OR true",
    "DELETE FROM delivery_handovercard",
    "UPDATE delivery_handover SET state = 'closed'",
    "UPDATE delivery_handover SET state = 'called'",
    "UPDATE delivery_handover SET state = 'withdrawn'",
    "UPDATE delivery_handover SET to_kecamatan_id = 2",
    "UPDATE delivery_handover SET officer_id = NULL",
    "UPDATE delivery_handover SET number = 'X', year = 2017, serial = 9, check_code = 'A', paper = '{}'",
    "DELETE FROM delivery_handover",
]


@pytest.mark.parametrize("attack", ON_LISTS)
def test_lists_are_not_forged(office: Office, attack: str) -> None:
    office.collected(2)
    before = sql("SELECT * FROM delivery_handovercard ORDER BY id"), sql("SELECT * FROM delivery_handover")
    with refused("EK021", "EK022", "EK023", "EK024", "EK025", "42501", "23514"), as_person(people.officer(2)):
        sql(attack)
    assert (
        sql("SELECT * FROM delivery_handovercard ORDER BY id"),
        sql("SELECT * FROM delivery_handover"),
    ) == before


def test_open_is_what_the_outcome_says(office: Office) -> None:
    made = office.collected(1)
    with as_person(office.tuti):
        sql("UPDATE delivery_handovercard SET outcome = 'received', open = true, actor = 'orang lain'")
    line = made.lines.get()
    assert (line.open, line.actor) == (False, office.tuti.actor)


def test_a_signed_record_stays_as_it_was_signed(office: Office) -> None:
    office.closed(1)
    with refused("EK023"), as_person(office.tuti):
        sql("UPDATE delivery_handover SET paper = '{}'")


def test_nobody_but_the_named_officer_collects(office: Office) -> None:
    office.released(1)
    with refused("EK024"), as_person(people.officer(1, "lain")):
        sql("UPDATE delivery_handover SET taken_at = now()")


def test_many_are_received_in_one_statement(office: Office) -> None:
    made = office.collected(40)
    with as_person(office.tuti):
        sql("UPDATE delivery_handovercard SET outcome = 'received' WHERE handover_id = %s", [made.pk])
    assert made.lines.filter(outcome=Outcome.RECEIVED, open=False).count() == 40
    assert sql("SELECT count(*) FROM tracking_card WHERE stage = 'AT_KECAMATAN'") == [(40,)]
