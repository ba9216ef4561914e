"""A shipment is received at its page: paper and count, serials, the damaged; nothing is booked before the preview."""

from typing import Any

import pytest
from django.test import Client

from blanks.models import Document, Range
from tests.staff.cast import as_

from .desk import PAGES, balance, book, booked, hidden, page_of, preview, shipment, sum_of_all

pytestmark = pytest.mark.django_db
TYPED = {
    "number": "SJ/470/2017",
    "dated": "2017-09-25",
    "on_paper": "20.000",
    "counted": "19.995",
    "ranges": "000001-010000\n010001-020000",
    "missing": "101, 201-204",
    "damaged": "5000, 5010-5045",
}


@pytest.fixture
def operator() -> Client:
    return as_("operator")


def test_paper_count_and_damage_are_all_booked(operator: Client) -> None:
    document = booked(book(operator, "terima", **TYPED))
    assert (document.number, document.on_paper, document.counted) == ("SJ/470/2017", 20000, 19995)
    assert (balance("store"), balance("spoiled"), balance("supplier")) == (19958, 37, -19995)
    assert sum_of_all() == 0
    assert [str(one) for one in Range.objects.order_by("first")] == [
        *("000001–000100", "000102–000200", "000205–010000", "010001–020000"),
    ]


def test_the_preview_writes_serials_as_they_stand_on_the_blank(operator: Client) -> None:
    typed = {
        **TYPED,
        "ranges": "0500000001-0500020000",
        "missing": "0500000007-0500000011",
        "damaged": "0500000002",
    }
    page = page_of(preview(operator, "terima", **typed))
    assert "0500000001–0500000006" in page and "1 (0500000002)" in page
    assert "500.000" not in page and "500,000" not in page


def test_the_preview_says_what_will_be_booked_and_books_nothing(operator: Client) -> None:
    page = page_of(preview(operator, "terima", **TYPED))
    for said in (
        "SJ/470/2017",
        "20.000",
        "19.995",
        "kurang 5",
        "000205–010000",
        "37 (5000, 5010–5045)",
        "+19.958",
    ):
        assert said in page
    assert not Document.objects.exists()


def test_nothing_typed_is_lost_when_the_preview_is_put_right(operator: Client) -> None:
    shown = preview(operator, "terima", **TYPED)
    page = page_of(operator.post(f"{PAGES}/terima/", {**hidden(shown.content.decode()), "step": "edit"}))
    for typed in ("SJ/470/2017", "2017-09-25", "20.000", "19.995", "101, 201-204", "5000, 5010-5045"):
        assert typed in page
    assert "000001-010000 010001-020000" in page


def test_sent_twice_it_is_booked_once(operator: Client) -> None:
    form = {**hidden(preview(operator, "terima", **TYPED).content.decode()), "step": "book"}
    first, second = (operator.post(f"{PAGES}/terima/", form) for _time in range(2))
    assert first["Location"] == second["Location"]
    assert Document.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("number", "", "Isi bagian ini"),
        ("dated", "2999-01-01", "belum tiba"),
        ("on_paper", "dua puluh", "Tulis dengan angka"),
        ("counted", "19.000", "seri yang ditulis 19.995"),
        ("ranges", "abc", "bukan nomor seri"),
        ("ranges", "000001-010000\n009999-020000", "tumpang tindih"),
        ("missing", "30000", "tidak ada dalam rentang"),
        ("damaged", "101", "tidak ada dalam rentang"),
        ("why", "NIK 3275014107900001", "Jangan tulis NIK"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(operator: Client, field: str, typed: str, said: str) -> None:
    response = preview(operator, "terima", **{**TYPED, field: typed})
    assert response.status_code == 422
    assert said in " ".join(response.context["form"].errors[field]), response.context["form"].errors
    assert "<title>Kesalahan:" in page_of(response)
    assert not Document.objects.exists()


def test_serials_that_came_before_are_named_with_their_document(operator: Client) -> None:
    shipment("19990", 20, "SJ-LAMA")
    response = preview(operator, "terima", **TYPED)
    assert response.context["form"].errors["ranges"] == [
        f"019990–020000 sudah diterima dengan Surat jalan SJ-LAMA, {Document.objects.get().dated:%d-%m-%Y}."
    ]


def test_a_number_used_before_and_an_unknown_prefix_are_worth_a_second_look(operator: Client) -> None:
    shipment("A1", 5, "SJ/470/2017")
    warnings = preview(operator, "terima", **TYPED).context["shown"].warnings
    assert "sudah dicatat" in str(warnings[0])
    assert "tanpa awalan" in str(warnings[1])


def test_more_than_the_paper_says_is_against_the_supplier(operator: Client) -> None:
    typed: Any = {"on_paper": "5", "counted": "7", "ranges": "1-7", "missing": "", "damaged": ""}
    booked(book(operator, "terima", **{**TYPED, **typed}))
    assert (balance("store"), balance("supplier")) == (7, -7)


def test_only_who_receives_may() -> None:
    for role in ("auditor", "kecamatan"):
        assert as_(role).get("/admin/blanks/stok/terima/").status_code == 403
        assert as_(role).post("/admin/blanks/stok/terima/", {**TYPED, "step": "book"}).status_code == 403
    assert not Document.objects.exists()
