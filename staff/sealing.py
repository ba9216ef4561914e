"""Sealing of what a thief of the database must not read (AES-GCM), with keys that may change while the site runs.

A sealed value is: 1 byte that names the key, 12 bytes nonce, ciphertext and tag. Every field has a key of its
own, derived from the configured one, so a value sealed as an address never opens as a phone number.
"""

import os
from collections.abc import Callable
from functools import cache
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.signals import setting_changed

NONCE = 12
OVERHEAD = 1 + NONCE + 16
"""So much longer is a sealed value than what it seals."""
_NONCES_DRAWN = 512


class CannotUnseal(Exception):
    """This value was not sealed for this field with any of the keys in EKTP_SEAL_KEYS."""


def seal(plain: bytes, field: bytes) -> bytes:
    """Seal with the newest key."""
    return sealer(field)(plain)


def unseal(blob: bytes | memoryview, field: bytes) -> bytes:
    """Open with whichever key sealed it."""
    blob = bytes(blob)
    for name, aead in _keys(field):
        if blob[:1] == name:
            try:
                return aead.decrypt(blob[1 : 1 + NONCE], blob[1 + NONCE :], None)
            except (InvalidTag, ValueError):
                continue  # two keys may share their one-byte name
    raise CannotUnseal(field.decode())


def is_sealed_with_newest(blob: bytes | memoryview, field: bytes) -> bool:
    """Whether nothing is left to do for this value after a new key was put first."""
    return bytes(blob[:1]) == _keys(field)[0][0]


@cache
def sealer(field: bytes) -> Callable[[bytes], bytes]:
    """`seal` for one field, for loops over many rows."""
    name, aead = _keys(field)[0]
    encrypt, draw = aead.encrypt, _nonces.pop

    def seal_field(plain: bytes) -> bytes:
        try:
            nonce = draw()
        except IndexError:
            nonce = _draw_nonces()
        return name + nonce + encrypt(nonce, plain, None)

    return seal_field


@cache
def _keys(field: bytes) -> list[tuple[bytes, AESGCM]]:
    derived = [
        blake2b(field, key=key, digest_size=32, person=b"ektp seal").digest()
        for key in settings.EKTP_SEAL_KEYS
    ]
    return [(blake2b(key, digest_size=1, person=b"ektp key name").digest(), AESGCM(key)) for key in derived]


# Nonces are drawn many at a time. A forked process must not use its parent's: the same nonce twice under
# one key gives both values away.
_nonces: list[bytes] = []


def _draw_nonces() -> bytes:
    block = os.urandom(NONCE * _NONCES_DRAWN)
    drawn = [block[at : at + NONCE] for at in range(0, len(block), NONCE)]
    nonce = drawn.pop()
    _nonces.extend(drawn)
    return nonce


os.register_at_fork(after_in_child=_nonces.clear)


def _forget_keys(*, setting: str, **kwargs: object) -> None:
    if setting == "EKTP_SEAL_KEYS":
        for cached in (sealer, _keys):
            cached.cache_clear()


setting_changed.connect(_forget_keys)
