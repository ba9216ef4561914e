"""Looks into all folders, again and again: what is whole is taken, what a dead worker left is finished, what is old goes."""

import logging
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from ..models import DroppedFile, FolderState, Source
from . import places
from .claiming import claim
from .places import Seen
from .taking import take

log = logging.getLogger(__name__)
STILL = 15.0  # seconds without a change
EMPTY = 600.0  # some senders begin with an empty file
KEPT_DONE = 86_400  # seconds; what was read is in the database, and a file has whole NIKs in it
KEPT_FAILED = 30 * 86_400  # and so long rejected rows are kept, here as there
KNOWN = timedelta(days=30)
_OFTEN = 60.0  # seconds between two sayings that a folder is as it was

_first_seen: dict[Path, tuple[Seen, float]] = {}
_told: dict[int, tuple[tuple[int, str], float]] = {}


def look() -> int:
    """Take what is whole; how many files were settled. Says in the database how each folder is."""
    settled = 0
    try:
        folders = list(places.folders())
    except OSError as error:
        _lost(error)
        return 0
    there: set[Path] = set()
    for folder in folders:
        source, _made = Source.objects.get_or_create(slug=folder.name)
        try:
            settled += _look_into(folder, source, there)
        except OSError as error:
            _tell(source, 0, None, f"Folder tidak dapat dibaca: {error.strerror}")
    for gone in _first_seen.keys() - there:
        del _first_seen[gone]
    return settled


def let_go() -> None:
    """Files, reports and rejects are kept no longer than the privacy page says."""
    DroppedFile.objects.filter(at__lt=timezone.now() - KNOWN).delete()
    try:
        places.prepare(Source.objects.values_list("slug", flat=True))
        for folder in places.folders():
            for place, kept in ((folder / "done", KEPT_DONE), (folder / "failed", KEPT_FAILED)):
                _let_go_in(place, kept)
    except OSError:
        log.exception("Old dropped files could not be removed")


def _look_into(folder: Path, source: Source, there: set[Path]) -> int:
    settled = 0
    for left in sorted(
        places.working(folder).iterdir()
    ):  # by a worker that was killed, or a disk that was full
        settled += take(left, folder, source)
    waiting: list[Seen] = []
    for file, found in places.arrived(folder):
        there.add(file)
        claimed = claim(file, found) if _is_whole(file, found) else None
        if claimed is None:
            waiting.append(found)
        else:
            settled += take(claimed, folder, source)
    oldest = min((one.changed for one in waiting), default=None)
    stuck = len(list(places.working(folder).iterdir()))
    fault = f"{stuck} berkas belum dapat diselesaikan" if stuck else ""
    _tell(source, len(waiting), oldest, fault)
    return settled


def _is_whole(file: Path, found: Seen) -> bool:
    if Path(f"{file}{places.MARK}").exists():
        return True
    before, since = _first_seen.get(file, (None, 0.0))
    if before != found:
        _first_seen[file] = (found, time.monotonic())
        return False
    return time.monotonic() - since >= (STILL if found.size else EMPTY)


def _tell(source: Source, waiting: int, oldest: int | None, fault: str) -> None:
    """Put down how a folder is: at once when that changes, else now and then."""
    now = time.monotonic()
    told, at = _told.get(source.pk, ((-1, ""), 0.0))
    if told == (waiting, fault) and now - at < _OFTEN:
        return
    _told[source.pk] = ((waiting, fault), now)
    oldest_at = None if oldest is None else datetime.fromtimestamp(oldest / 1e9, UTC)
    state = {"looked_at": timezone.now(), "waiting": waiting, "oldest_at": oldest_at, "fault": fault}
    FolderState.objects.update_or_create(source=source, defaults=state)


def _lost(error: OSError) -> None:
    """The folder of all is away: nothing is lost, whoever drops files there has them still."""
    fault = f"Folder kiriman tidak dapat dibuka: {error.strerror}"
    if not FolderState.objects.filter(fault=fault).exists():
        log.error("The drop folder can't be opened: %s", error.strerror)
    FolderState.objects.update(fault=fault, looked_at=timezone.now())
    _told.clear()


def _let_go_in(place: Path, kept: float) -> None:
    if not place.is_dir():
        return
    for file in place.iterdir():
        # by when it came there: a file keeps the time of its sender
        is_report = file.name.endswith((places.REPORT, places.REJECTS))
        limit = max(kept, KEPT_FAILED) if is_report else kept
        if time.time() - file.lstat().st_ctime > limit:
            file.unlink(missing_ok=True)
