"""Keeps house: tells citizens who asked for it what has moved, and forgets what nobody may keep any longer."""

from .actions import contacts


def keep_house() -> None:
    """Called by the worker when it starts, and once a minute."""
    contacts.tell()
    contacts.forget_old()
