"""Spoiled blanks are destroyed with a record: serials, number, date in words, signatures."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from blanks.models import Document, Serial
from tests.staff.cast import as_, logged_in, staff

from .desk import (
    PAGES,
    balance,
    book,
    booked,
    hidden,
    page_of,
    preview,
    serials,
    settle,
    shipment,
    sum_of_all,
)

pytestmark = pytest.mark.django_db
TYPED = {
    "number": "BA/12/2017",
    "dated": "2017-10-05",
    "where": "Halaman kantor",
    "why": "dipotong, lalu dibakar",
    "witnesses": "Dewi Lestari\nAgus Salim",
}


@pytest.fixture
def supervisor() -> Client:
    shipment(quantity=20, damaged=serials("101, 105-107"))
    return logged_in(staff("supervisor"))


def keys(*numbers: int) -> list[str]:
    return [f"{one.series_id}:{one.number}" for one in Serial.objects.filter(number__in=numbers)]


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def paper(client: Client, document: Document) -> Any:
    return client.get(f"/admin/blanks/document/{document.pk}/pdf/")


def test_all_that_wait_are_chosen_at_first(supervisor: Client) -> None:
    page = page_of(supervisor.get(f"{PAGES}/musnahkan/"))
    assert page.count('name="serials"') == page.count(" checked") == 4


def test_with_none_chosen_it_says_what_to_do(supervisor: Client) -> None:
    answer = preview(supervisor, "musnahkan", **TYPED)
    assert answer.status_code == 422
    assert "Pilih paling sedikit satu blanko." in page_of(answer)


def test_those_chosen_are_destroyed(supervisor: Client) -> None:
    document = booked(book(supervisor, "musnahkan", **TYPED, serials=keys(101, 105, 106)))
    assert (balance("spoiled"), balance("destroyed"), sum_of_all()) == (1, 3, 0)
    assert document.counted == 3
    assert sorted(Serial.objects.filter(place="destroyed").values_list("number", flat=True)) == [
        101,
        105,
        106,
    ]


def test_the_record_says_it_all_and_is_the_same_each_time(supervisor: Client) -> None:
    document = booked(book(supervisor, "musnahkan", **TYPED, serials=keys(101, 105, 106)))
    first, second = paper(supervisor, document), paper(as_("auditor"), document)
    assert first["Content-Type"] == "application/pdf"
    assert first.content == second.content
    said = text_of(first.content)
    for words in (
        "Dinas Kependudukan dan Pencatatan Sipil Kota Bekasi",
        "BERITA ACARA PEMUSNAHAN",
        "BA/12/2017",
        "Kamis tanggal lima bulan Oktober tahun dua ribu tujuh belas",
        "3 (tiga) keping",
        "0101",
        "0105–0106",
        "Dewi Lestari",
        "Agus Salim",
        "dipotong, lalu dibakar",
    ):
        assert words in said


def test_a_blank_that_is_gone_meanwhile_is_not_destroyed_again(supervisor: Client) -> None:
    form = hidden(preview(supervisor, "musnahkan", **TYPED, serials=keys(101, 105)).content.decode())
    booked(book(supervisor, "musnahkan", **TYPED, serials=keys(101)))
    refused = supervisor.post(f"{PAGES}/musnahkan/", {**form, "step": "book"})
    assert refused.status_code == 422
    assert "sudah tidak di sini" in page_of(refused)
    assert balance("destroyed") == 1


def test_sent_twice_it_is_one_record(supervisor: Client) -> None:
    form = {
        **hidden(preview(supervisor, "musnahkan", **TYPED, serials=keys(101)).content.decode()),
        "step": "book",
    }
    first, second = (supervisor.post(f"{PAGES}/musnahkan/", form) for _time in range(2))
    assert first["Location"] == second["Location"]
    settle()
    assert balance("destroyed") == 1


def test_without_spoiled_blanks_there_is_nothing_to_fill_in() -> None:
    page = page_of(as_("supervisor").get(f"{PAGES}/musnahkan/"))
    assert "Tidak ada blanko rusak" in page
    assert 'name="number"' not in page
