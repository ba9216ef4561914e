"""Attempts as the phone's script and the plain forms say them. One that makes no sense never spoils the others."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone

from ..actions.attempt import AT_ONCE, Said, Unreadable
from ..models import Outcome, Recipient

LONGEST_NAME, LONGEST_NOTE, LONGEST_RAW = 100, 300, 2000
YEARS = range(1900, 2200)


class BadSending(ValueError):
    """The whole body is no sending: nothing in it can be answered."""


class Sending(NamedTuple):
    """What a phone sent: its clock, its attempts, and ids that are none."""

    sent_at: datetime
    said: list[Said | Unreadable]
    nameless: list[str]


def sending(body: bytes) -> Sending:
    """A signed body as JSON, or BadSending."""
    told = json_object(body)
    listed = told.get("attempts", [])
    if not isinstance(listed, list) or len(listed) > AT_ONCE:
        raise BadSending
    said: dict[UUID, Said | Unreadable] = {}
    nameless = []
    for one in listed:
        uid = _uid(one.get("id") if isinstance(one, dict) else None)
        if uid is None:
            nameless.append(str(one.get("id") if isinstance(one, dict) else "")[:50])
        elif uid not in said:
            said[uid] = _one(uid, one)
    return Sending(_time(told.get("now")) or timezone.now(), list(said.values()), nameless)


def json_object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadSending from error
    if not isinstance(told, dict):
        raise BadSending
    return told


def form(post: Mapping[str, str], taken: list[str], *, place: int, delivered: bool) -> Said | Unreadable:
    """One attempt of a plain form; Unreadable where something is missing."""
    uid = _uid(post.get("id"))
    told = {
        "card": place,
        "at": timezone.now().isoformat(),
        "outcome": "delivered" if delivered else post.get("hasil", ""),
        "to": post.get("kepada", "") if delivered else "",
        "name": post.get("nama", ""),
        "took": taken,
        "ok": "cocok" in post,
        "note": post.get("catatan", ""),
    }
    return _one(uid, told) if uid else Unreadable(UUID(int=0), "")


def _one(uid: UUID, told: dict[str, Any]) -> Said | Unreadable:
    at, outcome, to = _time(told.get("at")), told.get("outcome"), told.get("to") or ""
    place, took = told.get("card"), told.get("took") or []
    name, note = _text(told.get("name"), LONGEST_NAME), _text(told.get("note"), LONGEST_NOTE)
    fits = (
        at is not None
        and outcome in Outcome.values
        and (to in Recipient.values if outcome == Outcome.DELIVERED else to == "")
        and isinstance(place, int)
        and not isinstance(place, bool)
        and 0 < place < 1 << 63
        and isinstance(took, list)
        and (to != Recipient.FAMILY or bool(name))
    )
    if not fits or at is None or outcome is None:
        return Unreadable(uid, json.dumps(told, ensure_ascii=False, default=str)[:LONGEST_RAW])
    return Said(
        uid=uid,
        place=place,
        outcome=outcome,
        at=at,
        recipient=to,
        recipient_name=name if to == Recipient.FAMILY else "",
        took_old_card="ktp" in took,
        took_suket="suket" in took,
        took_police_letter="surat" in took,
        data_confirmed=told.get("ok") is True,
        note=note,
    )


def _uid(text: object) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _text(text: object, longest: int) -> str:
    return " ".join(text.replace("\0", " ").split())[:longest] if isinstance(text, str) else ""


def _time(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
        at = at.astimezone(UTC) if at and at.tzinfo else None
    except (ValueError, OverflowError):
        return None
    return at if at and at.year in YEARS else None
