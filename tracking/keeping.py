"""Keeps house: tells citizens who asked what has moved, forgets what nobody may keep, keeps days and publishes them."""

from .actions import cases, contacts, days
from .publication.keeping import publish_due


def keep_house() -> None:
    """Called by the worker when it starts, and once a minute."""
    contacts.tell()
    contacts.forget_old()
    cases.forget_old()
    days.keep()
    publish_due()
