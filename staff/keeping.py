"""Keeps house: lets go of sessions that are over, and of who mistyped a password and from where."""

from datetime import timedelta
from importlib import import_module

from axes.models import AccessAttempt
from django.conf import settings
from django.utils import timezone

ATTEMPTS_KEPT = timedelta(days=30)


def keep_house() -> None:
    """Called by the worker when it starts, and once a minute."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - ATTEMPTS_KEPT).delete()
