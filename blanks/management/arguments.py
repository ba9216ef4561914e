"""What the commands of this room are told, read the same way."""

from django.core.management.base import CommandError

from staff.typed import number_in

MOST = 1_000_000_000


def whole_number(text: object, name: str) -> int:
    """A number from 1 on; anything else is wrong usage."""
    number = number_in(str(text).strip(), 12) or 0
    if not 0 < number <= MOST:
        raise CommandError(f"{name} harus bilangan bulat dari 1 sampai {MOST}.", returncode=2)
    return number
