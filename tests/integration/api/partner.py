"""A partner of the tests: a token, and what is sent with it."""

import gzip
import json
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

from integration import tokens
from integration.models import Source, Token
from tests.builders import settle
from tests.integration.feeds import as_csv
from tracking.models import Kecamatan

BATCHES = "/api/v1/batches"
_keys = count(1)


class Partner:
    """Sends through Django's test client."""

    def __init__(self, token: Token, words: str) -> None:
        self.token, self.words, self.client = token, words, Client(raise_request_exception=False)

    @classmethod
    def made(cls, slug: str = "siak", kecamatan: int | None = None, **fields: Any) -> "Partner":
        source, _ = Source.objects.get_or_create(slug=slug)
        place = Kecamatan.objects.get(pk=kecamatan) if kecamatan else None
        return cls(*tokens.issue(source, by="test", kecamatan=place, **fields))

    @staticmethod
    def folder() -> Path:
        """Where bodies wait for the worker."""
        return Path(settings.MEDIA_ROOT)

    def send(self, *rows: dict[str, str], key: str = "", **options: Any) -> Any:
        """These rows as CSV."""
        return self.send_body(as_csv(*rows).encode(), key=key, **options)

    def send_lines(self, *rows: dict[str, Any], **options: Any) -> Any:
        """These rows as NDJSON."""
        text = "".join(json.dumps(row) + "\n" for row in rows)
        return self.send_body(text.encode(), media_type="application/x-ndjson", **options)

    def send_body(
        self,
        body: bytes,
        *,
        key: str = "",
        media_type: str = "text/csv",
        packed: bool = False,
        **headers: str,
    ) -> Any:
        key = key or f"test-{next(_keys)}"
        if packed:
            body, headers = gzip.compress(body), {"content-encoding": "gzip"} | headers
        headers = {"authorization": f"Bearer {self.words}", "idempotency-key": key} | headers
        answer = self.client.post(
            BATCHES, body, content_type=media_type, headers=headers, CONTENT_TYPE=media_type
        )
        settle()
        return answer

    def get(self, address: str, **headers: str) -> Any:
        return self.client.get(address, headers={"authorization": f"Bearer {self.words}"} | headers)


def code(answer: Any) -> str:
    """The code of a refusal; every refusal says as what it comes and what to change."""
    assert answer["Content-Type"] == "application/problem+json", answer.content[:300]
    said = json.loads(answer.content)
    assert (said["status"], bool(said["detail"]), bool(said["title"])) == (answer.status_code, True, True)
    assert answer["Cache-Control"] == "no-store"
    found: str = said["code"]
    return found
