"""Where the files of a source lie, and how they are called there."""

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

MARK = ".done"  # beside a file: it is whole
REPORT, REJECTS = ".laporan.json", ".ditolak.csv"
_SLUG = re.compile(r"[A-Za-z0-9_-]{1,60}")
_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload", MARK)
_OURS = {"done", "failed"}
_LONGEST = 200  # of a name that gets one of ours before and behind it


class Seen(NamedTuple):
    """How a file was when it was looked at."""

    size: int
    changed: int
    inode: int


def root() -> Path | None:
    """The folder of all sources; None if there is to be none."""
    return Path(settings.DROP_FOLDER) if settings.DROP_FOLDER else None


def prepare(slugs: Iterable[str]) -> None:
    """In the demo each source has its folder; elsewhere whoever gives senders their rights makes it."""
    place = root()
    if place is None or not settings.DEMO:
        return
    for slug in slugs:
        (place / slug).mkdir(mode=0o700, parents=True, exist_ok=True)


def folders() -> Iterator[Path]:
    """The folder of each source. OSError if the folder of all is away."""
    place = root()
    if place is None:
        return
    for one in sorted(place.iterdir()):
        if one.is_dir() and not one.is_symlink() and _SLUG.fullmatch(one.name):
            yield one


def arrived(folder: Path) -> Iterator[tuple[Path, Seen]]:
    """Files that somebody put there, oldest first; those still being written under another name are none."""
    found = []
    for entry in os.scandir(folder):
        if entry.name.startswith(".") or entry.name.lower().endswith(_UNFINISHED) or entry.name in _OURS:
            continue
        try:
            if entry.is_file(follow_symlinks=False):
                found.append((Path(entry.path), seen(entry.stat(follow_symlinks=False))))
        except FileNotFoundError:
            continue  # another worker was faster
    yield from sorted(found, key=lambda one: (one[1].changed, one[0].name))


def seen(stat: os.stat_result) -> Seen:
    return Seen(stat.st_size, stat.st_mtime_ns, stat.st_ino)


def working(folder: Path) -> Path:
    return _made(folder / ".working")


def done(folder: Path) -> Path:
    return _made(folder / "done")


def failed(folder: Path) -> Path:
    return _made(folder / "failed")


def claimed_name(name: str) -> str:
    """A name of its own for a file that is worked on: the same name may come again meanwhile."""
    return f"{secrets.token_hex(8)}-{name[-_LONGEST:]}"


def own_name(claimed: Path) -> str:
    """How its sender called it."""
    return claimed.name[17:]


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
