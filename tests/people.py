"""The cast: invented people who play in all tests. NIKs are valid in form and belong to nobody."""

from typing import Any

from django.contrib.auth.models import Group

from staff.models import User
from staff.roles import Role

SITI, BUDI, DEWI = "3275014107900001", "3275010203850002", "3275024512950003"
"""Siti waits for her first card, Budi has lost his, Dewi has moved house."""


def supervisor(username: str = "ratna") -> User:
    return _account(username, Role.SUPERVISOR)


def operator(username: str = "joko") -> User:
    return _account(username, Role.OPERATOR)


def officer(kecamatan: int = 1, username: str = "") -> User:
    """Works at the counter of one kecamatan."""
    return _account(username or f"petugas-{kecamatan}", Role.KECAMATAN, kecamatan_id=kecamatan)


def auditor(username: str = "wulan") -> User:
    return _account(username, Role.AUDITOR)


def _account(username: str, role: Role, **fields: Any) -> User:
    user = User.objects.create_user(username=username, password="rahasia-sekali-123", is_staff=True, **fields)
    user.groups.add(Group.objects.get(name=role))
    return user
