"""One log-in per role for the demo. Invented people; the same passwords as long as the demo's keys live."""

import hashlib
import hmac
from base64 import b32encode
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import Group

from .models import User
from .roles import Role

PEOPLE = {
    Role.OPERATOR: ("Wulan", "Anggraini", "Operator", None),
    Role.SUPERVISOR: ("Bagus", "Prakoso", "Kepala Seksi Identitas Penduduk", None),
    Role.KECAMATAN: ("Tuti", "Handayani", "Staf pelayanan kecamatan", 4),
    Role.AUDITOR: ("Rahmat", "Siregar", "Inspektorat", None),
}


class Login(NamedTuple):
    """What `make run` prints."""

    role: str
    username: str
    password: str


def logins() -> list[Login]:
    """Make the demo's accounts where they are missing, and say how to log in as each role."""
    if not settings.DEMO:
        raise RuntimeError("Demo log-ins exist in the demo alone (DEMO=1).")
    return [_login(role) for role in Role]


def _login(role: Role) -> Login:
    first, last, position, kecamatan = PEOPLE[role]
    password = _password(role)
    user, made = User.objects.get_or_create(
        username=str(role),
        defaults={"first_name": first, "last_name": last, "position": position, "kecamatan_id": kecamatan},
    )
    if made or not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    user.groups.set(Group.objects.filter(name=role))
    return Login(str(role.label), user.username, password)


def _password(role: Role) -> str:
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"demo {role}".encode(), hashlib.sha256)
    return b32encode(digest)[:12].decode().lower()
