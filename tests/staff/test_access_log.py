"""Every look at a person's record is on record; nobody changes it."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from staff.access import Action, looked, looks_at
from staff.models import AccessLog

from .cast import NIKS, a_card, as_, page_of, staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE staff_accesslog SET reason = ''",
        "DELETE FROM staff_accesslog",
        "TRUNCATE staff_accesslog",
    ],
)
def test_the_site_cannot_change_it(sql: str) -> None:
    looked(staff("operator"), Action.VIEW, [1], source="card")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(sql)


def test_it_keeps_copies_of_who_and_where() -> None:
    user = staff("kecamatan")
    looked(user, Action.VIEW, [5], source="card")
    assert looks_at(5)[0].username == user.username
    assert looks_at(5)[0].office == "kecamatan:4"


def test_a_reveal_says_why() -> None:
    with pytest.raises(IntegrityError, match="reveal_says_why"), transaction.atomic():
        looked(staff("operator"), Action.REVEAL, [5], source="card")


def test_the_list_puts_the_cards_of_its_page_on_record() -> None:
    cards = [a_card(), a_card()]
    as_("operator").get("/admin/tracking/card/")
    assert set(AccessLog.objects.get(action="list").card_ids) >= {card.pk for card in cards}


def test_the_page_puts_its_card_on_record() -> None:
    card = a_card()
    as_("auditor").get(page_of(card))
    assert [(look.action, look.card_ids) for look in looks_at(card.pk)] == [("view", [card.pk])]


def test_a_search_puts_its_reason_on_record_and_no_nik() -> None:
    number = next(NIKS)
    card = a_card(number=number)
    as_("operator").post("/admin/tracking/card/cari/", {"what": number, "reason": "counter"})
    look = AccessLog.objects.get(action="search")
    assert (look.card_ids, look.reason) == ([card.pk], "Warga datang ke loket")
    assert number not in str(vars(look))


def test_a_search_that_finds_nothing_is_on_record_too() -> None:
    as_("operator").post("/admin/tracking/card/cari/", {"what": next(NIKS), "reason": "check"})
    assert AccessLog.objects.get(action="search").card_ids == []


def test_the_whole_nik_is_on_record_before_it_is_shown() -> None:
    number = next(NIKS)
    card = a_card(number=number)
    page = as_("operator").post(f"/admin/tracking/card/{card.pk}/nik/", {"reason": "mencocokkan KK di loket"})
    assert number in page.content.decode()
    assert AccessLog.objects.get(action="reveal").reason == "mencocokkan KK di loket"


@pytest.mark.parametrize("reason", ["", "  ", "x"])
def test_no_whole_nik_without_a_reason(reason: str) -> None:
    number = next(NIKS)
    card = a_card(number=number)
    page = as_("operator").post(f"/admin/tracking/card/{card.pk}/nik/", {"reason": reason})
    assert page.status_code == 422
    assert number not in page.content.decode()


@pytest.mark.parametrize("role", ["kecamatan", "auditor"])
def test_the_whole_nik_is_not_for_every_role(role: str) -> None:
    card = a_card()
    answer = as_(role).post(f"/admin/tracking/card/{card.pk}/nik/", {"reason": "ingin tahu saja"})
    assert answer.status_code == 403


def test_an_auditor_reads_it_and_cannot_write_it() -> None:
    row = looked(staff("operator"), Action.VIEW, [5], source="card")
    auditor = as_("auditor")
    assert auditor.get("/admin/staff/accesslog/").status_code == 200
    assert auditor.get(f"/admin/staff/accesslog/{row.pk}/change/").status_code == 200
    assert auditor.post(f"/admin/staff/accesslog/{row.pk}/change/", {"reason": "x"}).status_code == 403
    assert auditor.get("/admin/staff/accesslog/add/").status_code == 403
