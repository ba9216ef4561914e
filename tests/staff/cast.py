"""The staff of the tests, one for each role, and invented cards for them to work on."""

from itertools import count
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from staff.models import User
from tests import builders
from tracking import nik, sealing
from tracking.actor import acting
from tracking.models import Card, Citizen, Kelurahan

OWN, OTHER = 4, 7  # the officer's kecamatan, and one that is not
PASSWORD = "sandi-untuk-uji-2017"
NIKS = (f"327501{day:02}0590{serial:04}" for serial in range(1, 100) for day in range(1, 29))
BACKEND = "django.contrib.auth.backends.ModelBackend"
_serial = count(1)


def staff(role: str, *, kecamatan: int | None = None, **fields: Any) -> User:
    """Somebody with this role; an officer is of kecamatan OWN unless told."""
    if role == "kecamatan" and kecamatan is None:
        kecamatan = OWN
    name = f"{role}-{next(_serial)}"
    user = User.objects.create_user(name, None, PASSWORD, is_staff=True, kecamatan_id=kecamatan, **fields)
    user.groups.set(Group.objects.filter(name=role))
    return user


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def as_(role: str, **fields: Any) -> Client:
    return logged_in(staff(role, **fields))


def a_card(
    *stages: str, kecamatan: int = OWN, name: str = "BUDI SANTOSO", kind: str = "BARU", number: str = ""
) -> Card:
    """A card that has gone through these stages, settled as if committed."""
    number = number or next(NIKS)
    now = timezone.now()
    with acting(by="source:siak", source="siak-harian"):
        citizen = Citizen.objects.create(
            nik_index=nik.indexes(number)[0],
            nik_sealed=nik.seal(number),
            name=name,
            kelurahan=Kelurahan.objects.filter(kecamatan_id=kecamatan)[0],
            recorded_at=now,
            address_sealed=sealing.seal(b"Jl. Melati 12", b"address"),
        )
        first, *rest = stages or ("RECORDED",)
        card = Card.objects.create(
            citizen=citizen, kind=kind, stage=first, requested_at=now, kecamatan_id=kecamatan
        )
    builders.settle()
    for stage in rest:
        builders.step(card, stage, by="source:siak", code="DUPLICATE_RECORD" if stage == "HELD" else None)
    card.refresh_from_db()
    return card


def page_of(card: Card) -> str:
    return f"/admin/tracking/card/{card.pk}/change/"


def deed(card: Card, verb: str) -> str:
    return f"/admin/tracking/card/{card.pk}/tindakan/{verb}/"
