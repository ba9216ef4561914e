"""The change feed: steps of cards by their number, none skipped and none twice, whoever commits late.

Numbers of events are given out before their transactions commit. So a mark keeps how far numbers had been given out and
by when; once all transactions of that time are over, the events up to it are complete, are listed, and may be read.
"""

from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse

from tracking import codes

from ..models import Change, ChangeMark, Token
from ..tokens import valid
from .problems import Kind, Problem

MOST = 1_000
_STRETCH = 20_000  # numbers listed at once: a request does not list a city's whole past
_HERE = Path(__file__).parent / "sql"
MARK, SETTLED, LIST, PAGE, PAGE_OF_CITY = (
    (_HERE / f"{name}.sql").read_text() for name in ("mark", "settled", "list", "page", "page_of_city")
)


def page(request: HttpRequest, after: int, limit: int) -> JsonResponse:
    """The changes after a cursor, of the token's kecamatan, and the cursor to go on with."""
    token: Token = request.auth  # type: ignore[attr-defined]
    if not token.may_read_changes:
        raise Problem(Kind.CHANGES_NOT_ALLOWED)
    settled, is_all = advance()
    rows = read(token.kecamatan_id, after, limit)
    is_full = len(rows) == limit
    said = {
        "changes": [
            {"card": codes.encode(card), "stage": stage, "since": since.isoformat(), "at": at.isoformat()}
            for _number, card, stage, since, at in rows
        ],
        "next": rows[-1][0] if is_full else max(after, settled),
        "more": is_full or not is_all,
    }
    response = JsonResponse(said)
    response.headers["Cache-Control"] = "no-store"
    return response


def read(kecamatan: int | None, after: int, limit: int) -> list[tuple[Any, ...]]:
    """Number, card, stage, since and at of listed changes after a number."""
    asked = {"kecamatan": kecamatan, "after": after, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(PAGE_OF_CITY if kecamatan is None else PAGE, asked)
        return list(cursor.fetchall())


def advance() -> tuple[int, bool]:
    """List what is settled by now, or a stretch of it: how far it goes, and whether that is all that is settled."""
    _mark()
    with transaction.atomic(), connection.cursor() as cursor:
        ChangeMark.objects.get_or_create(settled=True, defaults={"event_id": 0, "xid": 0})
        mark = ChangeMark.objects.select_for_update().get(settled=True)
        # a statement of its own: what is over now was not when we began to wait for the mark
        cursor.execute(SETTLED)
        after, target = mark.event_id, cursor.fetchone()[0] or 0
        until = min(target, after + _STRETCH)
        if until <= after:
            return after, True
        cursor.execute(LIST, {"after": after, "until": until})
        ChangeMark.objects.filter(settled=False, event_id__lte=until).delete()
        ChangeMark.objects.filter(settled=True).update(event_id=until)
    return until, until == target


def keep_up() -> None:
    """Called by the worker, so that whoever reads finds it listed; while nobody may read, nothing is."""
    if not Token.objects.filter(valid(), may_read_changes=True).exists():
        return
    is_all = False
    while not is_all:
        _until, is_all = advance()


def _mark() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(pg_sequence_last_value('tracking_event_id'), 0)")
        (high,) = cursor.fetchone()
        if not ChangeMark.objects.filter(event_id__gte=high).exists():
            cursor.execute(MARK, {"high": high})


__all__ = ["Change", "advance", "keep_up", "page", "read"]
