"""Who may do what: groups made by migration, rights set after it."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from staff.models import User
from staff.roles import Role

from .cast import PASSWORD, staff

pytestmark = pytest.mark.django_db


def test_there_is_a_group_for_each_role() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == set(Role.values)


def test_no_role_may_delete_anything() -> None:
    assert not Permission.objects.filter(group__isnull=False, codename__startswith="delete").exists()


def test_an_auditor_changes_nothing() -> None:
    rights = Permission.objects.filter(group__name="auditor").values_list("codename", flat=True)
    assert rights
    assert all(right.startswith("view_") for right in rights)


def test_only_an_auditor_reads_the_access_log() -> None:
    assert list(Group.objects.filter(permissions__codename="view_accesslog")) == [
        Group.objects.get(name="auditor")
    ]


@pytest.mark.parametrize("right", ["correct_card", "change_block", "add_user", "add_letterrule"])
def test_only_a_supervisor_corrects_lifts_and_opens_accounts(right: str) -> None:
    groups = Group.objects.filter(permissions__codename=right).values_list("name", flat=True)
    assert list(groups) == ["supervisor"]


def test_the_first_account_of_an_installation_is_a_supervisor() -> None:
    user = User.objects.create_superuser("first", None, PASSWORD)
    assert user.is_supervisor
    assert not user.is_superuser


def test_nobody_stands_above_the_roles() -> None:
    user = staff("operator")
    with pytest.raises(IntegrityError, match="nobody_above_roles"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_superuser=True)


@pytest.mark.parametrize(
    "sql", ["DELETE FROM staff_user", "UPDATE auth_group SET name = 'x'", "TRUNCATE staff_user"]
)
def test_the_site_can_neither_delete_accounts_nor_change_groups(sql: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(sql)
