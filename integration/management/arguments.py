"""What the commands of this room are told, read the same way."""

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.validators import validate_slug

from ..models import Source


def slug_of(text: str) -> str:
    """The code of a source; what can be none is wrong usage."""
    try:
        validate_slug(text)
        Source._meta.get_field("slug").run_validators(text)
    except ValidationError:
        raise CommandError(
            f"Kode sumber '{text}' hanya boleh huruf, angka, '-' dan '_', paling panjang 60.", returncode=2
        ) from None
    return text
