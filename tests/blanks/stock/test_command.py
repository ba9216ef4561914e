"""receive_blanks: a shipment from the command line."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from blanks.models import Document

from .desk import balance, settle, sum_of_all


def receive_blanks(quantity: str, first: str = "0100", document: str = "SJ-9") -> str:
    out = StringIO()
    call_command("receive_blanks", quantity, "--first-serial", first, "--document", document, stdout=out)
    settle()
    return out.getvalue()


def test_it_books_a_shipment_and_says_so(committed: None) -> None:
    said = receive_blanks("1000")
    assert said == (
        "1.000 blanko (0100–1099) diterima ke gudang kota dengan SJ-9. Gudang kota sekarang 1.000.\n"
    )
    assert (balance("store"), balance("supplier"), sum_of_all()) == (1000, -1000, 0)


@pytest.mark.django_db
def test_a_serial_that_was_ever_received_is_refused() -> None:
    receive_blanks("10", "0100")
    with pytest.raises(CommandError) as refused:
        receive_blanks("5", "105", "SJ-10")
    assert refused.value.returncode == 1
    assert "sudah pernah diterima" in str(refused.value)
    assert balance("store") == 10


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": "0"},
        {"quantity": "-5"},
        {"quantity": "banyak"},
        {"quantity": "1" + "0" * 18},
        {"quantity": "1_0"},
        {"quantity": "10", "first": "-1"},
        {"quantity": "10", "first": ""},
        {"quantity": "10", "first": "ABC"},
        {"quantity": "10", "first": "9" * 18},
        {"quantity": "10", "document": " "},
        {"quantity": "10", "document": "x" * 121},
        {"quantity": "10", "document": "a\udcffb"},
    ],
)
def test_what_makes_no_sense_is_wrong_usage(wrong: dict[str, Any]) -> None:
    with pytest.raises(CommandError) as refused:
        receive_blanks(**wrong)
    assert refused.value.returncode == 2
    assert not Document.objects.exists()
