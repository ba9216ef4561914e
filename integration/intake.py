"""The one intake: whichever door a feed comes through, it is staged, decided and merged here.

Stream → checked rows by COPY into a temporary table → one decision per row → one set-based merge, all in one
transaction: a crash in the middle leaves nothing, and the same file can be sent again.
"""

import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from tracking import sealing
from tracking.actions.fresh import data_came
from tracking.actor import acting
from tracking.rotation import MERGE_LOCK
from tracking.stages import CENTRAL_STAGE, FORWARD_OUTSIDE_LEDGER, LED_BY_LEDGER, PRINT_SIDE, Stage

from . import glance
from .copying import copy_in
from .feed import Feed, Rejected
from .feed.copyformat import COLUMNS
from .feed.rejects import rejects_csv
from .models import Batch, RejectChunk

SQL = {path.stem: path.read_text() for path in (Path(__file__).parent / "sql").glob("*.sql")}
SAMPLES_AN_OUTCOME = 20
LITTLE = 100
"""Rows of a feed that is planned without being analyzed, and waits for no other but those about its own people."""
_REJECTS_A_CHUNK = 2_000
FIELD = b"reject"

Progress = Callable[[int, int], None]


class Changed(Exception):
    """Sejak pratinjau, ada kartu yang sudah berubah. Tidak ada yang diterapkan; periksa pratinjau yang baru."""


class Withdrawn(Exception):
    """Kiriman ini sudah dibatalkan."""


def take_in(
    feed: Feed,
    batch: Batch,
    *,
    apply: bool = True,
    only_kecamatan: int | None = None,
    expected: str = "",
    on_rejects: Callable[[Iterator[str]], None] | None = None,
    progress: Progress | None = None,
    within: Callable[[Batch], None] | None = None,
    patience: str = "",
) -> Batch:
    """Take in a feed as `batch` (saved with its summary if it has a number) and return it.

    Without `apply` everything is decided and nothing changed: a preview. `expected` is the fingerprint of the
    preview that somebody confirmed; Changed if the decisions are no longer those. Withdrawn if somebody took
    the batch back meanwhile. UnreadableFile if a file can't be read. `on_rejects` gets the lines of the rejects
    file, header first, before the commit, and reads them to the end. `within` writes more in the same transaction,
    first of all. `patience` is how long to wait for another merge, such as `2s`: then OperationalError.

    One intake a transaction: two would lock their people in two orders.
    """
    started = time.monotonic()
    with acting(by=batch.actor, source=f"batch:{batch.pk or 'percobaan'}"), connection.cursor() as cursor:
        if within:
            within(batch)
        staged = _stage(cursor, feed, only_kecamatan, progress, patience)
        if staged:
            _decide(cursor, only_kecamatan, merging=apply, many=staged > LITTLE)
        if expected or not apply:
            batch.fingerprint = _one(cursor, SQL["fingerprint"])
            if expected not in ("", batch.fingerprint):
                raise Changed
            RejectChunk.objects.filter(batch_id=batch.pk).delete()  # those of the preview before
        if apply and staged:
            cursor.execute("SELECT integration_apply(%s)", [list(FORWARD_OUTSIDE_LEDGER)])
            if only_kecamatan is not None:
                cursor.execute(SQL["differences"], {"source": batch.source_id, "batch": batch.pk})
        _summarise(cursor, feed, batch, staged)
        if not apply:
            batch.samples = _samples(cursor)
        _keep_rejects(feed, batch, on_rejects)
        if apply and batch.read > batch.rejected:  # a file of which nothing could be used makes no data newer
            data_came(only_kecamatan)  # last: others wait for it
        batch.seconds = round(time.monotonic() - started, 3)
        if staged > LITTLE:  # what was planned for many rows is of no use for a few
            cursor.execute("DROP TABLE feed_row, feed_same, feed_decision, feed_code, feed_stage")
        if batch.pk:
            _save(batch, Batch.State.APPLIED if apply else Batch.State.PREVIEWED)
    return batch


def _save(batch: Batch, state: Batch.State) -> None:
    before, batch.state = batch.state, state
    batch.finished_at = timezone.now() if state == Batch.State.APPLIED else None
    if batch._state.adding:
        batch.insert()
        return
    fields = {field.attname: getattr(batch, field.attname) for field in batch._meta.concrete_fields}
    if not Batch.objects.filter(pk=fields.pop("id"), state=before).update(**fields):
        raise Withdrawn


