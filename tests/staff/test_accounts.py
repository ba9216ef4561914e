"""Accounts: opened and closed by a supervisor, one role each."""

import pytest

from staff.models import User

from .cast import as_, staff

pytestmark = pytest.mark.django_db
ADD = "/admin/staff/user/add/"
NEW = {
    "username": "baru",
    "password1": "kuda-laut-biru-9",
    "password2": "kuda-laut-biru-9",
    "role": "operator",
}


def test_a_supervisor_opens_an_account_with_one_role() -> None:
    assert as_("supervisor").post(ADD, NEW).status_code == 302
    assert User.objects.get(username="baru").roles == {"operator"}


@pytest.mark.parametrize("role", ["operator", "kecamatan", "auditor"])
def test_nobody_else_opens_accounts(role: str) -> None:
    assert as_(role).post(ADD, NEW).status_code == 403
    assert not User.objects.filter(username="baru").exists()


def test_an_officer_needs_a_kecamatan() -> None:
    page = as_("supervisor").post(ADD, NEW | {"role": "kecamatan"})
    assert "Pilih kecamatan petugas ini." in page.content.decode()


def test_only_an_officer_has_a_kecamatan() -> None:
    page = as_("supervisor").post(ADD, NEW | {"kecamatan_id": "4"})
    assert "Hanya petugas kecamatan punya kecamatan." in page.content.decode()


def test_an_account_changes_its_role_on_its_page() -> None:
    user = staff("operator")
    form = {"username": user.username, "role": "kecamatan", "kecamatan_id": "5", "is_active": "on"}
    assert as_("supervisor").post(f"/admin/staff/user/{user.pk}/change/", form).status_code == 302
    user = User.objects.get(pk=user.pk)
    assert (user.roles, user.kecamatan_id) == (frozenset({"kecamatan"}), 5)


def test_no_form_makes_somebody_above_the_roles() -> None:
    as_("supervisor").post(ADD, NEW | {"is_superuser": "on", "user_permissions": "1"})
    user = User.objects.get(username="baru")
    assert not user.is_superuser
    assert not user.user_permissions.exists()
