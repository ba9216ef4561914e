"""Where is serial N, and where was it? One search, by POST, with no name and no NIK."""

from typing import Any

import pytest

from blanks.actions import divide, print_batch, record
from blanks.actions.stock import destroy
from tests import people
from tests.builders import Stage, many_cards, settle
from tests.staff.cast import as_

from .desk import page_of, serials, shipment

pytestmark = pytest.mark.django_db


def search(serial: str, role: str = "auditor") -> Any:
    return as_(role).post("/admin/blanks/stok/seri/", {"serial": serial})


@pytest.fixture
def printed() -> list[int]:
    """Two cards: one printed on 103, one spoiled 104."""
    ratna = people.supervisor()
    shipment(quantity=20)
    many_cards(2, Stage.WAITING_FOR_BLANK, 1)
    divide(2, by=ratna, strategy="proportional")
    settle()
    batch = print_batch(1, size=2, by=ratna)
    settle()
    cards = [one.card_id for one in batch.cards]
    record(batch, cards[0], "printed", "103", by=ratna)
    record(batch, cards[1], "misprint", "104", by=ratna)
    settle()
    return cards


def test_a_blank_nobody_named_is_in_stock(printed: list[int]) -> None:
    page = page_of(search("0110"))
    assert "Dalam stok" in page
    assert "Surat jalan SJ-1" in page


def test_a_printed_blank_names_its_card_and_batch(printed: list[int]) -> None:
    response = search("103")
    page = page_of(response)
    assert "Nomor seri 0103" in page
    assert f"/admin/tracking/card/{printed[0]}/change/" in page
    assert "Tumpukan " in page
    assert "ANI" not in page


def test_its_whole_way_is_shown(printed: list[int]) -> None:
    destroy(serials("104"), by=people.supervisor("ratna-2"), number="BA/1", how="dipotong")
    settle()
    moves = search("104").context["moves"]
    assert [(move["from"], str(move["to"]), move["document"]) for move in moves] == [
        ("stok", "Pada kartu", ""),
        ("Pada kartu", "Rusak", ""),
        ("Rusak", "Dimusnahkan", "BA/1"),
    ]
    assert all(move["card"] == printed[1] for move in moves)


def test_a_serial_that_never_came_is_said_so() -> None:
    response = search("777")
    assert response.status_code == 404
    assert "tidak ada di kiriman mana pun" in page_of(response)


@pytest.mark.parametrize("typed", ["", "abc", "1" * 19, "103\x00"])
def test_what_is_no_serial_is_said_at_the_field(typed: str) -> None:
    response = search(typed)
    assert response.status_code == 422
    assert response.context["form"].errors["serial"]


def test_an_officer_of_a_kecamatan_does_not_search() -> None:
    assert search("103", "kecamatan").status_code == 403
