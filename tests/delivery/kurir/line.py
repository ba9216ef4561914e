"""What a phone's script sends, from Python: signed, and again until it is answered."""

import hmac
import json
import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

from django.utils import timezone

from delivery import keys
from delivery.actions.round import Opening
from delivery.models import Link


class Phone(NamedTuple):
    """One courier's link and the key that the phone got for the PIN."""

    token: str
    key: bytes

    @classmethod
    def of(cls, opening: Opening) -> "Phone":
        link = Link.objects.get(pk=opening.link.pk)
        return cls(opening.token, keys.signing_key(keys.opened(link.key_sealed or b"")))

    def send(self, site: str, attempts: Sequence[dict[str, Any]], *, timeout: float = 60) -> dict[str, Any]:
        body = json.dumps({"now": timezone.now().isoformat(), "attempts": attempts}).encode()
        mark = hmac.new(self.key, body, "sha256").hexdigest()
        asked = Request(
            f"{site}/kurir/{self.token}/kirim",
            body,
            {"Content-Type": "application/json", "X-Tanda-Tangan": mark},
        )
        with urlopen(asked, timeout=timeout) as answer:
            told: dict[str, Any] = json.load(answer)
            return told


def an_attempt(place: int, outcome: str = "delivered") -> dict[str, Any]:
    to = "holder" if outcome == "delivered" else ""
    at = timezone.now().isoformat()
    return {"id": str(uuid.uuid4()), "card": place, "outcome": outcome, "to": to, "ok": True, "at": at}
