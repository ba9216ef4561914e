"""The operator's pages: packing, release with a code that is shown once, withdrawal, missing cards as work."""

import re

import pytest
from django.test import Client

from delivery.handovers import State
from delivery.models import Handover
from tests import people
from tests.builders import settle as commit
from tests.staff.cast import logged_in
from tracking.codes import encode
from tracking.models import Kecamatan

from ..cast import Office, card_of, holder, printed

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db: None) -> Office:
    return Office()


@pytest.fixture
def client(office: Office) -> Client:
    return logged_in(office.joko)


def slug() -> str:
    return Kecamatan.objects.get(pk=1).slug


def there(made: Handover, way: str = "change") -> str:
    return f"/admin/delivery/handover/{made.pk}/{way}/"


def test_all_printed_cards_are_packed_once_a_form(office: Office, client: Client) -> None:
    printed(3)
    page = client.get(f"/admin/delivery/kemas/{slug()}/").content.decode()
    request = re.findall(r'name="request" value="([^"]+)"', page)[0]
    for _ in range(2):
        client.post(f"/admin/delivery/kemas/{slug()}/", {"semua": "1", "request": request})
    assert Handover.objects.get().lines.count() == 3


def test_cards_are_scanned_one_by_one(office: Office, client: Client) -> None:
    first, second, _third = printed(3)
    address = f"/admin/delivery/kemas/{slug()}/"
    page = client.post(address, {"pindai": encode(first), "cards": ""}).content.decode()
    assert f'value="{encode(first)}"' in page
    page = client.post(address, {"pindai": encode(first), "cards": encode(first)}).content.decode()
    assert "sudah dipindai" in page
    client.post(address, {"yang-dipindai": "1", "cards": f"{encode(first)} {encode(second)}"})
    assert Handover.objects.get().lines.count() == 2


def test_a_card_of_another_kecamatan_is_not_packed_here(office: Office, client: Client) -> None:
    stranger = printed(1, kecamatan=2)[0]
    printed(1)
    answer = client.post(f"/admin/delivery/kemas/{slug()}/", {"pindai": encode(stranger)})
    assert answer.status_code == 422
    assert "tidak siap dikemas" in answer.content.decode()


def test_the_code_is_shown_once(office: Office, client: Client) -> None:
    made = office.packed()
    page = client.post(there(made, "lepas"), {"officer": office.tuti.pk}).content.decode()
    code = re.findall(r'class="code">(\d{6})<', page)[0]
    assert code not in client.get(there(made)).content.decode()
    assert Handover.objects.get(pk=made.pk).state == State.RELEASED


def test_only_officers_of_that_kecamatan_are_offered(office: Office, client: Client) -> None:
    made = office.packed()
    stranger = people.officer(2)
    answer = client.post(there(made, "lepas"), {"officer": stranger.pk})
    assert answer.status_code == 422
    assert Handover.objects.get(pk=made.pk).state == State.CALLED


def test_chosen_lines_alone(office: Office, client: Client) -> None:
    made = office.packed(3)
    client.post(there(made, "lepas"), {"officer": office.tuti.pk, "sebagian": "1", "line": ["1", "2"]})
    assert made.lines.filter(open=True).count() == 2


def test_a_second_release_says_that_it_moved_on(office: Office, client: Client) -> None:
    made = office.packed()
    client.post(there(made, "lepas"), {"officer": office.tuti.pk})
    answer = client.post(there(made, "lepas"), {"officer": office.tuti.pk})
    assert answer.status_code == 422
    assert "sudah berlanjut" in answer.content.decode()


def test_withdrawal(office: Office, client: Client) -> None:
    made = office.packed()
    client.post(there(made, "batal"))
    assert Handover.objects.get(pk=made.pk).state == State.WITHDRAWN


def test_a_missing_card_is_work_until_it_is_settled(office: Office, client: Client) -> None:
    made = office.closed(2, missing=1)
    assert "Hilang di perjalanan" in client.get("/admin/").content.decode()
    client.post(there(made, "hilang"), {"ditemukan": "1"})
    commit()
    assert holder(card_of(made, 1).pk) == "operator 0"


def test_only_a_supervisor_books_it_to_lost(office: Office, client: Client) -> None:
    made = office.closed(2, missing=1)
    answer = client.post(there(made, "hilang"), {"hilang": "1"})
    assert answer.status_code == 422
    logged_in(office.ratna).post(there(made, "hilang"), {"hilang": "1"})
    assert made.lines.get(line=1).settled == "lost"


def test_an_auditor_sees_and_changes_nothing(office: Office) -> None:
    made = office.packed()
    auditor = logged_in(people.auditor())
    assert auditor.get(there(made)).status_code == 200
    for way in ("lepas", "kode", "batal", "hilang"):
        assert auditor.post(there(made, way)).status_code == 403
    assert auditor.get("/admin/delivery/kemas/").status_code == 403


def test_an_officer_sees_none_of_it(office: Office) -> None:
    made = office.packed()
    officer = logged_in(office.tuti)
    for address in (there(made), there(made, "kartu"), "/admin/delivery/kemas/", "/admin/delivery/handover/"):
        assert officer.get(address).status_code == 403


def test_the_record_and_where_each_card_is(office: Office, client: Client) -> None:
    made = office.closed(2, missing=1)
    assert client.get(f"/admin/delivery/handover/{made.pk}/bast.pdf").content[:5] == b"%PDF-"
    assert "Dalam perjalanan" in client.get(there(made, "kartu")).content.decode()
    assert made.number in client.get("/admin/delivery/handover/").content.decode()
