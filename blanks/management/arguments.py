"""What the commands of this room are told, read the same way."""

from django.core.management.base import CommandError

MOST = 1_000_000_000


def whole_number(text: object, name: str) -> int:
    """A number from 1 on; anything else is wrong usage."""
    word = str(text).strip()
    number = int(word) if word.isascii() and word.isdigit() and len(word) <= 12 else 0
    if not 0 < number <= MOST:
        raise CommandError(f"{name} harus bilangan bulat dari 1 sampai {MOST}.", returncode=2)
    return number
