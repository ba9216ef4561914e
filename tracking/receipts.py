"""Tokens of receipts: 128 random bits on paper, their hash in the database."""

import hashlib
import secrets

from .models import Receipt

_BYTES = 16
_LENGTH = 22


def draw() -> str:
    """A new token, to be shown once."""
    return secrets.token_urlsafe(_BYTES)


def hash_of(token: str) -> bytes:
    """What is kept of a token; it is random, so it needs no key."""
    return hashlib.sha256(token.encode()).digest()


def read(token: str) -> Receipt:
    """The receipt in force that a token opens; LookupError for any other."""
    if len(token) != _LENGTH or not token.isascii():
        raise LookupError
    receipt = Receipt.objects.filter(token_hash=hash_of(token), ended_at__isnull=True).first()
    if receipt is None:
        raise LookupError
    return receipt
