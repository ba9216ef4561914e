"""The words of a case go 90 days after the end of its card and its answer; raw SQL erases none before."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.builders import refused, sql
from tests.people import officer, supervisor
from tests.tracking.public.cards import a_card
from tracking.actions import answer_case, cases, give_receipt, open_case
from tracking.models import Case
from tracking.stages import Stage

SAID, ANSWERED = "Rumah saya yang biru.", "Kartu ada di Pak RT."
Ages = Callable[[int, int], None]


@pytest.fixture
def case(committed: None) -> Case:
    card = a_card(Stage.DELIVERED)
    made = open_case(card.pk, kind=Case.Kind.NOT_RECEIVED, by_receipt=True, text=SAID)
    answer_case(made.pk, by=supervisor(), answer=Case.Answer.OTHER, text=ANSWERED)
    return made


@pytest.fixture
def days_ago(case: Case, superuser_sql: Callable[..., Any]) -> Ages:
    """The card ended, and the case was answered, so many days ago: nobody below a superuser can say so."""

    def ages(ended: int, answered: int) -> None:
        superuser_sql("SET session_replication_role = replica")
        superuser_sql("UPDATE tracking_card SET since = now() - %s * interval '1 day'", [ended])
        superuser_sql("UPDATE tracking_case SET answered_at = now() - %s * interval '1 day'", [answered])

    return ages


@pytest.mark.parametrize(
    ("ended", "answered", "kept"), [(89, 100, True), (100, 89, True), (91, 91, False), (400, 1, True)]
)
def test_they_go_90_days_after_both(days_ago: Ages, ended: int, answered: int, kept: bool) -> None:
    days_ago(ended, answered)
    assert cases.forget_old() == (not kept)
    case = Case.objects.get()
    assert cases.text_of(case.text_sealed) == (SAID if kept else "")
    assert cases.text_of(case.answer_sealed) == (ANSWERED if kept else "")
    assert cases.forget_old() == 0


def test_that_there_was_a_case_stays_and_its_page_shows(case: Case, days_ago: Ages) -> None:
    days_ago(91, 91)
    cases.forget_old()
    token = give_receipt(case.card_id, by=officer(), shown="kk")
    page = Client().get(f"/tanda-terima/{token}/").content.decode()
    assert "Belum menerima kartu" in page
    assert SAID not in page
    assert ANSWERED not in page


@pytest.mark.parametrize("change", ["text_sealed = ''", "answer_sealed = ''", "text_sealed = NULL"])
def test_raw_sql_erases_none_before(case: Case, change: str) -> None:
    with refused("EK041"):
        sql(f"UPDATE tracking_case SET {change}")


@pytest.mark.parametrize(
    "change",
    ["text_sealed = '\\x01'", "text_sealed = NULL", "answer_sealed = NULL", "answer = 'received'"],
)
def test_what_was_erased_is_not_written_again(case: Case, days_ago: Ages, change: str) -> None:
    days_ago(91, 91)
    cases.forget_old()
    with refused("EK041", "23514"):
        sql(f"UPDATE tracking_case SET {change}")
