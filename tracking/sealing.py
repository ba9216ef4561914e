"""What of a citizen is sealed, and keyed digests that notice changes; the sealing itself is every room's."""

from functools import cache
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed

from staff.sealing import OVERHEAD, CannotUnseal, is_sealed_with_newest, seal, sealer, unseal

__all__ = [
    "ADDRESS",
    "OVERHEAD",
    "PHONE",
    "CannotUnseal",
    "digest64",
    "digester",
    "is_sealed_with_newest",
    "seal",
    "sealer",
    "unseal",
]

ADDRESS, PHONE = b"address", b"phone"
"""Fields of a citizen beside the NIK."""


def digest64(*parts: bytes) -> int:
    """A keyed 64-bit digest of the parts, signed as PostgreSQL's bigint, to notice changes.

    Its key follows the oldest index key: a new key put first changes no digest.
    """
    digest = digester().copy()
    for part in parts:
        digest.update(len(part).to_bytes(4, "big"))
        digest.update(part)
    return int.from_bytes(digest.digest(), "big", signed=True)


@cache
def digester() -> Any:
    """The keyed hash behind digest64, to copy."""
    key = blake2b(settings.EKTP_INDEX_KEYS[-1], digest_size=32, person=b"ektp digest").digest()
    return blake2b(key=key, digest_size=8)


def _forget_key(*, setting: str, **kwargs: object) -> None:
    if setting == "EKTP_INDEX_KEYS":
        digester.cache_clear()


setting_changed.connect(_forget_key)
