"""Keeps house: tells citizens who asked for it what has moved, forgets what nobody may keep any longer, keeps days."""

from .actions import contacts, days


def keep_house() -> None:
    """Called by the worker when it starts, and once a minute."""
    contacts.tell()
    contacts.forget_old()
    days.keep()
