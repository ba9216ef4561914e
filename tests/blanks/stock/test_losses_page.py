"""Blanks that were spoiled or lost before printing, that turned up, that went back: by a supervisor, with a reason."""

from typing import Any

import pytest
from django.test import Client

from blanks.models import Document, Serial
from tests.staff.cast import as_

from .desk import balance, book, booked, hidden, preview, shipment, sum_of_all

pytestmark = pytest.mark.django_db
STORE = "2"


@pytest.fixture
def supervisor() -> Client:
    shipment(quantity=20)
    return as_("supervisor")


def loss(what: str, **fields: Any) -> dict[str, Any]:
    return {"what": what, "account": STORE, "why": "air bocor", "dated": "2017-09-30", **fields}


def place(number: int) -> str:
    return Serial.objects.get(number=number).place


def test_spoiled_blanks_are_named(supervisor: Client) -> None:
    booked(book(supervisor, "rusak-hilang", **loss("spoiled", named="101, 105-106")))
    assert (balance("store"), balance("spoiled"), sum_of_all()) == (17, 3, 0)
    assert place(105) == "spoiled"


def test_lost_blanks_may_be_without_serials_and_come_back(supervisor: Client) -> None:
    booked(book(supervisor, "rusak-hilang", **loss("lost", quantity="3", named="101")))
    assert (balance("store"), balance("lost"), place(101)) == (17, 3, "lost")
    booked(book(supervisor, "rusak-hilang", **loss("found", quantity="2", named="101")))
    assert (balance("store"), balance("lost"), place(101)) == (19, 1, "free")


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        (loss("spoiled"), "named"),
        (loss("spoiled", named="101", quantity="2"), "quantity"),
        (loss("spoiled", named="9999"), "named"),
        (loss("lost"), "quantity"),
        (loss("lost", quantity="21"), "quantity"),
        (loss("lost", quantity="1", named="101-102"), "quantity"),
        (loss("found", quantity="1"), "quantity"),
        (loss("lost", quantity="1", why=""), "why"),
        (loss("", quantity="1"), "what"),
        (loss("lost", quantity="1", account="3"), "account"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(supervisor: Client, fields: dict[str, Any], at: str) -> None:
    response = preview(supervisor, "rusak-hilang", **fields)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [at]
    assert Document.objects.count() == 1


def test_a_serial_that_was_lost_by_name_is_found_by_its_name(supervisor: Client) -> None:
    booked(book(supervisor, "rusak-hilang", **loss("lost", named="101")))
    shown = preview(supervisor, "rusak-hilang", **loss("found", named="102"))
    form = {**hidden(shown.content.decode()), "step": "book"}
    refused = supervisor.post("/admin/blanks/stok/rusak-hilang/", form)
    assert refused.status_code == 422
    assert balance("lost") == 1


def test_good_and_spoiled_blanks_go_back_on_one_letter(supervisor: Client) -> None:
    booked(book(supervisor, "rusak-hilang", **loss("spoiled", named="101")))
    typed = {"named": "101-103", "number": "KB/1", "why": "cacat pabrik", "dated": "2017-09-30"}
    document = booked(book(supervisor, "kembalikan", **typed))
    assert (balance("store"), balance("spoiled"), balance("sent_back"), sum_of_all()) == (17, 0, 3, 0)
    assert sorted(document.movements.values_list("from_account__place", "quantity")) == [
        ("spoiled", 1),
        ("store", 2),
    ]
    again = preview(supervisor, "kembalikan", **{**typed, "named": "103"})
    assert "0103" in again.context["form"].errors["named"][0]


def test_these_are_a_supervisors() -> None:
    for page in ("rusak-hilang", "kembalikan", "musnahkan"):
        for role in ("operator", "auditor", "kecamatan"):
            for method in ("get", "post"):
                assert getattr(as_(role), method)(f"/admin/blanks/stok/{page}/").status_code == 403
