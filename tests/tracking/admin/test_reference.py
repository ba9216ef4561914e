"""Rules and reference data: who keeps them, and what stays as it was."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.staff.cast import as_
from tracking.models import LetterRule, Office, OfficeRule

pytestmark = pytest.mark.django_db
ADD_RULE = "/admin/tracking/letterrule/add/"


def rule(days: int) -> dict[str, str]:
    day = timezone.localdate() + timedelta(days=days)
    return {"valid_from": day.isoformat(), "letters": "CAB", "decree": "470/12/Disdukcapil"}


def test_a_supervisor_sets_the_order_of_letters_for_a_day_to_come() -> None:
    assert as_("supervisor").post(ADD_RULE, rule(1)).status_code == 302
    assert LetterRule.objects.get(letters="CAB").decree == "470/12/Disdukcapil"


@pytest.mark.parametrize("days", [0, -1])
def test_no_rule_for_a_day_that_has_begun(days: int) -> None:
    page = as_("supervisor").post(ADD_RULE, rule(days))
    assert "Pilih tanggal sesudah hari ini" in page.content.decode()
    assert not LetterRule.objects.filter(letters="CAB").exists()


@pytest.mark.parametrize("role", ["operator", "kecamatan", "auditor"])
def test_nobody_else_sets_it(role: str) -> None:
    assert as_(role).post(ADD_RULE, rule(1)).status_code == 403


def test_a_rule_is_not_changed_afterwards() -> None:
    old = LetterRule.objects.get()
    as_("supervisor").post(f"/admin/tracking/letterrule/{old.pk}/change/", rule(1))
    assert LetterRule.objects.get() == old
    assert LetterRule.objects.get().letters == old.letters


def test_a_supervisor_keeps_the_offices_limits() -> None:
    as_("supervisor").post("/admin/tracking/officerule/1/change/", {"undo_minutes": "20"})
    assert OfficeRule.objects.get().undo_minutes == 20


def test_an_operator_keeps_addresses_of_counters() -> None:
    form = {
        "name": "Loket",
        "address": "Jl. Baru 1",
        "hours": "Senin-Jumat 08.00-15.00",
        "phone": "",
        "checked": "on",
    }
    as_("operator").post("/admin/tracking/office/3/change/", form)
    assert Office.objects.get(pk=3).address == "Jl. Baru 1"
