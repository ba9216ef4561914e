"""Puts every look at a person's record on record, before it is shown."""

from collections.abc import Iterable

from .models import AccessLog, User

Action = AccessLog.Action


def looked(
    by: User, action: AccessLog.Action, card_ids: Iterable[int], *, source: str, reason: str = ""
) -> AccessLog:
    """Record that `by` sees these cards on the page called `source`."""
    return AccessLog.objects.create(
        user_id=by.pk,
        username=by.username,
        office=by.office,
        action=action,
        card_ids=list(card_ids),
        reason=reason,
        source=source,
    )


def looks_at(card_id: int, limit: int = 50) -> list[AccessLog]:
    """Who looked at this card, newest first."""
    return list(AccessLog.objects.filter(card_ids__contains=[card_id]).order_by("-id")[:limit])
