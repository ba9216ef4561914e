"""One worker for each file: whoever renames it has it, and holds it as long as it lives."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import places
from .places import Seen


def claim(file: Path, found: Seen) -> Path | None:
    """Take a file; its new place, or None if another worker was faster or it is still being written."""
    target = places.working(file.parent) / places.claimed_name(file.name)
    try:
        file.rename(target)
    except FileNotFoundError:
        return None
    if places.seen(target.lstat()) != found:
        put_back(target, file.parent)
        return None
    Path(f"{file}{places.MARK}").unlink(missing_ok=True)
    return target


def put_back(claimed: Path, folder: Path) -> None:
    """Where it came from, unless another one lies there by now: then it stays claimed and is looked at again."""
    place = folder / places.own_name(claimed)
    try:
        os.link(claimed, place)  # unlike a rename this never replaces anything
    except OSError:
        return
    claimed.unlink()


@contextmanager
def held(claimed: Path) -> Iterator[int | None]:
    """The open file, ours alone; None if another worker holds it. PermissionError if it can't be read."""
    try:
        descriptor = os.open(claimed, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        yield None
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        try:
            # it may have been settled between our look and our lock
            yield descriptor if claimed.exists() else None
        finally:
            fcntl.flock(
                descriptor, fcntl.LOCK_UN
            )  # also for copies of the descriptor that somebody still has
    finally:
        os.close(descriptor)


def only_ours(descriptor: int) -> None:
    """Nobody else may read it any more. Where it is another user's, whoever set up the folder decides."""
    try:
        os.fchmod(descriptor, 0o600)
    except PermissionError:
        pass
