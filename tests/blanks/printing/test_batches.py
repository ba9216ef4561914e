"""Taking a batch: who is next is served, once for each form, and the sheet says whose cards they are."""

import io
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from blanks.actions.priority import serve_first
from blanks.models import PrintBatch
from staff.models import AccessLog
from tests import people
from tests.blanks.house import balance, batch, quota, shipment
from tests.builders import block, many_cards, settle, sql
from tests.staff.cast import as_, logged_in, staff
from tracking.codes import encode
from tracking.models import Card
from tracking.stages import Kind, Stage

pytestmark = pytest.mark.django_db
PAGE = "/admin/blanks/cetak/bekasi-timur/"


@pytest.fixture
def operator() -> Client:
    """Ten first cards and two replacements wait in Bekasi Timur, which has eight blanks."""
    many_cards(10, Stage.WAITING_FOR_BLANK, 1)
    many_cards(2, Stage.WAITING_FOR_BLANK, 1, Kind.LOST)
    shipment(20)
    quota(1, 8)
    return as_("operator")


def take(client: Client, size: int, request: str = "") -> Any:
    answer = client.post(PAGE, {"size": size, "request": request or str(uuid.uuid4())})
    settle()
    return answer


def test_it_says_who_is_next_and_what_is_left_out(operator: Client) -> None:
    first = Card.objects.get(
        pk=sql("SELECT card_id FROM tracking_ticket WHERE letter = 'A' AND number = 1")[0][0]
    )
    block(first)
    page = operator.get(PAGE)
    assert [str(one) for one in page.context["upcoming"]] == [f"A-{n}" for n in range(2, 11)] + ["C-1", "C-2"]
    queue = page.context["queue"]
    assert (queue.waiting, queue.blocked, queue.quota, queue.printable) == (11, 1, 8, 8)


def test_a_batch_takes_them_in_order_as_many_as_there_are_blanks(operator: Client) -> None:
    assert take(operator, 100).status_code == 303
    taken = PrintBatch.objects.get()
    assert [str(card) for card in taken.cards] == [f"A-{n}" for n in range(1, 9)]
    assert balance("quota", 1) == 0


def test_a_form_sent_twice_takes_one_batch(operator: Client) -> None:
    request = str(uuid.uuid4())
    first, again = take(operator, 3, request), take(operator, 3, request)
    assert first["Location"] == again["Location"]
    assert PrintBatch.objects.get().size == 3


def test_exceptions_go_first_and_say_so(operator: Client) -> None:
    last = sql("SELECT card_id FROM tracking_ticket WHERE letter = 'C' AND number = 2")[0][0]
    serve_first(last, by=people.supervisor(), category="health", why="Operasi besok pagi")
    settle()
    assert [(str(one), one.exception) for one in operator.get(PAGE).context["upcoming"][:2]] == [
        ("C-2", True),
        ("A-1", False),
    ]
    page = operator.get(take(operator, 2)["Location"]).content.decode()
    assert "pengecualian" in page
    assert "Operasi" not in page


@pytest.mark.parametrize("size", ["0", "-1", "x", "", "1001"])
def test_a_size_that_makes_no_sense_takes_nothing(operator: Client, size: str) -> None:
    assert operator.post(PAGE, {"size": size}).status_code == 422
    assert not PrintBatch.objects.exists()


def test_without_blanks_it_says_what_to_do(operator: Client) -> None:
    take(operator, 8)
    answer = take(operator, 1)
    assert answer.status_code == 422
    assert "Bagikan blanko dulu" in answer.content.decode()


def test_the_sheet_has_number_name_and_code_and_is_on_record(operator: Client) -> None:
    user = staff("operator")
    taken = batch(1, 3)
    cards = list(taken.cards.values_list("card_id", flat=True))
    page = logged_in(user).get(f"/admin/blanks/printbatch/{taken.pk}/lembar/").content.decode()
    file = logged_in(user).get(f"/admin/blanks/printbatch/{taken.pk}/lembar.pdf")
    paper = "".join(one.extract_text() for one in PdfReader(io.BytesIO(file.content)).pages)
    for number, card in zip(("A-1", "A-2", "A-3"), cards, strict=True):
        for text in (page, paper):
            assert number in text
            assert "ANI" in text
            assert encode(card) in text
    looks = AccessLog.objects.filter(user_id=user.pk, source="print sheet").order_by("id")
    assert [(look.action, look.card_ids) for look in looks] == [("list", cards), ("export", cards)]
    assert "no-store" in file["Cache-Control"]
    assert not re.search(r"\d{16}", paper)


def test_no_other_printing_page_has_a_name(operator: Client) -> None:
    taken = batch(1, 3)
    for page in (
        PAGE,
        "/admin/blanks/cetak/",
        "/admin/blanks/printbatch/",
        f"/admin/blanks/printbatch/{taken.pk}/change/",
    ):
        answer = operator.get(page)
        assert answer.status_code == 200
        assert ">ANI" not in answer.content.decode()


def test_a_batch_that_stays_open_is_work(operator: Client) -> None:
    taken = batch(1, 3)
    work = {str(one.label): one for one in operator.get("/admin/").context["work"]}
    assert (work["Tumpukan belum selesai"].count, work["Tumpukan belum selesai"].oldest) == (1, taken.at)
    assert work["Siap cetak (kartu)"].count == 5
    assert work["Siap dibagi (blanko)"].count == 4
    assert work["Jatah hampir habis (kecamatan)"].count == 1
    assert f"#{taken.pk}" in operator.get(work["Tumpukan belum selesai"].address).content.decode()


def test_a_queue_without_a_blank_is_work(operator: Client) -> None:
    many_cards(1, Stage.WAITING_FOR_BLANK, 5)
    work = {str(one.label): one.count for one in operator.get("/admin/").context["work"]}
    assert work["Ada antrean, tanpa blanko (kecamatan)"] == 1


@pytest.mark.parametrize(("role", "sees", "takes"), [("auditor", 200, 403), ("kecamatan", 403, 403)])
def test_others_take_nothing(operator: Client, role: str, sees: int, takes: int) -> None:
    taken = batch(1, 1)
    client = as_(role)
    assert client.get(PAGE).status_code == sees
    assert take(client, 1).status_code == takes
    assert client.get(f"/admin/blanks/printbatch/{taken.pk}/lembar/").status_code == sees
    assert client.post(f"/admin/blanks/printbatch/{taken.pk}/hasil/", {}).status_code == 403
