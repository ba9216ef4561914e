"""Who must have a second step: the roles in STAFF_TWO_FACTOR."""

from django.conf import settings

from ..models import User


def must(user: User) -> bool:
    """Whether one of the person's roles asks for it."""
    return not user.roles.isdisjoint(settings.STAFF_TWO_FACTOR)
