"""Who uses the server: each process holds a shared lock while it does; who can have it alone stops it.

Locks of the kernel end with their process, so kill -9 leaves nothing stale; a server without users is taken
over by the next one, who stops it at its end.
"""

import atexit
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import cluster
from .errors import one_line
from .places import Places

_held: dict[str, tuple[int, int]] = {}  # var → (process, descriptor of the shared lock)


def use(var: Path, tests: bool = False) -> None:
    """Have the server running until this process ends."""
    places = Places(var)
    key = str(places.var)
    process, descriptor = _held.get(key, (0, -1))
    if process != os.getpid():
        if process:  # a fork: the lock it came with is its parent's
            os.close(descriptor)
        else:
            atexit.register(_leave, key)
        with one_line(places.var):
            _held[key] = (os.getpid(), _open_users_lock(places))
    with one_line(places.var), _starting(places):
        cluster.ensure_running(places, tests)


def stop_if_unused(var: Path) -> bool:
    """Stop a server that nobody uses; whether nobody does."""
    places = Places(var)
    if not places.users_lock.exists():
        return True
    descriptor = _open(places.users_lock)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        cluster.stop(places)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def leave(var: Path) -> None:
    """Use the server no longer, and stop it if nobody else does. Happens by itself at the process's end."""
    _leave(str(Places(var).var))


def _leave(key: str) -> None:
    process, descriptor = _held.get(key, (0, -1))
    if process != os.getpid():
        return
    del _held[key]
    os.close(descriptor)
    stop_if_unused(Path(key))


def _open_users_lock(places: Places) -> int:
    _make_home(places)
    descriptor = _open(places.users_lock)
    fcntl.flock(descriptor, fcntl.LOCK_SH)  # waits while another process stops the server
    return descriptor


@contextmanager
def _starting(places: Places) -> Iterator[None]:
    descriptor = _open(places.start_lock)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _make_home(places: Places) -> None:
    """var/ and var/postgres/; what root makes in somebody's var/ belongs to that somebody."""
    places.var.mkdir(parents=True, exist_ok=True)
    try:
        places.home.mkdir(mode=0o700)
    except FileExistsError:
        return
    if os.geteuid() == 0:
        owner = places.var.stat()
        os.chown(places.home, owner.st_uid, owner.st_gid)


def _open(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor
