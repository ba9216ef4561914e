"""Stock is counted account by account; a difference has a reason and is booked by a supervisor."""

from typing import Any

import pytest
from django.test import Client

from blanks.actions import divide
from blanks.models import Document, Range, Serial
from tests import people
from tests.builders import Stage, many_cards
from tests.staff.cast import as_

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
STORE, SPOILED, QUOTA_1 = "2", "4", "101"


@pytest.fixture
def supervisor() -> Client:
    return as_("supervisor")


def typed(**fields: Any) -> dict[str, Any]:
    return {"dated": "2017-09-30", **fields}


def test_an_opening_stock_is_a_count_with_its_serials(supervisor: Client) -> None:
    document = booked(
        book(
            supervisor,
            "hitung",
            **typed(n2="963", why2="stok awal", surplus="A000001-A000963", number="SO/1"),
        )
    )
    assert (balance("store"), balance("supplier"), sum_of_all()) == (963, -963, 0)
    assert str(Range.objects.get()) == "A000001–A000963"
    assert document.basis["counts"] == [
        {"account": "Gudang kota", "book": 0, "counted": 963, "why": "stok awal"}
    ]


def test_an_opening_stock_without_serials_is_refused(supervisor: Client) -> None:
    response = preview(supervisor, "hitung", **typed(n2="963", why2="stok awal"))
    assert response.status_code == 422
    assert "stok awal" in response.context["form"].errors["surplus"][0]


def test_a_shortage_is_lost_and_a_surplus_is_the_suppliers(supervisor: Client) -> None:
    shipment(quantity=20)
    many_cards(10, Stage.WAITING_FOR_BLANK, 1)
    divide(8, by=people.supervisor(), strategy="proportional")
    settle()
    booked(book(supervisor, "hitung", **typed(n2="10", why2="tidak ketemu", n101="9", why101="terselip")))
    assert (balance("store"), balance("quota", 1), balance("lost"), balance("supplier")) == (10, 9, 2, -21)
    assert sum_of_all() == 0


def test_a_count_that_agrees_moves_nothing_and_is_kept(supervisor: Client) -> None:
    shipment(quantity=20)
    document = booked(book(as_("operator"), "hitung", **typed(n2="20", n101="0")))
    assert (document.on_paper, document.counted) == (20, 20)
    assert not document.movements.exists()


def test_a_difference_is_not_the_operators_to_book() -> None:
    shipment(quantity=20)
    operator = as_("operator")
    shown = preview(operator, "hitung", **typed(n2="19", why2="kurang"))
    assert "hanya penyelia" in page_of(shown)
    form = {**hidden(shown.content.decode()), "step": "book"}
    assert operator.post(f"{PAGES}/hitung/", form).status_code == 200  # the preview again
    assert Document.objects.count() == 1
    assert balance("store") == 20


def test_a_difference_needs_its_reason(supervisor: Client) -> None:
    shipment(quantity=20)
    response = preview(supervisor, "hitung", **typed(n2="19"))
    assert response.context["form"].errors["why2"] == ["Berbeda dari buku. Tulis sebabnya."]


def test_stock_that_moved_meanwhile_is_looked_at_again(supervisor: Client) -> None:
    shipment(quantity=20)
    form = hidden(preview(supervisor, "hitung", **typed(n2="19", why2="kurang")).content.decode())
    shipment("5000", 5, "SJ-2")
    response = supervisor.post(f"{PAGES}/hitung/", {**form, "step": "book"})
    assert response.status_code == 422
    assert "Saldo berubah sejak pratinjau" in page_of(response)
    assert (response.context["shown"].changes[0].before, response.context["shown"].changes[0].by) == (25, -6)
    assert balance("store") == 25


def test_spoiled_blanks_are_counted_by_their_serials(supervisor: Client) -> None:
    shipment(quantity=20, damaged=serials("105, 110"))
    refused = preview(supervisor, "hitung", **typed(n4="1", why4="tidak ada di lemari"))
    assert refused.context["form"].errors["missing"] == ["Tulis tepat 1 nomor seri yang tidak ada."]
    wrong = preview(supervisor, "hitung", **typed(n4="1", why4="tidak ada di lemari", missing="106"))
    assert "Tidak ada di sana" in wrong.context["form"].errors["missing"][0]
    booked(book(supervisor, "hitung", **typed(n4="1", why4="tidak ada di lemari", missing="105")))
    assert (balance("spoiled"), balance("lost")) == (1, 1)
    assert Serial.objects.get(number=105).place == "lost"


def test_more_spoiled_blanks_than_booked_are_booked_as_spoiled_first(supervisor: Client) -> None:
    shipment(quantity=20)
    response = preview(supervisor, "hitung", **typed(n4="1", why4="x"))
    assert "Catat dulu serinya" in response.context["form"].errors["n4"][0]


def test_nothing_counted_is_nothing_to_book(supervisor: Client) -> None:
    assert "paling sedikit satu tempat" in page_of(preview(supervisor, "hitung", **typed()))


def test_serials_of_a_surplus_are_as_many_as_it_is_and_new(supervisor: Client) -> None:
    shipment(quantity=20)
    wrong = preview(supervisor, "hitung", **typed(n2="22", why2="lebih", surplus="500"))
    assert wrong.context["form"].errors["surplus"] == ["Seri yang ditulis 1, lebihnya 2."]
    old = preview(supervisor, "hitung", **typed(n2="22", why2="lebih", surplus="119-120"))
    assert "119 sudah diterima dengan Surat jalan SJ-1" in old.context["form"].errors["surplus"][0]
    booked(book(supervisor, "hitung", **typed(n2="22", why2="lebih", surplus="500-501")))
    assert (balance("store"), balance("supplier")) == (22, -22)
