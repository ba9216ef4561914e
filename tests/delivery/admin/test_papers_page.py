"""Papers taken back come to Disdukcapil: an operator receives the list, a supervisor has it destroyed."""

import uuid

import pytest
from django.test import Client

from delivery.actions.counter import hand_over, list_papers
from delivery.models.counter import PaperList
from tests.builders import refused, settle, sql
from tests.staff.cast import as_, logged_in

from ..cast import Office, as_person, card_of

pytestmark = pytest.mark.django_db
PAGE = "/admin/delivery/dokumen/"


@pytest.fixture
def office(db: None) -> Office:
    return Office()


@pytest.fixture
def listed(office: Office) -> PaperList:
    card = card_of(office.closed(1), 1)
    hand_over(
        card.pk, by=office.tuti, request=uuid.uuid4(), receiver="holder", shown="kk", took_old_card=True
    )
    settle()
    return list_papers(by=office.tuti, kecamatan=1)


def post(client: Client, **what: object) -> int:
    return client.post(PAGE, what).status_code


def state(listed: PaperList) -> tuple[bool, bool]:
    listed.refresh_from_db()
    return listed.received_at is not None, listed.destroyed_at is not None


def test_an_operator_receives_and_a_supervisor_has_it_destroyed(office: Office, listed: PaperList) -> None:
    joko, ratna = logged_in(office.joko), logged_in(office.ratna)
    assert "belum diterima" in joko.get("/admin/").content.decode()
    assert post(joko, terima=listed.pk) == 303
    assert state(listed) == (True, False)
    assert "musnahkan" in ratna.get("/admin/").content.decode()
    assert post(ratna, musnahkan=listed.pk) == 303
    assert state(listed) == (True, True)
    assert "Sudah dimusnahkan" in joko.get(PAGE).content.decode()


def test_an_operator_has_nothing_destroyed(office: Office, listed: PaperList) -> None:
    joko = logged_in(office.joko)
    post(joko, terima=listed.pk)
    assert 'name="musnahkan"' not in joko.get(PAGE).content.decode()
    assert post(joko, musnahkan=listed.pk) == 403
    assert state(listed) == (True, False)


def test_an_auditor_looks_and_does_nothing(listed: PaperList) -> None:
    wulan = as_("auditor")
    page = wulan.get(PAGE).content.decode()
    assert "Bekasi Timur" in page
    assert 'name="terima"' not in page
    assert post(wulan, terima=listed.pk) == 403


def test_an_officer_of_a_kecamatan_does_not_see_it(office: Office, listed: PaperList) -> None:
    tuti = logged_in(office.tuti)
    assert tuti.get(PAGE).status_code == 403
    assert tuti.get(f"{PAGE}{listed.pk}/daftar.pdf").status_code == 403


def test_a_kecamatan_receives_no_list_by_raw_sql_either(office: Office, listed: PaperList) -> None:
    with refused("EK026"), as_person(office.tuti):
        sql("UPDATE delivery_paperlist SET actor = actor WHERE id = %s", [listed.pk])


def test_what_has_not_come_is_not_destroyed_and_nothing_is_received_twice(
    office: Office, listed: PaperList
) -> None:
    ratna = logged_in(office.ratna)
    post(ratna, musnahkan=listed.pk)
    assert state(listed) == (False, False)
    post(ratna, terima=listed.pk)
    received = listed.received_at
    post(ratna, terima=listed.pk)
    listed.refresh_from_db()
    assert (listed.received_at is not None, listed.destroyed_at) == (True, None)
    assert received is None


def test_the_list_is_checked_against_its_pdf(office: Office, listed: PaperList) -> None:
    answer = logged_in(office.joko).get(f"{PAGE}{listed.pk}/daftar.pdf")
    assert answer.content.startswith(b"%PDF")
    assert logged_in(office.joko).get(f"{PAGE}999/daftar.pdf").status_code == 404
