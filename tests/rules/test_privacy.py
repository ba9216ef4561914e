"""Personal data is where it may be, and nowhere else: field by field, and in everything that a thief of a dump reads."""

import uuid

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.utils import timezone

from blanks.models import Movement
from delivery.actions.counter import hand_over
from tests.builders import sql
from tests.delivery.cast import Office, card_of
from tests.delivery.rounds.walk import a_courier, a_round, named, on_the_way, places, said, send
from tests.people import SITI, officer
from tracking import nik, rotation, sealing
from tracking.actions import contacts, give_receipt
from tracking.models import Card, Citizen, Event
from tracking.rotation import SEALED_FIELDS

from .fields import ACTOR, CARD, CITIZEN, FACT, FIELDS, SEALED, WORDS

ROOMS = {"staff", "outbox", "tracking", "blanks", "delivery", "integration"}
LIBRARIES = {"auth", "contenttypes", "admin", "sessions", "axes", "django_tasks_database"}
NAME, FAMILY, STREET, PHONE, MAIL = "RAHAYU", "Nursiti", "Jl. Kenanga", "812000111", "rahayu@"
# what the city, the ledger and the world outside read; none of it speaks of a person but by a card's number
IMPERSONAL = ("tracking.Event", "tracking.CentralFact", "tracking.Ticket", "tracking.Turn", "outbox.Message")
LEDGER = ("blanks.Movement", "blanks.Document", "blanks.Serial", "blanks.SerialMove")


def ours() -> list[type[models.Model]]:
    return [one for one in apps.get_models() if one._meta.app_label in ROOMS and not one._meta.proxy]


def unclassified(model: type[models.Model], classes: dict[str, str]) -> set[str]:
    """Fields that have no class, more than one, or are not there."""
    named_fields = " ".join(classes.values()).split()
    there = {field.name for field in model._meta.local_concrete_fields}
    return {name for name in {*named_fields, *there} if named_fields.count(name) != 1 or name not in there}


@pytest.mark.parametrize("model", ours(), ids=lambda model: model._meta.label)
def test_every_field_has_one_privacy_class(model: type[models.Model]) -> None:
    wrong = unclassified(model, FIELDS.get(model._meta.label, {}))
    assert wrong == set(), "say in tests/rules/fields.py what these are"


def test_a_new_field_and_a_field_that_is_gone_are_noticed() -> None:
    classes = FIELDS["tracking.Note"]
    assert unclassified(Card, FIELDS["tracking.Card"] | {WORDS: "note"}) == {"note"}
    assert unclassified(apps.get_model("tracking.Note"), classes | {WORDS: ""}) == {"text"}


def test_libraries_bring_no_tables_that_nobody_looked_at() -> None:
    assert {one._meta.app_label for one in apps.get_models()} == ROOMS | LIBRARIES
    assert set(FIELDS) == {one._meta.label for one in ours()}


@pytest.mark.parametrize("label", [*IMPERSONAL, *LEDGER])
def test_history_queue_ledger_and_outbox_hold_no_personal_data(label: str) -> None:
    words = {WORDS} if label in LEDGER else set()
    assert set(FIELDS[label]) <= {CARD, ACTOR, FACT} | words


def test_a_citizens_data_is_in_one_table() -> None:
    assert [label for label, classes in FIELDS.items() if CITIZEN in classes] == ["tracking.Citizen"]


def test_what_is_sealed_is_sealed_anew_when_keys_change() -> None:
    renewed = rotation._also | {"tracking_citizen": SEALED_FIELDS}
    for model in ours():
        fields = set(FIELDS[model._meta.label].get(SEALED, "").split())
        if model._meta.label == "tracking.Secret":  # its own function reseals it
            continue
        if model._meta.label == "integration.RejectChunk":  # gone before an old key may be
            continue
        assert fields == set(renewed.get(model._meta.db_table, {})), model._meta.label


class TestADumpOfEverything:
    """After a life with all that citizens, couriers and officers type in it."""

    @pytest.fixture
    def card(self, db: None) -> int:
        made = self.at_the_door()
        self.at_the_counter(Office(2))
        return made

    def at_the_door(self) -> int:
        link = on_the_way(1)
        [place] = places(link.round)
        named(place.card_id, NAME)
        citizen = Citizen.objects.filter(pk=Card.objects.get(pk=place.card_id).citizen_id)
        citizen.update(
            nik_index=nik.indexes(SITI)[0],
            nik_sealed=nik.seal(SITI),
            address_sealed=sealing.seal(STREET.encode(), sealing.ADDRESS),
            phone_sealed=sealing.seal(PHONE.encode(), sealing.PHONE),
        )
        told = said(place, "delivered", recipient="family", recipient_name=FAMILY, note=f"{FAMILY}, {STREET}")
        assert send(link, told)[0].verdict == "booked"
        receipt = f"/tanda-terima/{give_receipt(place.card_id, by=officer(3), shown='kk')}/"
        for deed in (
            {"act": "kabar", "where": f"{MAIL}example.org"},
            {"act": "lapor", "text": f"{NAME} belum menerima, {STREET}, {SITI}"},
        ):
            assert Client().post(receipt, deed).status_code == 303
        contacts.tell()
        return place.card_id

    def at_the_counter(self, office: Office) -> None:
        card = card_of(office.closed(1), 1)
        given = {"receiver": "family", "shown": "kk", "name": FAMILY}
        hand_over(card.pk, by=office.tuti, request=uuid.uuid4(), **given)

    def test_tells_no_nik_address_phone_mail_or_family(self, card: int) -> None:
        assert Event.objects.filter(card_id=card, to_stage="DELIVERED").exists()
        assert Movement.objects.exists()
        for model in apps.get_models():
            if model._meta.proxy or not model._meta.managed:
                continue
            table = model._meta.db_table
            text = "\n".join(row for (row,) in sql(f'SELECT t::text FROM "{table}" t'))
            for secret in (SITI, FAMILY, STREET, PHONE, MAIL):
                assert secret not in text, table
                assert secret.encode().hex() not in text, table
            assert (NAME in text) == (table == "tracking_citizen"), table

    def test_tells_no_courier(self, db: None) -> None:
        a_round(1, courier=a_courier(name=FAMILY, phone=PHONE))
        [(row,)] = sql("SELECT c::text FROM delivery_courier c")
        assert FAMILY not in row
        assert PHONE not in row
        assert timezone.localdate().isoformat()[:4] in row
