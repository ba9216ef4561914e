"""While the whole city asks too much, an answer is given later: after 30 seconds, or at once for a proof of work.

The look-up itself is done and paid for; what waits is a sealed token that says what was found and from when it opens.
Nothing is stored. The proof of work (ALTCHA, PBKDF2) keeps a cheap phone busy for a second or so.
"""

import hashlib
import json
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass
from typing import Any

import altcha
from django.conf import settings

from . import sealing

WAIT = 30
"""Seconds that the page waits without a proof of work."""
OPENS_FOR = 600  # seconds after which the token is dead
COST = 1000  # rounds of PBKDF2 a try
FEWEST, MOST = 60, 240  # tries
LONGEST_TOKEN = 400
_FIELD = b"delayed answer"


@dataclass(frozen=True)
class Delayed:
    """What a look-up found (0: nothing), and from when it may be told."""

    card_id: int
    version: int
    data_at: float
    opens_at: float

    @property
    def seconds(self) -> int:
        """Until it opens."""
        return max(0, int(self.opens_at - time.time() + 0.999))


def token(card_id: int | None, version: int | None, data_at: float) -> str:
    """For what was found just now."""
    delayed = Delayed(card_id or 0, version or 0, data_at, time.time() + WAIT)
    # one length for all, so that it does not tell a card from none
    text = json.dumps(asdict(delayed)).ljust(160).encode()
    return urlsafe_b64encode(sealing.seal(text, _FIELD)).decode().rstrip("=")


def read(text: str) -> Delayed:
    """What a token holds; LookupError for one that is dead or was never given out."""
    if len(text) > LONGEST_TOKEN or not text.isascii():
        raise LookupError
    try:
        delayed = Delayed(
            **json.loads(sealing.unseal(urlsafe_b64decode(text + "=" * (-len(text) % 4)), _FIELD))
        )
    except (ValueError, sealing.CannotUnseal):
        raise LookupError from None
    if time.time() > delayed.opens_at + OPENS_FOR:
        raise LookupError
    return delayed


def challenge(text: str) -> str:
    """The work that opens this token at once, as JSON for the page's script."""
    made = altcha.create_challenge(
        "PBKDF2/SHA-256",
        COST,
        counter=FEWEST + secrets.randbelow(MOST - FEWEST),
        expires_at=int(time.time()) + OPENS_FOR,
        data={"for": _name(text)},
        hmac_secret=_secret(),
        hmac_key_secret=_secret(),
    )
    return json.dumps(made.to_dict())


def is_proven(text: str, payload: str) -> bool:
    """Whether this work was done, for this token."""
    if (
        len(payload) > 4000
        or not altcha.verify_solution(payload, _secret(), hmac_key_secret=_secret()).verified
    ):
        return False
    done: dict[str, Any] = json.loads(urlsafe_b64decode(payload.replace("+", "-").replace("/", "_")))
    return bool(done["challenge"]["parameters"].get("data") == {"for": _name(text)})


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _secret() -> bytes:
    return hashlib.sha256(b"proof of work" + settings.SECRET_KEY.encode()).digest()
