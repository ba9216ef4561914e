"""The ways out: e-mail (EMAIL_URL), text messages by a gateway (NOTIFY_URL), and signed webhooks.

A webhook's address carries its secret as the password: `https://:secret@host/path`. Requests are signed as
Standard Webhooks say (https://www.standardwebhooks.com): HMAC-SHA-256 over "id.timestamp.body".
"""

import base64
import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit, urlunsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

TIMEOUT = 10  # seconds


class NotSent(Exception):
    """It did not go out; the text says why and names no receiver."""


class Outgoing(Protocol):
    """Something that can go out, under the id of its message."""

    @property
    def repeatable(self) -> bool:
        """Whether the receiver knows a repetition by its id, so that sending again does no harm."""

    def send(self, message_id: str) -> None:
        """Raises NotSent."""


@dataclass(frozen=True)
class Mail:
    """An e-mail to one address."""

    to: str
    subject: str
    text: str
    repeatable: bool = field(default=False, init=False)

    def send(self, message_id: str) -> None:
        host = urlsplit(settings.SITE_URL).hostname or "localhost"
        mail = EmailMessage(
            self.subject,
            self.text,
            to=[self.to],
            headers={"Message-ID": f"<{message_id}@{host}>"},
            connection=get_connection(timeout=TIMEOUT),
        )
        try:
            mail.send()
        except Exception as error:
            # what a mail server answers may repeat the address
            raise NotSent(type(error).__name__) from None


@dataclass(frozen=True)
class Webhook:
    """A JSON document by POST, signed with the address's secret."""

    address: str
    body: dict[str, Any]
    repeatable: bool = field(default=True, init=False)

    def send(self, message_id: str) -> None:
        address, secret = _without_secret(self.address)
        body = json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()
        now = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "ektp-bekasi",
            "webhook-id": message_id,
            "webhook-timestamp": now,
            "webhook-signature": signature(secret, message_id, now, body),
        }
        request = urllib.request.Request(address, body, headers, method="POST")  # noqa: S310 -- http(s) alone
        try:
            _opener.open(request, timeout=TIMEOUT).close()
        except urllib.error.HTTPError as error:
            error.close()
            raise NotSent(f"HTTP {error.code}") from None
        except (OSError, ValueError) as error:
            raise NotSent(type(getattr(error, "reason", error)).__name__) from None


def text_message(phone: str, text: str) -> Outgoing | None:
    """A text message (SMS or WhatsApp) by the city's gateway; None: there is no gateway."""
    if not settings.NOTIFY_URL:
        return None
    return Webhook(settings.NOTIFY_URL, {"type": "text", "to": phone, "text": text})


def signature(secret: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """What the header `webhook-signature` says."""
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def _without_secret(address: str) -> tuple[str, bytes]:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https"):
        raise NotSent("ValueError")
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return bare, unquote(parts.password or "").encode()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A receiver that sends us elsewhere gets nothing: the address is what the city has set."""

    def redirect_request(self, *args: Any, **options: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)
