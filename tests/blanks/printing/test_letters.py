"""The order of letters: a rule has a day and a decree, and the rule of any past day is shown."""

import pytest
from django.utils import timezone

from tests.staff.cast import as_
from tracking.models import LetterRule

pytestmark = pytest.mark.django_db
PAGE = "/admin/blanks/urutan/"


@pytest.fixture(autouse=True)
def rule() -> None:
    """From tomorrow on, replacements come first."""
    day = timezone.localdate() + timezone.timedelta(days=1)
    as_("supervisor").post(
        "/admin/tracking/letterrule/add/", {"valid_from": day.isoformat(), "letters": "CAB", "decree": "SK-7"}
    )
    assert LetterRule.objects.count() == 2


def test_the_rule_of_each_day_is_shown() -> None:
    client, today = as_("auditor"), timezone.localdate()
    assert client.get(PAGE).context["rule"].letters == "ABC"
    for days, letters in ((-30, "ABC"), (0, "ABC"), (1, "CAB"), (400, "CAB")):
        day = today + timezone.timedelta(days=days)
        assert client.get(PAGE, {"tanggal": day.isoformat()}).context["rule"].letters == letters
    page = client.get(PAGE).content.decode()
    assert "SK-7" in page
    assert "akan datang" in page


def test_before_the_first_rule_there_was_none() -> None:
    assert as_("operator").get(PAGE, {"tanggal": "1999-01-01"}).context["rule"] is None


@pytest.mark.parametrize("day", ["x", "", "2017-13-01", "\0"])
def test_what_is_no_day_is_said(day: str) -> None:
    assert as_("operator").get(PAGE, {"tanggal": day}).status_code == 422
