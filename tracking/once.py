"""Secrets that are shown once, on paper or on a screen: drawn by chance, known again by their hash."""

import hashlib
import secrets

LENGTH = 22
"""Characters of one that was drawn: 128 random bits."""


def draw() -> str:
    """A new secret, fit for an address."""
    return secrets.token_urlsafe(16)


def hash_of(secret: str) -> bytes:
    """What is kept of a secret; it is random, so it needs no key."""
    return hashlib.sha256(secret.encode()).digest()
