"""print_batch, to the letter of its contract."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from blanks.models import PrintBatch
from tests.blanks.house import quota, shipment
from tests.builders import many_cards, settle
from tracking.stages import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def waiting() -> None:
    many_cards(4, Stage.WAITING_FOR_BLANK, 1)
    shipment(20)
    quota(1, 3)
    quota(2, 3)


def take(*words: str) -> Any:
    out = StringIO()
    call_command("print_batch", *words, "--json", stdout=out)
    settle()
    return json.loads(out.getvalue())


@pytest.mark.parametrize("name", ["bekasi-timur", "32.75.01", "327501", "Bekasi Timur", " bekasi  timur "])
def test_the_next_get_their_blanks_as_many_as_there_are(name: str) -> None:
    said = take(name)
    taken = PrintBatch.objects.get()
    assert said == {
        "batch": taken.pk,
        "kecamatan": "bekasi-timur",
        "size": 3,
        "numbers": ["A-1", "A-2", "A-3"],
    }
    assert taken.actor == "command:print_batch"


def test_the_number_of_the_batch_is_printed() -> None:
    out = StringIO()
    call_command("print_batch", "bekasi-timur", "--size", "2", stdout=out)
    assert str(PrintBatch.objects.get().pk) in out.getvalue()


@pytest.mark.parametrize("words", [["bekasi-barat"], ["bekasi-selatan"]])
def test_nobody_waiting_or_no_blank_is_exit_1(words: list[str]) -> None:
    with pytest.raises(CommandError) as refused:
        take(*words)
    assert refused.value.returncode == 1
    assert not PrintBatch.objects.exists()


@pytest.mark.parametrize(
    "words",
    [
        ["bekasi"], ["32.75.99"], [""], ["bekasi-timur", "--size", "0"], ["bekasi-timur", "--size", "-1"],
        ["bekasi-timur", "--size", "x"], ["bekasi-timur", "--size", "9" * 30],
    ],
)  # fmt: skip
def test_wrong_usage_is_exit_2_and_changes_nothing(words: list[str]) -> None:
    with pytest.raises(CommandError) as wrong:
        take(*words)
    assert wrong.value.returncode == 2
    assert not PrintBatch.objects.exists()
