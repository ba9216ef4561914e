"""Planned shipments and closures at their pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from blanks.models import Closure, PlannedShipment
from tests.staff.cast import as_

pytestmark = pytest.mark.django_db
ADD = "/admin/blanks/plannedshipment/add/"


def plan(**other: Any) -> dict[str, str]:
    soon = timezone.localdate() + timedelta(days=20)
    return {
        "quantity": "20.000",
        "earliest": soon.isoformat(),
        "latest": (soon + timedelta(days=10)).isoformat(),
        "tender": "Lelang 2",
        **other,
    }


def test_a_supervisor_plans_a_shipment_with_a_point_in_its_quantity() -> None:
    assert as_("supervisor").post(ADD, plan()).status_code == 302
    assert PlannedShipment.objects.get().quantity == 20000


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("quantity", "0", "Paling sedikit 1."),
        ("quantity", "banyak", "Tulis dengan angka, misalnya 20.000."),
        ("latest", "2017-01-01", "Hari paling lambat mendahului hari paling awal."),
    ],
)
def test_a_plan_that_makes_no_sense_is_told_at_its_field(field: str, value: str, said: str) -> None:
    answer = as_("supervisor").post(ADD, plan(**{field: value}))
    assert answer.context["adminform"].form.errors == {field: [said]}
    assert not PlannedShipment.objects.exists()


def test_a_plan_that_is_past_is_no_plan() -> None:
    answer = as_("supervisor").post(ADD, plan(earliest="2017-09-01", latest="2017-09-30"))
    assert "sudah lewat" in answer.content.decode()


def test_a_plan_ends_with_its_shipment_or_without_and_is_not_edited() -> None:
    supervisor = as_("supervisor")
    supervisor.post(ADD, plan())
    key = PlannedShipment.objects.get().pk
    assert (
        supervisor.post(f"/admin/blanks/plannedshipment/{key}/change/", {"document": ""}).status_code == 302
    )
    ended = PlannedShipment.objects.get()
    assert (ended.ended_at is not None, ended.document) == (True, None)


def test_a_day_on_which_the_office_is_closed() -> None:
    supervisor = as_("supervisor")
    supervisor.post("/admin/blanks/closure/add/", {"day": "2026-12-24", "why": "Cuti bersama"})
    assert str(Closure.objects.get()) == "2026-12-24: Cuti bersama"


@pytest.mark.parametrize("role", ["operator", "kecamatan", "auditor"])
def test_nobody_else_plans(role: str) -> None:
    assert as_(role).post(ADD, plan()).status_code == 403
