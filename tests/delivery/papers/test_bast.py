"""The BAST: number by the city's pattern, date in words, both parties, the list with its counts, a code to check it."""

import io
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from pypdf import PdfReader

from delivery.actions.numbers import number
from delivery.models import Handover
from delivery.papers.bast import bast
from tests.builders import sql

from ..cast import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(db: None) -> Handover:
    office = Office()
    office.joko.first_name, office.joko.nip = "Joko", "19800101 200501 1 001"
    office.joko.position = "Operator"
    office.joko.save()
    return office.closed(4, missing=1, damaged=1)


def words(made: Handover) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(bast(made))).pages)


def test_it_says_who_gave_what_to_whom_and_when(made: Handover) -> None:
    said = words(made)
    assert made.number in said
    assert "Pada hari ini" in said
    assert "tahun dua ribu" in said
    assert "Joko" in said
    assert "19800101 200501 1 001" in said
    assert "Disdukcapil" in said
    assert f"Kecamatan {made.to_kecamatan}" in said


def test_the_list_and_its_counts(made: Handover) -> None:
    said = words(made)
    assert all(f"A-{n}" in said for n in range(1, 5))
    assert [line[4] for line in made.paper["lines"]] == ["missing", "damaged", "received", "received"]


def test_it_names_no_citizen(made: Handover) -> None:
    assert "ANI" not in words(made).split()
    assert "ANI" not in str(made.paper)


def test_the_pattern_of_the_number_is_the_citys(settings) -> None:
    settings.BAST_NUMBER = "{kecamatan}/{n}/{month}.{year}"
    assert number(7, 3, 2018, "32.75.01") == "32.75.01/7/03.2018"


def test_anybody_checks_it_by_its_code(made: Handover) -> None:
    page = Client().get(f"/bast/{made.check_code.lower()}/").content.decode()
    assert made.number in page
    assert "Kode periksa" in page
    english = Client().get(f"/en/bast/{made.check_code}/").content.decode()
    assert "This record is genuine" in english


@pytest.mark.parametrize("code", ["ABCDEFGHJKMN", "x", "A" * 200, "%00"])
def test_another_code_is_a_dead_link(made: Handover, code: str) -> None:
    assert Client().get(f"/bast/{code}/").status_code == 404


def test_the_day_is_jakartas(made: Handover) -> None:
    closed = datetime.fromisoformat(made.paper["closed"])
    assert closed.utcoffset() == datetime.now(ZoneInfo("Asia/Jakarta")).utcoffset()
    assert sql("SELECT count(*) FROM delivery_handover WHERE year = %s", [closed.year]) == [(1,)]
