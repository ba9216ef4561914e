"""The codes themselves: those of an app (TOTP, RFC 6238: six digits, half a minute each) and those on paper."""

import base64
import hashlib
import os
import secrets
import time
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

ISSUER = "e-KTP Bekasi"
DIGITS = 6
SECONDS = 30
DRIFT = (0, -1, 1)
"""A phone's clock may be half a minute wrong."""
SECRET_BYTES = 20
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""No two of them are taken for each other on paper."""
_GROUPS, _GROUP = 4, 4
# 31 letters, 16 of them: 79 bits, so a hash alone gives none of them back


def new_secret() -> bytes:
    """What a phone and we share from now on."""
    return os.urandom(SECRET_BYTES)


def uri(secret: bytes, account: str) -> str:
    """What the QR code says to an app."""
    label = quote(f"{ISSUER}:{account}")
    said = {"secret": spelt(secret), "issuer": ISSUER, "digits": DIGITS, "period": SECONDS}
    return f"otpauth://totp/{label}?{urlencode(said, quote_via=quote)}"


def spelt(secret: bytes) -> str:
    """The same to type: base32 without its filling."""
    return base64.b32encode(secret).decode().rstrip("=")


def step_of(secret: bytes, typed: str, at: float | None = None) -> int | None:
    """The half minute whose code this is, now or right beside now; None: the code of none of them."""
    code = _bare(typed)
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    now = int((time.time() if at is None else at) // SECONDS)
    totp = TOTP(secret, DIGITS, SHA1(), SECONDS)  # noqa: S303 -- what all apps speak; an HMAC needs no more
    for step in (now + drift for drift in DRIFT):
        try:
            totp.verify(code.encode(), step * SECONDS)
        except InvalidToken:
            continue
        return step
    return None


def new_recovery_codes() -> list[str]:
    """Ten of them, to be shown once."""
    return ["-".join(_group() for _ in range(_GROUPS)) for _ in range(RECOVERY_CODES)]


def hash_of(typed: str) -> bytes:
    """What is kept of a code, however it was typed."""
    return hashlib.sha256(_bare(typed).lower().encode()).digest()


def _group() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_GROUP))


def _bare(typed: str) -> str:
    return "".join(typed.replace("-", "").split())
