"""Publishes every day by itself: shortly after midnight, on holidays too, and whatever was missed, in order."""

from datetime import timedelta

from django.utils import timezone

from .closing import next_day, publish

AFTER_MIDNIGHT = timedelta(minutes=5)
"""What began before midnight has mostly ended by then; the rest falls into the next day."""


def publish_due() -> None:
    """Close what is over and not closed yet; nothing if there is nothing."""
    last = timezone.localdate(timezone.now() - AFTER_MIDNIGHT) - timedelta(days=1)
    if next_day() <= last:
        publish(last)
