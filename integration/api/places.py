"""How many web workers partners may keep busy for seconds: the others are for citizens.

A place is a lock on a byte of a file that all workers of a web server share, so whoever is killed gives it up.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from .problems import Kind, Problem

AT_ONCE = 2  # of a token
SOON = 2  # seconds to wait before asking again
_file = os.memfd_create("places")  # made before gunicorn forks, and open as long as it serves


def count() -> int:
    """All but two of the workers, but two if that leaves one."""
    workers: int = settings.WEB_WORKERS
    return max(1, min(max(AT_ONCE, workers - 2), workers - 1))


class Place:
    """One web worker's leave to be busy, until it is closed. A worker takes no second one meanwhile."""

    def __init__(self) -> None:
        """Problem if no place is free."""
        for self._number in range(count()):
            try:
                fcntl.lockf(_file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, self._number)
                return
            except OSError:
                continue
        raise Problem(Kind.BUSY, retry_after=SOON)

    def close(self) -> None:
        fcntl.lockf(_file, fcntl.LOCK_UN, 1, self._number)


@contextmanager
def taken(wanted: bool) -> Iterator[None]:
    """A place for a while, if one is wanted."""
    place = Place() if wanted else None
    try:
        yield
    finally:
        if place:
            place.close()
