"""Status tokens: one AES block over the card's id and the version of its link, in a key of their own.

Nothing is stored per card: a card has one address until staff raise its version. The key survives the
rotation of all other keys; only its seal is renewed (`reseal`).
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache
from struct import Struct
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.db import DEFAULT_DB_ALIAS, connections

from .sealing import seal, unseal

KEY_NAME = "status-token"
_FIELD = b"secret:status-token"
_BLOCK = Struct(">QH6s")
_CHECK = bytes(6)
_LENGTH = 22


class Link(NamedTuple):
    """What a status token says: which card, and which version of its link."""

    card_id: int
    version: int


class NoKey(Exception):
    """The key of the status links is missing: set EKTP_SEAL_KEYS and run `tokens.make_key()` once."""


NOWHERE = Link(0, 0)
"""No card has this link: what a malformed token stands for."""


def token(card_id: int, version: int) -> str:
    """The 22 characters of a card's public address."""
    block = _cipher().encryptor().update(_BLOCK.pack(card_id, version, _CHECK))
    return urlsafe_b64encode(block)[:_LENGTH].decode()


def read(text: str) -> Link:
    """The link a token stands for; NOWHERE for one that we never gave out."""
    if len(text) != _LENGTH or not text.isascii():
        return NOWHERE
    try:
        block = urlsafe_b64decode(text + "==")
    except ValueError:
        return NOWHERE
    # the last character carries two spare bits: only one spelling of an address is ours
    if len(block) != _BLOCK.size or urlsafe_b64encode(block)[:_LENGTH] != text.encode():
        return NOWHERE
    card_id, version, check = _BLOCK.unpack(_cipher().decryptor().update(block))
    return Link(card_id, version) if check == _CHECK and card_id < 1 << 63 and version < 1 << 15 else NOWHERE


def forget() -> None:
    """Read the key anew at the next use, in this process."""
    _cipher.cache_clear()


def make_key(using: str = DEFAULT_DB_ALIAS) -> None:
    """Make the key, if there is none; migrations do. Of two processes at once, one wins and both use it."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "INSERT INTO tracking_secret (name, sealed) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [KEY_NAME, seal(secrets.token_bytes(32), _FIELD)],
        )


def reseal(using: str = DEFAULT_DB_ALIAS) -> None:
    """Seal the key under the newest seal key; part of the rotation of seal keys."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "UPDATE tracking_secret SET sealed = %s WHERE name = %s", [seal(_key(using), _FIELD), KEY_NAME]
        )


@cache
def _cipher() -> Cipher[modes.ECB]:
    return Cipher(algorithms.AES(_key(DEFAULT_DB_ALIAS)), modes.ECB())  # noqa: S305 one block


def _key(using: str) -> bytes:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT sealed FROM tracking_secret WHERE name = %s", [KEY_NAME])
        row = cursor.fetchone()
    if row is None:
        raise NoKey
    return unseal(row[0], _FIELD)
