"""Suket: for whoever waits, numbered without gaps, one in force at a time, shown with its day on the receipt."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import builders
from tests.builders import refused, sql
from tests.staff.cast import staff
from tests.tracking.public.cards import a_card, address
from tracking.actions import end_suket, give_receipt, issue_suket
from tracking.actions.sukets import _until, written_number
from tracking.models import Suket
from tracking.models.suket import HELPED
from tracking.refusals import NoSuketNow
from tracking.stages import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return staff("kecamatan")


@pytest.mark.parametrize("stage", Stage)
def test_it_is_issued_to_whoever_waits_and_to_nobody_else(stage, officer):
    card = a_card(stage, code="DUPLICATE_RECORD" if stage == Stage.HELD else "")
    if stage in HELPED:
        assert issue_suket(card.pk, by=officer).number == 1
    else:
        with pytest.raises(NoSuketNow):
            issue_suket(card.pk, by=officer)


def test_numbers_of_a_year_have_no_gap_and_are_written_by_the_office_s_pattern(officer, settings):
    settings.SUKET_NUMBER = "470/{number:04}/{year}"
    cards = [builders.a_card(Stage.WAITING_FOR_BLANK) for _card in range(3)]
    sukets = [issue_suket(card.pk, by=officer) for card in cards]
    assert [suket.number for suket in sukets] == [1, 2, 3]
    assert written_number(sukets[0]) == f"470/0001/{timezone.localdate().year}"


def test_a_renewal_ends_the_one_before(officer):
    card = builders.a_card(Stage.WAITING_FOR_BLANK)
    first, second = (issue_suket(card.pk, by=officer) for _time in range(2))
    first.refresh_from_db()
    assert (first.end_reason, second.ended_at) == (Suket.End.RENEWED, None)


def test_it_is_ended_once_and_not_edited(officer):
    card = builders.a_card(Stage.WAITING_FOR_BLANK)
    issue_suket(card.pk, by=officer)
    with refused("EK004"):
        sql("UPDATE tracking_suket SET valid_until = valid_until + 365")
    assert end_suket(card.pk, by=officer, reason=Suket.End.TAKEN)
    assert not end_suket(card.pk, by=officer, reason=Suket.End.TAKEN)


def test_the_receipt_says_until_when_and_near_its_end_where_to_renew_it(officer):
    card = a_card(Stage.WAITING_FOR_BLANK)
    issue_suket(card.pk, by=officer)
    path = f"/tanda-terima/{give_receipt(card.pk, by=officer, shown='kk')}/"
    page = Client().get(path).content.decode()
    assert "berlaku sampai" in page
    assert "Perpanjang di" not in page
    end_suket(card.pk, by=officer, reason=Suket.End.VOID)
    with builders.acting(by=officer, source="test"):
        Suket.objects.create(
            card_id=card.pk, office_id=0, valid_until=timezone.localdate() + timedelta(days=20)
        )
    assert "Perpanjang di" in Client().get(path).content.decode()
    assert "berlaku sampai" not in Client().get(address(card)).content.decode()


def test_six_months_later_is_a_day_that_there_is():
    assert [str(_until(timezone.datetime(2017, month, 31).date())) for month in (3, 8)] == [
        "2017-09-30",
        "2018-02-28",
    ]
