"""How far each role sees."""

import pytest

from staff.scope import scope_of

from .cast import OWN, staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["operator", "supervisor", "auditor"])
def test_disdukcapil_and_auditors_see_the_whole_city(role: str) -> None:
    assert scope_of(staff(role)).whole_city


def test_an_officer_sees_the_own_kecamatan() -> None:
    assert scope_of(staff("kecamatan")).kecamatan == OWN


def test_an_officer_without_a_kecamatan_sees_nothing() -> None:
    assert scope_of(staff("kecamatan", kecamatan=0)).kecamatan == 0


def test_a_kecamatan_narrows_any_role() -> None:
    assert scope_of(staff("operator", kecamatan=3)).kecamatan == 3


def test_somebody_without_a_role_sees_nothing() -> None:
    assert scope_of(staff("nobody")).kecamatan == 0


def test_a_closed_account_sees_nothing() -> None:
    assert scope_of(staff("supervisor", is_active=False)).kecamatan == 0
