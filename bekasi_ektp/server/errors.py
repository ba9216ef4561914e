"""One clear line where the embedded server cannot do its work."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import CommandError
from django.db.utils import OperationalError


class ServerError(CommandError, OperationalError):
    """The embedded server cannot run; the text says why and what to do. Commands print it as one line."""


@contextmanager
def one_line(place: Path) -> Iterator[None]:
    """Turn what the operating system refuses under `place` into one line."""
    try:
        yield
    except OSError as error:
        raise ServerError(explain(error, place)) from error


def explain(error: OSError, place: Path) -> str:
    where = error.filename or place
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{where} cannot be written by this user: make it writable, or set EKTP_VAR to another folder."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return full_disk(place)
    return f"{where}: {error.strerror}."


def full_disk(place: Path) -> str:
    return f"The disk that holds {place} is full: free some space and start again."
