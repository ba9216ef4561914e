"""Tells Diskominfo that a day is published: a signed webhook to PUBLISH_URL, once for each day, retried by the outbox."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from outbox.channels import Outgoing, Webhook
from outbox.sending import write
from tracking.models.publication import Publication

KIND = "day_published"
RECENT = timedelta(days=7)  # whoever sets the address later is not told of the whole past


def announce() -> None:
    """Write what is to be told of the days published of late; called by the worker, again and again."""
    if not settings.PUBLISH_URL:
        return
    for one in Publication.objects.filter(closed_at__gt=timezone.now() - RECENT).order_by("day"):
        write(KIND, str(one.day), {"day": str(one.day)})


def message(about: dict[str, Any]) -> Outgoing | None:
    """The day, its roots and where its files lie; None if nobody is to be told any more."""
    published = Publication.objects.filter(day=date.fromisoformat(about["day"])).first()
    if published is None or not settings.PUBLISH_URL:
        return None
    folder = f"{settings.SITE_URL}/data/{published.day}/"
    body = {
        "type": "day.published",
        "date": str(published.day),
        "public_root": bytes(published.public_root).hex(),
        "private_root": bytes(published.private_root).hex(),
        "events": published.events,
        "files": [
            f"{folder}progres.csv",
            f"{folder}progres.json",
            f"{settings.SITE_URL}/data/integritas.json",
        ],
    }
    return Webhook(settings.PUBLISH_URL, body)
