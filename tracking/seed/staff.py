"""The members of staff whose hands the invented history passed through."""

from django.contrib.auth.models import Group

from staff.demo import PEOPLE
from staff.models import User
from staff.roles import Role

from ..models import Kecamatan

_OFFICERS = [
    ("Lilis", "Suryani"), ("Asep", "Permana"), ("Yanti", "Lestari"), ("Dedi", "Mulyana"), ("Euis", "Rahayu"),
    ("Hendra", "Gunawan"), ("Nurul", "Hasanah"), ("Wawan", "Saputra"), ("Ratna", "Utami"), ("Imam", "Hakim"),
    ("Susi", "Astuti"), ("Oki", "Siregar"),
]  # fmt: skip


def actors() -> dict[str, str]:
    """Who each `by` of a life is: the demo's own accounts, and an officer in every kecamatan.

    Accounts that are missing are made without a password: the demo gives its own to those it prints.
    """
    found = {str(role): _account(str(role), role, *PEOPLE[role]) for role in Role}
    officer_of = {found[Role.KECAMATAN].kecamatan_id: found[Role.KECAMATAN]}
    for place, (first, last) in zip(Kecamatan.objects.all(), _OFFICERS, strict=True):
        position = PEOPLE[Role.KECAMATAN][2]
        officer = officer_of.get(place.id) or _account(
            f"petugas-{place.slug}", Role.KECAMATAN, first, last, position, place.id
        )
        found[f"kecamatan {place.id}"] = officer
    return {name: user.actor for name, user in found.items()}


def _account(username: str, role: Role, first: str, last: str, position: str, kecamatan: int | None) -> User:
    user, made = User.objects.get_or_create(
        username=username,
        defaults={"first_name": first, "last_name": last, "position": position, "kecamatan_id": kecamatan},
    )
    if made:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        user.groups.set(Group.objects.filter(name=role))
    return user
