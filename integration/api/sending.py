"""POST /batches: from the headers to the answer. Nothing is read before the token and the headers are in order."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from ..models import Batch, Token
from . import answers, places
from .deliveries import Claim, Lost, claim
from .places import SOON
from .problems import Kind, Problem
from .receiving import MOST_BYTES, Body, receive
from .taking import take

FORMS = {"text/csv": Batch.Form.CSV, "application/x-ndjson": Batch.Form.NDJSON}
KEY = re.compile(r"[!-~]{1,255}")


def send(request: HttpRequest) -> HttpResponse:
    """Take in the body of a request, once for each key."""
    token: Token = request.auth  # type: ignore[attr-defined]
    words: str = request.words  # type: ignore[attr-defined]
    key, media_type = _key(request), _media_type(request)
    _refuse_encoding(request)
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > MOST_BYTES:
        raise Problem(Kind.TOO_BIG)
    # packed or not: such a body keeps a web worker for seconds
    is_large = not length.isdecimal() or int(length) > settings.SMALL_BODY
    with _claimed(token, words, key) as held, places.taken(is_large):
        return _sent(request, token, words, media_type, held)


@contextmanager
def _claimed(token: Token, words: str, key: str) -> Iterator[Claim]:
    held = claim(token, words, key)
    try:
        yield held
    except Lost:
        raise Problem(Kind.KEY_AT_WORK, retry_after=SOON) from None
    finally:
        held.release()


def _sent(request: HttpRequest, token: Token, words: str, media_type: str, held: Claim) -> HttpResponse:
    body = Body(words, media_type)
    alive = _alive(request, held)
    try:
        receive(request, body, keep=held.batch_id is None, alive=alive)
        if held.batch_id is not None:
            return _again(body, held.body, held.batch_id)
        batch = take(
            body,
            token=token,
            form=FORMS[media_type],
            claim=held,
            respond_async=_prefers_async(request),
            alive=alive,
        )
    finally:
        body.forget()
    return answers.outcome(batch)


def _again(body: Body, before: UUID | None, batch_id: int) -> HttpResponse:
    """The key was used before: the same answer for the same body, and none for another."""
    if body.hash != before:
        raise Problem(Kind.KEY_REUSED)
    batch = Batch.objects.select_related("source").get(pk=batch_id)
    return answers.outcome(batch, replayed=True)


def _alive(request: HttpRequest, held: Claim) -> Callable[[], None]:
    still_busy = request.META.get("ektp.still_busy", lambda: None)

    def alive() -> None:
        still_busy()
        held.alive()

    return alive


def _key(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key")
    if not key:
        raise Problem(Kind.KEY_MISSING)
    if not KEY.fullmatch(key):
        raise Problem(Kind.KEY_INVALID)
    return key


def _media_type(request: HttpRequest) -> str:
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type not in FORMS:
        raise Problem(Kind.MEDIA_TYPE)
    return media_type


def _refuse_encoding(request: HttpRequest) -> None:
    if request.headers.get("Content-Encoding", "").strip().lower() not in ("", "identity", "gzip"):
        raise Problem(Kind.ENCODING)


def _prefers_async(request: HttpRequest) -> bool:
    wanted = request.headers.get("Prefer", "").lower().replace(";", ",").split(",")
    return "respond-async" in {word.strip() for word in wanted}
