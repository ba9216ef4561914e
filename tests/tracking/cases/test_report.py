"""A citizen who was told "delivered" and has nothing says so; the case ends with an answer and in no other way."""

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from tests import builders
from tests.builders import refused, sql
from tests.staff.cast import staff
from tests.tracking.public.cards import a_card, address, status_of
from tracking import calendar
from tracking.actions import answer_case, open_case
from tracking.models import Case
from tracking.refusals import AlreadyAnswered, CaseThere, NoSuchCase
from tracking.stages import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivered():
    return a_card(Stage.DELIVERED)


def report(card, **headers):
    return Client().post(address(card) + "lapor/", headers=headers)


def test_the_page_of_a_delivered_card_leads_to_the_report(delivered):
    assert f'href="{address(delivered)}lapor/"' in status_of(delivered).content.decode()
    assert Client().get(address(delivered) + "lapor/").status_code == 200


def test_a_look_at_the_page_reports_nothing(delivered):
    Client().get(address(delivered) + "lapor/")
    assert not Case.objects.exists()


def test_a_report_becomes_a_case_with_a_deadline_that_the_page_shows(delivered):
    answer = report(delivered)
    assert (answer.status_code, answer["Location"]) == (303, address(delivered))
    case = Case.objects.get()
    assert (case.actor, case.place_id, case.due_on) == ("citizen", 1, calendar.after(timezone.localdate(), 5))
    page = status_of(delivered).content.decode()
    assert "Laporan Anda kami terima" in page
    assert "Laporkan" not in page
    assert "We received your report" in status_of(delivered, "en").content.decode()


def test_there_is_one_open_case_at_a_time(delivered):
    report(delivered)
    assert report(delivered).status_code == 409
    with pytest.raises(CaseThere):
        open_case(delivered.pk, kind=Case.Kind.NOT_RECEIVED)
    assert Case.objects.count() == 1


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in (Stage.DELIVERED, Stage.HELD)])
def test_nobody_reports_a_card_that_is_not_delivered(stage):
    card = a_card(stage)
    with pytest.raises(NoSuchCase):
        open_case(card.pk, kind=Case.Kind.NOT_RECEIVED)


def test_another_site_reports_nothing(delivered):
    assert report(delivered, origin="https://example.org").status_code == 403
    assert not Case.objects.exists()


def test_an_answer_ends_the_case_and_the_page_says_when(delivered):
    report(delivered)
    answer_case(Case.objects.get().pk, by=staff("supervisor"), answer="received", text="Diterima adik.")
    page = status_of(delivered).content.decode()
    assert "kami jawab" in page
    assert "adik" not in page  # the words of the answer are for the holder of a receipt
    assert report(delivered).status_code == 303  # whoever still has nothing may say so again


def test_a_case_is_answered_once(delivered):
    report(delivered)
    for expected in (None, AlreadyAnswered):
        if expected:
            with pytest.raises(expected):
                answer_case(Case.objects.get().pk, by=staff("supervisor"), answer="received")
        else:
            answer_case(Case.objects.get().pk, by=staff("supervisor"), answer="received")


@pytest.mark.parametrize(
    "change",
    [
        "answered_at = now()",
        "due_on = due_on + 30",
        "kind = 'objection', answer = 'received'",
        "card_id = card_id + 1, answer = 'received'",
    ],
)
def test_raw_sql_neither_closes_a_case_without_an_answer_nor_edits_it(delivered, change):
    report(delivered)
    with refused("EK041"):
        sql(f"UPDATE tracking_case SET {change}")


def test_the_answer_other_needs_its_explanation(delivered):
    report(delivered)
    with pytest.raises(IntegrityError, match="other_explains"):
        answer_case(Case.objects.get().pk, by=staff("supervisor"), answer="other")


def test_a_correction_leaves_the_report_in_sight(delivered):
    report(delivered)
    builders.correct(delivered, by=staff("supervisor"))
    assert "Laporan Anda kami terima" in status_of(delivered).content.decode()
