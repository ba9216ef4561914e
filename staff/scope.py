"""How far a person sees: the whole city, one kecamatan, or nothing. Every staff view starts from it."""

from dataclasses import dataclass

from .models import User
from .roles import Role


@dataclass(frozen=True)
class Scope:
    """`kecamatan` is None for the whole city, else the only one that is seen; 0 is none at all."""

    kecamatan: int | None

    @property
    def whole_city(self) -> bool:
        return self.kecamatan is None


NOTHING = Scope(kecamatan=0)


def scope_of(user: User) -> Scope:
    """An officer's kecamatan, the city for other roles, nothing for whoever lacks a role or a kecamatan."""
    if not user.is_active or not user.roles:
        return NOTHING
    if Role.KECAMATAN in user.roles or user.kecamatan_id is not None:
        return Scope(kecamatan=user.kecamatan_id or 0)
    return Scope(kecamatan=None)
