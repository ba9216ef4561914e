"""A claimed file: known already, or taken in; then it lies with its report where its sender looks for it."""

import hashlib
import json
import logging
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from tracking import sealing

from .. import doors
from ..feed import Feed, UnreadableFile, errors, open_feed
from ..feed.sources import PlainFile
from ..intake import rejects_of
from ..models import Batch, DroppedFile, Source
from ..uploads import shown_name
from . import places
from .claiming import held, only_ours, put_back

log = logging.getLogger(__name__)
_PIECE = 1 << 20


def take(claimed: Path, folder: Path, source: Source) -> bool:
    """Settle one claimed file, if it is ours to settle. False if it has to wait for another time."""
    try:
        with held(claimed) as descriptor:
            if descriptor is None:
                return False
            only_ours(descriptor)
            return _taken(descriptor, claimed, folder, source)
    except PermissionError:
        said = {"message": _("Berkas tidak boleh dibaca oleh server. Perbaiki izinnya, lalu taruh lagi.")}
        return _settle(claimed, places.failed(folder), said, ())


def _taken(descriptor: int, claimed: Path, folder: Path, source: Source) -> bool:
    digest = _digest(descriptor)
    known = _known(source, digest)
    again = known is not None
    try:
        batch = known or _take_in(descriptor, claimed, source, digest)
    except UnreadableFile:  # it changed while it was read
        put_back(claimed, folder)
        return False
    except IntegrityError:  # another worker has just taken in the same content under another name
        return False
    except OperationalError:
        log.exception("A dropped file waits for the database")
        return False
    except OSError:
        raise
    except Exception:
        log.exception("A dropped file failed")
        batch = _failed(source, claimed)
    said = batch.summary() | {"state": batch.state, "message": batch.message, "again": again}
    place = places.done(folder) if batch.state == Batch.State.APPLIED else places.failed(folder)
    return _settle(claimed, place, said, rejects_of(batch) if batch.rejected else (), batch)


def _take_in(descriptor: int, claimed: Path, source: Source, digest: UUID) -> Batch:
    name = shown_name(places.own_name(claimed))

    def opened() -> Feed:
        return open_feed([PlainFile(os.dup(descriptor), name)])

    def remembered(batch: Batch) -> None:
        # in one transaction with the intake: after a crash the file is known, or nothing of it is there
        DroppedFile.objects.create(source=source, digest=digest, batch=batch)

    return doors.take_in_at_once(
        source,
        opened,
        within=remembered,
        files=[name],
        but=frozenset({errors.CHANGED}),
        door=Batch.Door.FOLDER,
    )


def _known(source: Source, digest: UUID) -> Batch | None:
    found = DroppedFile.objects.select_related("batch__source").filter(source=source, digest=digest).first()
    if found is None:
        return None
    DroppedFile.objects.filter(pk=found.pk).update(seen_at=timezone.now())
    return found.batch


def _failed(source: Source, claimed: Path) -> Batch:
    """A fault of ours becomes a refused batch, so that staff see it; the file may be dropped again."""
    return Batch.objects.create(
        source=source,
        door=Batch.Door.FOLDER,
        actor=f"source:{source.slug}",
        files=[shown_name(places.own_name(claimed))],
        state=Batch.State.REFUSED,
        fault=errors.INTERNAL,
        message=_("Ada kesalahan di sistem kami; tidak ada yang berubah. Beri tahu pengelola sistem."),
        finished_at=timezone.now(),
    )


def _digest(descriptor: int) -> UUID:
    key = hashlib.blake2b(sealing.digester().digest(), digest_size=32, person=b"ektp dropped").digest()
    found = hashlib.blake2b(key=key, digest_size=16)
    offset = 0
    while piece := os.pread(descriptor, _PIECE, offset):
        found.update(piece)
        offset += len(piece)
    return UUID(bytes=found.digest())


def _settle(
    claimed: Path, place: Path, said: dict[str, Any], rejects: Iterable[str], batch: Batch | None = None
) -> bool:
    """Report and rejects first, the file last: what is in the way of them keeps it claimed, and it is tried again."""
    number = f"{batch.pk}" if batch else f"{datetime.now():%Y%m%d-%H%M%S}"
    name = f"{number}-{places.own_name(claimed)}"
    if (place / name).exists():
        name = f"{number}-{claimed.name}"
    target = place / name
    try:
        _write(Path(f"{target}{places.REPORT}"), [json.dumps(said, indent=1) + "\n"])
        if rejects:
            _write(Path(f"{target}{places.REJECTS}"), rejects)
        claimed.rename(target)
    except OSError as error:
        log.error("The report of a dropped file can't be written: %s", error.strerror)
        return False
    return True


def _write(path: Path, lines: Iterable[str]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
