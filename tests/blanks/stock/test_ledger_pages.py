"""The ledger's own pages: every balance, the sum, the documents and their papers; the work that waits."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from pypdf import PdfReader

from blanks.actions.stock import Counted, count
from blanks.admin import front
from blanks.models import Account, Document
from tests import people
from tests.staff.cast import as_, staff

from .desk import page_of, serials, settle, shipment

pytestmark = pytest.mark.django_db


def test_all_balances_are_shown_and_their_sum_is_zero() -> None:
    shipment(quantity=1500, on_paper=1502, damaged=serials("101-102"))
    page = page_of(as_("auditor").get("/admin/blanks/account/"))
    shown = {int(k): v for k, v in re.findall(r'data-account="(\d+)">(-?[\d.]+)<', page)}
    assert {key: int(text.replace(".", "")) for key, text in shown.items()} == dict(
        Account.objects.values_list("id", "balance")
    )
    assert "data-sum>0<" in page
    assert "1.498" in page


def test_each_sees_only_what_they_may_do() -> None:
    pages = {
        role: page_of(as_(role).get("/admin/blanks/account/"))
        for role in ("operator", "supervisor", "auditor")
    }
    assert "/stok/terima/" in pages["operator"] and "/stok/musnahkan/" not in pages["operator"]
    assert "/stok/musnahkan/" in pages["supervisor"]
    assert "/stok/terima/" not in pages["auditor"] and "/stok/seri/" in pages["auditor"]
    assert as_("kecamatan").get("/admin/blanks/account/").status_code == 403


def test_a_document_shows_its_movements_ranges_and_serials() -> None:
    document = shipment(quantity=20, on_paper=22, damaged=serials("101-102"))
    page = page_of(as_("auditor").get(f"/admin/blanks/document/{document.pk}/change/"))
    for said in ("SJ-1", "Kurang dari surat jalan", "0100–0119", "0101–0102", "-2"):
        assert said in page


@pytest.mark.parametrize("number", ["1", "99999999999", "x"])
def test_a_document_that_is_none_is_not_found(number: str) -> None:
    assert as_("auditor").get(f"/admin/blanks/document/{number}/change/").status_code == 404


def test_every_kind_of_document_has_its_paper() -> None:
    document = shipment(quantity=20, on_paper=22, damaged=serials("101-102"))
    counted = count([Counted(2, 17, seen=18, why="terselip")], by=people.supervisor(), witnesses=["Dewi"])
    settle()
    client = as_("auditor")
    for one, words in ((document, "PENERIMAAN"), (counted, "STOCK OPNAME")):
        first = client.get(f"/admin/blanks/document/{one.pk}/pdf/").content
        assert first == client.get(f"/admin/blanks/document/{one.pk}/pdf/").content
        text = " ".join(page.extract_text() for page in PdfReader(BytesIO(first)).pages)
        assert words in text and one.number in text


def test_the_sheet_to_count_with_has_every_place() -> None:
    response = as_("operator").get("/admin/blanks/stok/hitung/lembar/")
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages)
    for place in ("Gudang kota", "Jatah kecamatan Bekasi Timur", "Rusak"):
        assert place in text


def work(role: str) -> dict[str, int]:
    return {one.label: one.count for one in front.waiting(staff(role))}


def test_spoiled_blanks_and_a_late_count_are_work(monkeypatch: pytest.MonkeyPatch) -> None:
    assert work("operator") == {"Blanko rusak belum dimusnahkan": 0}
    shipment(quantity=20, damaged=serials("101-102"))
    assert work("supervisor") == {"Blanko rusak belum dimusnahkan": 2, "Stock opname perlu dilakukan": 0}
    monkeypatch.setattr(front, "COUNT_EVERY", timedelta(0))
    assert work("supervisor")["Stock opname perlu dilakukan"] == 1
    assert work("kecamatan") == {}


def test_the_list_of_documents_is_read_by_auditors() -> None:
    shipment()
    page = page_of(as_("auditor").get("/admin/blanks/document/?jenis=shipment"))
    assert "SJ-1" in page
    assert "SJ-1" not in page_of(as_("auditor").get("/admin/blanks/document/?jenis=count"))
    assert Document.objects.get().at <= timezone.now()
