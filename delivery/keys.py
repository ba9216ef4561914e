"""The secrets of a round's link: its address, its PIN, and the key with which the phone signs what it sends.

Nothing of them is stored in the clear. The address is a hash; the PIN is a hash under the round's key, and the
round's key is sealed: a stolen dump opens no link, although a PIN has six digits only.
"""

import hmac
import secrets
from typing import NamedTuple

from tracking import once
from tracking.sealing import seal, unseal

COURIER, ROUND_KEY, RECIPIENT, NOTE, RAW = (
    b"courier",
    b"round-key",
    b"recipient",
    b"attempt-note",
    b"attempt-raw",
)
"""Fields that this room seals."""
SEALED = {
    "delivery_courier": {"name_sealed": COURIER, "phone_sealed": COURIER},
    "delivery_link": {"key_sealed": ROUND_KEY},
    "delivery_attempt": {"recipient_sealed": RECIPIENT, "note_sealed": NOTE},
    "delivery_collection": {"name_sealed": RECIPIENT},
    "delivery_review": {"raw_sealed": RAW},
}
"""Where they are, for the day on which the keys change."""
DIGITS = 6


class Secrets(NamedTuple):
    """What is shown once, and what is stored of it."""

    token: str
    pin: str
    token_hash: bytes
    pin_hash: bytes
    key_sealed: bytes


def draw() -> Secrets:
    """A new link's secrets, by chance."""
    token, key = once.draw(), secrets.token_bytes(32)
    pin = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    return Secrets(token, pin, once.hash_of(token), pin_hash(key, pin), seal(key, ROUND_KEY))


def opened(key_sealed: bytes | memoryview) -> bytes:
    """The round's key."""
    return unseal(key_sealed, ROUND_KEY)


def pin_hash(key: bytes, pin: str) -> bytes:
    return hmac.digest(key, b"pin:" + pin.encode(), "sha256")


def signing_key(key: bytes) -> bytes:
    """What the phone gets after the right PIN; says nothing about the PIN."""
    return hmac.digest(key, b"sign", "sha256")


def is_signed(key: bytes, body: bytes, signature: str) -> bool:
    """Whether somebody who has the phone's key sent this body; the signature is in hex."""
    expected = hmac.new(signing_key(key), body, "sha256").hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))


def seal_text(text: str, field: bytes) -> bytes | None:
    """An empty text is no text."""
    return seal(text.encode(), field) if text else None


def unseal_text(blob: bytes | memoryview | None, field: bytes) -> str:
    return unseal(blob, field).decode() if blob is not None else ""
