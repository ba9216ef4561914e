"""The stock card of an account: opening balance, each movement, closing balance; as a page and as files."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from blanks.actions import divide
from blanks.admin import stockcard
from blanks.models import Account, Movement
from blanks.queries.stockcard import Period, all_rows, before, rows, totals
from tests import people
from tests.builders import Stage, many_cards, settle
from tests.staff.cast import as_

from .desk import page_of, serials, shipment

pytestmark = pytest.mark.django_db
CARD = "/admin/blanks/stok/kartu/2/"


@pytest.fixture
def store() -> Account:
    """50 came, 2 of them damaged; 10 went to a kecamatan."""
    shipment("0100", 50, on_paper=52, damaged=serials("101-102"))
    many_cards(10, Stage.WAITING_FOR_BLANK, 1)
    divide(10, by=people.supervisor(), strategy="proportional")
    settle()
    return Account.objects.get(pk=2)


def today() -> Period:
    return Period(timezone.localdate(), timezone.localdate())


def test_it_runs_from_opening_to_closing_balance(store: Account) -> None:
    frame = totals(store, today())
    assert (frame.opening, frame.came, frame.went, frame.closing) == (0, 52, 14, 38)
    shown = rows(store, today(), frame.opening)
    assert [(row.cause, row.came, row.went, row.balance) for row in shown] == [
        ("received", 52, 0, 52),
        ("short", 0, 2, 50),
        ("spoiled", 0, 2, 48),
        ("divided", 0, 10, 38),
    ]
    assert shown[-1].balance == frame.closing == store.balance


def test_what_came_before_the_period_is_its_opening_balance(store: Account) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert totals(store, Period(tomorrow, tomorrow)) == (38, 0, 0)
    yesterday = timezone.localdate() - timedelta(days=1)
    assert totals(store, Period(yesterday, yesterday)).closing == 0


def test_every_card_of_the_ledger_closes_with_its_balance(store: Account) -> None:
    for account in Account.objects.all():
        frame = totals(account, today())
        assert frame.closing == account.balance
        last = [row.balance for some in all_rows(account, today(), frame.opening) for row in some][-1:]
        assert last in ([account.balance], [])


def test_a_later_page_begins_where_the_former_ended(store: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stockcard, "PAGE", 2)
    client = as_("auditor")
    first = client.get(CARD)
    second = client.get(CARD, {"sesudah": first.context["next"]})
    assert [row["balance"] for row in first.context["rows"]] == [52, 50]
    assert second.context["carried"] == 50
    assert [row["balance"] for row in second.context["rows"]] == [48, 38]
    assert second.context["next"] is None
    period, movement = today(), Movement.objects.order_by("id").first()
    assert before(store, period, 0, movement.pk if movement else 0) == 52


def exported(kind: str) -> Any:
    response = as_("auditor").get(f"{CARD}ekspor/{kind}/")
    assert response.status_code == 200
    assert f"kartu-stok-gudang-kota-{timezone.localdate():%Y-%m}" in response["Content-Disposition"]
    return response


def test_the_csv_has_what_the_page_has(store: Account) -> None:
    text = b"".join(exported("csv").streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(StringIO(text)))
    assert [line[5] for line in lines[3:]] == ["0", "52", "50", "48", "38", "38"]
    assert lines[4][1:5] == ["Diterima", "Pemasok", "52", ""]
    assert lines[-1][1] == "Saldo akhir"


def test_the_workbook_has_numbers(store: Account) -> None:
    sheet = load_workbook(BytesIO(exported("xlsx").content)).active
    values = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert [row[5] for row in values] == [0, 52, 50, 48, 38, 38]
    assert values[1][6] == "SJ-1"


@pytest.mark.parametrize(
    "query", ["first=2017-13-01", "first=2017-10-01&last=2017-09-01", "first=0001-01-01", "last=9999-12-31"]
)
def test_a_period_that_is_none_is_said_at_its_field(query: str) -> None:
    response = as_("auditor").get(f"{CARD}?{query}")
    assert response.status_code == 422
    assert "field-error" in page_of(response)
    assert as_("auditor").get(f"{CARD}ekspor/csv/?{query}").status_code == 404


def test_an_account_or_a_form_that_is_none_is_not_found() -> None:
    client = as_("auditor")
    for path in ("kartu/99/", "kartu/99999999/", "kartu/2/ekspor/pdf/"):
        assert client.get(f"/admin/blanks/stok/{path}").status_code == 404