def rejects_of(batch: Batch) -> Iterator[str]:
    """The lines of a batch's rejects file as it was made."""
    for sealed in batch.reject_chunks.values_list("sealed", flat=True).iterator(chunk_size=20):
        yield zlib.decompress(sealing.unseal(bytes(sealed), FIELD)).decode()


def _stage(
    cursor: Any, feed: Feed, only_kecamatan: int | None, progress: Progress | None, patience: str
) -> int:
    """Bring the good rows, and those whose region is at fault, into feed_row; how many they are."""
    if not _one(cursor, "SELECT integration_room(%s)", [patience]):
        _make_room(cursor)
    if only_kecamatan is None:
        glance.look(cursor, feed)
    staged = copy_in(cursor, "feed_row", feed.copy_chunks(progress))
    if staged > LITTLE:
        cursor.execute("ANALYZE feed_row (nik_index, fault)")
    return staged


def _make_room(cursor: Any) -> None:
    # behind a pooler a session is not ours alone
    kept = not connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]
    cursor.execute(
        SQL["stage"].format(
            columns=", ".join(f"{name} {kind}" for name, kind in COLUMNS),
            rows="DELETE ROWS" if kept else "DROP",
            constants="PRESERVE ROWS" if kept else "DROP",
        ),
        {
            "stages": list(Stage.values),
            "ranks": list(range(len(Stage))),
            "print_side": [stage in LED_BY_LEDGER for stage in Stage],
            "codes": list(CENTRAL_STAGE),
            "stage_of_code": [stage.value for stage in CENTRAL_STAGE.values()],
            "print_codes": list(PRINT_SIDE),
        },
    )


def _decide(cursor: Any, only_kecamatan: int | None, *, merging: bool, many: bool) -> None:
    cursor.execute(
        "SELECT integration_decide(%s::smallint, %s, %s)",
        [only_kecamatan, MERGE_LOCK if merging else None, many],
    )


class _Counted(NamedTuple):
    """A row of outcomes.sql."""

    outcome: str
    reason: str
    from_stage: str
    to_stage: str | None
    n: int


def _summarise(cursor: Any, feed: Feed, batch: Batch, staged: int) -> None:
    cursor.execute("SELECT * FROM integration_outcomes()")
    counted = [_Counted(*row) for row in cursor.fetchall()]
    outcomes, reasons = Counter[str](), Counter[str]({str(k): n for k, n in feed.fault_counts.items()})
    for row in counted:
        outcomes[row.outcome] += row.n
        if row.outcome == "rejected":
            reasons[row.reason] += row.n
    # known before they were read, and those of which nothing was decided
    outcomes["unchanged"] += feed.known + staged - outcomes.total()
    batch.read = feed.rows_read
    batch.created, batch.updated = outcomes["created"], outcomes["updated"]
    batch.unchanged, batch.stale = outcomes["unchanged"], outcomes["stale"]
    batch.rejected = sum(reasons.values())
    batch.reasons = dict(sorted(reasons.items()))
    batch.unknown_columns = feed.unknown_columns
    batch.files = feed.names
    batch.size = batch.done = feed.total_bytes
    batch.moves = [[row.from_stage, row.to_stage, row.n] for row in counted if row.to_stage]


def _samples(cursor: Any) -> dict[str, list[list[Any]]]:
    cursor.execute(SQL["samples"], {"most": SAMPLES_AN_OUTCOME})
    samples: dict[str, list[list[Any]]] = {}
    for outcome, *row in cursor.fetchall():
        samples.setdefault(outcome, []).append(row)
    return samples


def _keep_rejects(feed: Feed, batch: Batch, on_rejects: Callable[[Iterator[str]], None] | None) -> None:
    if batch.pk:
        some: list[str] = []
        for line in rejects_csv(feed, feed.rejects(_rejected_by_merge())) if batch.rejected else ():
            some.append(line)
            if len(some) == _REJECTS_A_CHUNK:
                _keep(batch, some)
        _keep(batch, some)
    if on_rejects:
        on_rejects(rejects_csv(feed, feed.rejects(_rejected_by_merge())))


def _keep(batch: Batch, lines: list[str]) -> None:
    if lines:
        sealed = sealing.seal(zlib.compress("".join(lines).encode()), FIELD)
        RejectChunk.objects.create(batch=batch, sealed=sealed)
        lines.clear()


def _rejected_by_merge() -> Iterator[Rejected]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(SQL["rejected"])
        for row in cursor:
            yield Rejected(*row)


def _one(cursor: Any, sql: str, arguments: list[Any] | None = None) -> Any:
    cursor.execute(sql, arguments)
    return cursor.fetchone()[0]
