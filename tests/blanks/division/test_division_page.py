"""The division page: previewed, changed with a reason, applied exactly as previewed or not at all."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from blanks.ledger import DocumentKind
from blanks.models import Document
from tests.blanks.house import balance, quota, shipment
from tests.builders import block, many_cards, settle
from tests.staff.cast import as_
from tracking.models import Card
from tracking.stages import Stage

pytestmark = pytest.mark.django_db
PAGE = "/admin/blanks/pembagian/"


@pytest.fixture
def supervisor() -> Client:
    """30 wait in the first kecamatan, 10 in the second; 40 blanks are there for them, of 20 to be divided."""
    many_cards(30, Stage.WAITING_FOR_BLANK, 1)
    many_cards(10, Stage.WAITING_FOR_BLANK, 2)
    shipment(40)
    return as_("supervisor")


def preview(client: Client, quantity: int = 20, way: str = "proportional") -> dict[str, Any]:
    """What the form of the preview would send."""
    page = client.get(PAGE, {"jumlah": quantity, "cara": way}).content.decode()
    fields = re.findall(r'<input type="(?:hidden|text)"[^>]*?name="([\w-]+)"[^>]*?value="([^"]*)"', page)
    return {name: value for name, value in fields if name != "csrfmiddlewaretoken"}


def apply(client: Client, form: dict[str, Any]) -> Any:
    answer = client.post(PAGE, form)
    settle()
    return answer


def test_the_preview_says_who_gets_what_and_how_far_it_reaches(supervisor: Client) -> None:
    block(Card.objects.get(pk=many_cards(1, Stage.WAITING_FOR_BLANK, 2)[0]))
    quota(2, 2)
    page = supervisor.get(PAGE, {"jumlah": 19, "cara": "proportional"})
    shares = {row.share.kecamatan_id: row for row in page.context["rows"]}
    first, second = shares[1], shares[2]
    assert (first.share.waiting, first.share.need, first.share.exact, first.gets, first.reaches) == (
        *(30, 30, 15.0, 15, "A-15"),
    )
    assert (second.share.waiting, second.share.blocked, second.share.quota, second.share.need) == (
        10,
        1,
        2,
        8,
    )
    assert (second.gets, second.quota_after, second.reaches) == (4, 6, "A-6")
    assert (page.context["given"], page.context["left"]) == (19, 0)


def test_nothing_changes_before_it_is_applied(supervisor: Client) -> None:
    preview(supervisor)
    assert balance("store") == 40
    assert not Document.objects.filter(kind=DocumentKind.DIVISION).exists()


def test_it_is_applied_as_previewed_and_kept_with_all_it_came_from(supervisor: Client) -> None:
    answer = apply(supervisor, preview(supervisor))
    assert answer.status_code == 303
    assert (balance("quota", 1), balance("quota", 2), balance("store")) == (15, 5, 20)
    page = supervisor.get(answer["Location"])
    assert page.context["recomputes"] is True
    assert [(row.need, row.gets, row.given, row.reaches) for row in page.context["rows"][:2]] == [
        (30, 15, 15, "A-15"),
        (10, 5, 5, "A-5"),
    ]


def test_sent_twice_it_is_done_once(supervisor: Client) -> None:
    form = preview(supervisor, 40)
    first, second = apply(supervisor, form), apply(supervisor, form)
    assert first["Location"] == second["Location"]
    assert balance("quota", 1) == 30


@pytest.mark.parametrize("what", ["stock", "queue", "quota"])
def test_if_anything_moved_meanwhile_there_is_a_new_preview(supervisor: Client, what: str) -> None:
    form = preview(supervisor)
    if what == "stock":
        shipment(1, "9001")
    elif what == "queue":
        many_cards(1, Stage.WAITING_FOR_BLANK, 2)
    else:
        quota(2, 1)
    answer = apply(supervisor, form)
    assert answer.status_code == 409
    assert "periksa pratinjau yang baru" in answer.content.decode()
    assert answer.context["proposal"].fingerprint != form["fingerprint"]
    assert balance("quota", 1) == 0


def test_another_card_in_the_same_place_of_the_queue_is_a_move_too(supervisor: Client) -> None:
    form = preview(supervisor)
    block(Card.objects.filter(ticket_kecamatan_id=2).order_by("requested_at")[0])
    many_cards(1, Stage.WAITING_FOR_BLANK, 2)
    assert apply(supervisor, form).status_code == 409


def test_a_changed_figure_needs_a_reason(supervisor: Client) -> None:
    form = preview(supervisor) | {"dapat-1": "12"}
    answer = apply(supervisor, form)
    assert answer.status_code == 422
    assert "Angka yang diubah perlu alasan" in answer.content.decode()
    assert balance("quota", 1) == 0


def test_a_changed_figure_is_kept_beside_the_computed_one(supervisor: Client) -> None:
    form = preview(supervisor) | {"dapat-1": "12", "why": "Printer kecamatan rusak"}
    page = supervisor.get(apply(supervisor, form)["Location"])
    row = page.context["rows"][0]
    assert (row.gets, row.given, row.changed, row.reaches) == (15, 12, True, "A-12")
    assert "Printer kecamatan rusak" in page.content.decode()
    assert (balance("quota", 1), balance("store")) == (12, 23)


def test_changed_figures_can_be_computed_before_they_are_applied(supervisor: Client) -> None:
    page = supervisor.post(PAGE, preview(supervisor) | {"dapat-1": "12", "hitung": "1"})
    assert (page.status_code, page.context["rows"][0].reaches, page.context["left"]) == (200, "A-12", 3)
    assert balance("store") == 40


def test_figures_beyond_what_is_divided_are_refused(supervisor: Client) -> None:
    answer = apply(supervisor, preview(supervisor) | {"dapat-1": "16", "why": "ingin lebih"})
    assert (answer.status_code, balance("quota", 1)) == (422, 0)


@pytest.mark.parametrize("quantity", ["0", "-1", "41", "x", "", "1" * 30])
def test_a_quantity_that_is_not_there_is_refused_at_its_field(supervisor: Client, quantity: str) -> None:
    answer = supervisor.get(PAGE, {"jumlah": quantity, "cara": "proportional"})
    assert answer.status_code == 422
    assert "has-error" in answer.content.decode()


@pytest.mark.parametrize("figure", ["-1", "x", "", "1" * 30])
def test_a_figure_that_is_none_is_refused(supervisor: Client, figure: str) -> None:
    assert apply(supervisor, preview(supervisor) | {"dapat-1": figure, "why": "coba"}).status_code == 422
    assert balance("quota", 1) == 0


def test_the_oldest_requests_of_the_whole_city_come_first(supervisor: Client) -> None:
    form = preview(supervisor, 2, "oldest-first")
    assert apply(supervisor, form).status_code == 303
    assert balance("quota", 1) == 2  # builders ask a second apart, the last first: the longer list is older


def test_operators_see_the_preview_and_divide_nothing(supervisor: Client) -> None:
    form = preview(supervisor)
    operator = as_("operator")
    assert operator.get(PAGE, {"jumlah": 20, "cara": "proportional"}).status_code == 200
    assert operator.post(PAGE, form).status_code == 403
    assert as_("auditor").post(PAGE, form).status_code == 403
    assert as_("kecamatan").get(PAGE).status_code == 403


def test_blanks_without_a_queue_go_back_or_elsewhere(supervisor: Client) -> None:
    quota(3, 6)
    page, request = f"{PAGE}tarik/", str(uuid.uuid4())
    back = {"kecamatan": 3, "jumlah": 4, "why": "Antrean habis", "request": request}
    answer = supervisor.post(page, back)
    settle()
    assert supervisor.post(page, back)["Location"] == answer["Location"]
    settle()
    assert (balance("quota", 3), balance("store")) == (2, 38)
    supervisor.post(page, {"kecamatan": 3, "jumlah": 2, "ke": 1, "why": "Antrean habis"})
    settle()
    assert (balance("quota", 3), balance("quota", 1)) == (0, 2)
    assert "Antrean habis" in supervisor.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    "form",
    [{"kecamatan": 3, "jumlah": 7}, {"kecamatan": 3, "jumlah": 1, "ke": 3}, {"kecamatan": 4, "jumlah": 1}],
)
def test_what_is_not_there_is_not_taken_back(supervisor: Client, form: dict[str, int]) -> None:
    quota(3, 6)
    assert supervisor.post(f"{PAGE}tarik/", form | {"why": "coba"}).status_code == 422
    assert as_("operator").post(f"{PAGE}tarik/", form).status_code == 403
    assert balance("quota", 3) == 6


def test_twenty_thousand_may_be_written_with_its_point(supervisor: Client) -> None:
    shipment(2000, "5001")
    page = supervisor.get(PAGE, {"jumlah": "1.500", "cara": "proportional"})
    assert (page.status_code, page.context["proposal"].quantity) == (200, 1500)


def test_more_than_is_divided_is_said_with_the_figures_and_nothing_typed_is_lost(supervisor: Client) -> None:
    form = {**preview(supervisor), "dapat-1": "1.000", "dapat-2": "5", "why": "Kecamatan tutup besok"}
    answer = supervisor.post(PAGE, form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Jumlah semua kecamatan 1.005, padahal yang dibagikan 20. Kurangi 985." in page
    assert 'value="1.000"' in page and "Kecamatan tutup besok" in page
    assert {row.share.kecamatan_id: row.gets for row in answer.context["rows"]}[1] == 1000
    assert not Document.objects.filter(kind=DocumentKind.DIVISION).exists()


def test_a_share_without_a_fraction_is_not_called_rounded(supervisor: Client) -> None:
    rows = supervisor.get(PAGE, {"jumlah": 20, "cara": "proportional"}).context["rows"]
    assert {row.why for row in rows if row.gets} == {"Tepat sebanding"}
