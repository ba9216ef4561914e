"""A citizen who has nothing says so; the officer of that kecamatan reads it, and answers in time."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import builders, people
from tests.builders import sql
from tests.staff.cast import logged_in
from tracking.actions import open_case
from tracking.actions.cases import text_of
from tracking.actor import acting
from tracking.models import Case

pytestmark = pytest.mark.django_db
PAGE = "/petugas/laporan/"


@pytest.fixture
def case(db: None) -> Case:
    card = builders.a_card("DELIVERED", 1)
    return open_case(card.pk, kind="not_received", by_receipt=True, text="Tidak ada yang datang.")


@pytest.fixture
def desk(case: Case) -> Client:
    return logged_in(people.officer(1))


def test_the_start_page_counts_it_and_the_list_tells_its_deadline(desk: Client, case: Case) -> None:
    assert "Belum terima dan keberatan" in desk.get("/petugas/").content.decode()
    assert "jawab paling lambat" in desk.get(PAGE).content.decode()


def test_past_its_deadline_it_comes_first(desk: Client, case: Case) -> None:
    assert "Terlambat" not in desk.get("/petugas/").content.decode()
    yesterday = timezone.localdate() - timedelta(days=1)
    with acting(by="citizen", source="test"):
        Case.objects.create(card_id=builders.a_card("DELIVERED", 1).pk, kind="not_received", due_on=yesterday)
    assert "Terlambat" in desk.get("/petugas/").content.decode()
    page = desk.get(PAGE).content.decode()
    assert page.count("lewat batas") == 1
    assert page.index("lewat batas") < page.index(f"{PAGE}{case.pk}/")


def test_it_is_answered_once_and_the_words_reach_the_holder(desk: Client, case: Case) -> None:
    answered = {"answer": "brought", "text": "Kartu diantar lagi besok."}
    assert desk.post(f"{PAGE}{case.pk}/", answered).status_code == 303
    case.refresh_from_db()
    assert (case.answer, text_of(case.answer_sealed)) == ("brought", "Kartu diantar lagi besok.")
    assert desk.post(f"{PAGE}{case.pk}/", answered).status_code == 409
    assert "Dijawab" in desk.get(f"{PAGE}{case.pk}/").content.decode()


@pytest.mark.parametrize(
    ("answer", "text", "said"),
    [
        ("", "Sebentar.", "Pilih jawabannya."),
        ("other", " ", "Tulis penjelasan"),
        ("refused", "", "Pilih"),
        ("received", "NIK 3275014107900001", "NIK"),
    ],
)
def test_what_is_missing_is_said_beside_it_and_nothing_typed_is_lost(
    desk: Client, case: Case, answer: str, text: str, said: str
) -> None:
    shown = desk.post(f"{PAGE}{case.pk}/", {"answer": answer, "text": text})
    assert shown.status_code == 422
    assert said in shown.content.decode()
    assert text.strip() in shown.content.decode()
    case.refresh_from_db()
    assert case.answered_at is None


def test_another_kecamatan_neither_sees_nor_answers_it(case: Case) -> None:
    other = logged_in(people.officer(2, "lain"))
    assert "Tidak ada laporan" in other.get(PAGE).content.decode()
    assert other.get(f"{PAGE}{case.pk}/").status_code == 404
    assert other.post(f"{PAGE}{case.pk}/", {"answer": "received"}).status_code == 404
    assert sql("SELECT answer FROM tracking_case") == [("",)]
