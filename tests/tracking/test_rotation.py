"""Keys change while the site runs: at every moment each citizen is found, read and imported as one."""

import pytest
from django.core.management import call_command

from integration.feed import open_feed  # noqa: F401  the reading side caches nothing of the old keys
from tests.builders import refused, sql
from tests.integration.feeds import BUDI, SITI, citizen, outcomes, row, send
from tests.staff.cast import staff
from tests.tracking.public.cards import a_card
from tracking import actions, nik, sealing, tokens
from tracking.actions import contacts
from tracking.actions.cases import text_of

OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture
def keys(db, settings):
    settings.EKTP_SEAL_KEYS = [OLD, *settings.EKTP_SEAL_KEYS]
    tokens.reseal()  # the migration sealed it under the tests' own key
    put_first(settings, OLD)
    return settings


def put_first(keys, *values):
    keys.EKTP_SEAL_KEYS = list(values)
    keys.EKTP_INDEX_KEYS = list(values)


def test_a_citizen_is_found_and_imported_as_the_same_person_all_the_way(keys):
    send(row(ALAMAT="JL. MAWAR 1"))
    before = citizen().pk
    put_first(keys, NEW, OLD)
    assert citizen().pk == before
    assert outcomes(send(row(ALAMAT="JL. MAWAR 1"), row(NIK=BUDI))) == {"unchanged": 1, "created": 1}
    call_command("rotate_keys")
    assert citizen().pk == before
    assert outcomes(send(row(ALAMAT="JL. MAWAR 1"))) == {"unchanged": 1}
    put_first(keys, NEW)
    assert citizen().pk == before
    assert nik.unseal(citizen().nik_sealed) == SITI
    assert sealing.unseal(citizen().address_sealed, sealing.ADDRESS) == b"JL. MAWAR 1"
    assert nik.unseal(citizen(BUDI).nik_sealed) == BUDI


def test_a_second_run_finds_nothing_to_do(keys, capsys):
    send(row())
    put_first(keys, NEW, OLD)
    call_command("rotate_keys")
    call_command("rotate_keys")
    assert capsys.readouterr().out.splitlines()[1].startswith("0 ")


def test_public_links_survive_the_rotation_of_all_other_keys(keys):
    send(row())
    card = citizen().cards.get()
    link = tokens.token(card.id, card.token_version)
    put_first(keys, NEW, OLD)
    call_command("rotate_keys")
    put_first(keys, NEW)
    tokens.forget()
    assert tokens.token(card.id, card.token_version) == link


def test_words_of_cases_and_contacts_are_sealed_anew_too(keys):
    card = a_card("DELIVERED")
    case = actions.open_case(card.pk, kind="not_received", text="Belum ada.")
    actions.answer_case(case.pk, by=staff("supervisor"), answer="other", text="Ada di ketua RT.")
    contact = contacts.ask(card.pk, where="siti@example.org", language="id")
    put_first(keys, NEW, OLD)
    call_command("rotate_keys")
    put_first(keys, NEW)
    case.refresh_from_db()
    contact.refresh_from_db()
    assert [text_of(case.text_sealed), text_of(case.answer_sealed)] == ["Belum ada.", "Ada di ketua RT."]
    assert sealing.unseal(contact.sealed, contacts.CONTACT) == b"siti@example.org"


@pytest.mark.parametrize("edit", ["'\\x00'::bytea || text_sealed", "set_byte(text_sealed, 3, 0)", "NULL"])
def test_nobody_edits_the_words_of_a_case_under_the_cloak_of_a_new_key(keys, edit):
    actions.open_case(a_card("DELIVERED").pk, kind="not_received", text="Belum ada.")
    with refused("EK041"):
        sql(f"UPDATE tracking_case SET text_sealed = {edit}")
