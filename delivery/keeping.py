"""Keeps house: lets go of couriers, their keys, and the names at the doors, when nobody may keep them any longer."""

from datetime import timedelta

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone

from tracking.actor import acting

from .actions import counter
from .actions.attempt import TAKEN_AFTER_THE_END
from .models import Courier, Link, Review, Round, RoundCard, Settled, State

COURIERS_KEPT = timedelta(days=7)
"""After a courier's last round."""
NAMES_KEPT = timedelta(days=90)
"""After the end of a card: who took it at the door, and what the courier noted."""
AT_ONCE = 500
_FORGET = """
    UPDATE delivery_attempt SET recipient_sealed = NULL, note_sealed = NULL
    WHERE id IN (
        SELECT a.id FROM delivery_attempt a
        LEFT JOIN delivery_roundcard r ON r.id = a.place_id LEFT JOIN tracking_card c ON c.id = r.card_id
        WHERE (a.recipient_sealed IS NOT NULL OR a.note_sealed IS NOT NULL) AND a.at < %(before)s
          AND (c.id IS NULL OR (c.closed AND c.since < %(before)s))
        ORDER BY a.id LIMIT %(most)s)
"""


def keep_house() -> None:
    """Called by the worker when it starts, and once a minute."""
    forget_couriers()
    forget_keys()
    forget_names()
    counter.forget_names()


def forget_couriers() -> int:
    """Erase name and phone of couriers whose last round was closed a week ago, or who never had one in a month."""
    now = timezone.now()
    rounds = Round.objects.filter(courier=OuterRef("pk"))
    busy = rounds.exclude(state=State.CLOSED) | rounds.filter(closed_at__gt=now - COURIERS_KEPT)
    holds = Round.objects.filter(taken_by=OuterRef("pk")).exclude(state=State.CLOSED)
    missing = RoundCard.objects.filter(round__taken_by=OuterRef("pk"), ended="")
    done = Courier.objects.filter(
        ~Exists(busy), ~Exists(holds), ~Exists(missing), erased_at__isnull=True, at__lt=now - COURIERS_KEPT
    )
    with acting(by="system:keeping", source="keeping"):
        return done.update(name_sealed=None, phone_sealed=None, erased_at=now)


def forget_keys() -> int:
    """The key of a dead link goes when nothing signed with it is taken any more."""
    old = Link.objects.filter(
        ended_at__lt=timezone.now() - TAKEN_AFTER_THE_END - timedelta(hours=1), key_sealed__isnull=False
    )
    return old.update(key_sealed=None)


def forget_names() -> int:
    """Names and notes of attempts at cards that ended long ago, and what could not be read."""
    before = timezone.now() - NAMES_KEPT
    with acting(by="system:keeping", source="keeping"), connection.cursor() as cursor:
        settled = Review.objects.filter(raw_sealed__isnull=False, settled_at__lt=before)
        settled.exclude(how=Settled.PASSED_ON, answer="").update(raw_sealed=None)
        cursor.execute(_FORGET, {"before": before, "most": AT_ONCE})
        return int(cursor.rowcount)
