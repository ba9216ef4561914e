"""The one intake: whichever door a feed comes through, it is staged, decided and merged here.

Stream → checked rows by COPY into a temporary table → one decision per row → one set-based merge, all in one
transaction: a crash in the middle leaves nothing, and the same file can be sent again.
"""

import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count, pairwise
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
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
) -> Batch:
    """Take in a feed as `batch` (saved with its summary if it has an id) and return it.

    Without `apply` everything is decided and nothing changed: a preview. `expected` is the fingerprint of the
    preview that somebody confirmed; Changed if the decisions are no longer those. Withdrawn if somebody took
    the batch back meanwhile. UnreadableFile if a file can't be read. `on_rejects` gets the lines of the rejects
    file, header first, before the commit.
    """
    started = time.monotonic()
    with acting(by=batch.actor, source=f"batch:{batch.pk or 'percobaan'}"), connection.cursor() as cursor:
        staged = _stage(cursor, feed, only_kecamatan, progress)
        if apply:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MERGE_LOCK])
        if staged:
            _decide(cursor, only_kecamatan)
            while apply and _one(cursor, SQL["lock"]):
                cursor.execute("TRUNCATE feed_decision, feed_same")
                _decide(cursor, only_kecamatan)
        if expected or not apply:
            batch.fingerprint = _one(cursor, SQL["fingerprint"])
            if expected not in ("", batch.fingerprint):
                raise Changed
        if apply and staged:
            _merge(cursor)
            if only_kecamatan is not None:
                cursor.execute(SQL["differences"], {"source": batch.source_id, "batch": batch.pk})
        _summarise(cursor, feed, batch, staged)
        if apply and batch.read > batch.rejected:  # a file of which nothing could be used makes no data newer
            data_came(only_kecamatan)
        if not apply:
            batch.samples = _samples(cursor)
        _keep_rejects(feed, batch, on_rejects)
        batch.seconds = round(time.monotonic() - started, 3)
        if batch.pk:
            if not Batch.objects.select_for_update().filter(pk=batch.pk, state=batch.state).exists():
                raise Withdrawn
            batch.state = Batch.State.APPLIED if apply else Batch.State.PREVIEWED
            batch.finished_at = timezone.now() if apply else None
            batch.save()
    return batch


def rejects_of(batch: Batch) -> Iterator[str]:
    """The lines of a batch's rejects file as it was made."""
    for sealed in batch.reject_chunks.values_list("sealed", flat=True).iterator(chunk_size=20):
        yield zlib.decompress(sealing.unseal(bytes(sealed), FIELD)).decode()


def _stage(cursor: Any, feed: Feed, only_kecamatan: int | None, progress: Progress | None) -> int:
    """Bring the good rows, and those whose region is at fault, into feed_row; how many they are."""
    cursor.execute(
        "SET LOCAL work_mem = '24MB'; SET LOCAL hash_mem_multiplier = 1; SET LOCAL jit = off;"
        " SET LOCAL default_statistics_target = 10;"
        # left only where several intakes share one transaction
        " DROP TABLE IF EXISTS pg_temp.feed_row, feed_stage, feed_code, feed_same, feed_decision"
    )
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS)
    cursor.execute(f"CREATE TEMP TABLE feed_row ({columns}) ON COMMIT DROP; {SQL['stage']}")
    cursor.execute(
        "INSERT INTO feed_stage SELECT * FROM unnest(%s, %s::int2[], %s)",
        [list(Stage.values), list(range(len(Stage))), [stage in LED_BY_LEDGER for stage in Stage]],
    )
    cursor.execute(
        "INSERT INTO feed_code SELECT code, stage, rank, code = ANY (%s)"
        " FROM unnest(%s, %s) c (code, stage) JOIN feed_stage USING (stage)",
        [list(PRINT_SIDE), list(CENTRAL_STAGE), [stage.value for stage in CENTRAL_STAGE.values()]],
    )
    if only_kecamatan is None:
        glance.look(cursor, feed)
    staged = copy_in(cursor, "feed_row", feed.copy_chunks(progress))
    cursor.execute("ANALYZE feed_row (nik_index, fault)")
    return staged


def _decide(cursor: Any, only_kecamatan: int | None) -> None:
    """Rounds, because where a person's newest row can't be applied the next older one counts."""
    if len(settings.EKTP_INDEX_KEYS) > 1:
        # who is not known under the older key is looked for, and kept, under the newest
        cursor.execute(
            "UPDATE feed_row r SET nik_index = nik_index_next WHERE nik_index_next IS NOT NULL"
            " AND NOT EXISTS (SELECT FROM tracking_citizen c WHERE c.nik_index = r.nik_index)"
        )
    cursor.execute(SQL["same"])
    for number in count(1):
        rows = SQL["first_round" if number == 1 else "next_round"]
        decide = SQL["decide"].replace("FROM asked r", f"FROM (\n{rows}) r")
        cursor.execute(decide, {"only_kecamatan": only_kecamatan, "round": number})
        if not cursor.rowcount:
            break
    cursor.execute("ANALYZE feed_decision (tid, act, card_id, citizen_id)")
    cursor.execute(SQL["superseded"])
    if only_kecamatan is None:  # whoever speaks for one kecamatan blocks nobody by naming another place
        cursor.execute(SQL["region"])


def _merge(cursor: Any) -> None:
    cursor.execute(SQL["home"])
    code_of = {CENTRAL_STAGE[code]: code for code in PRINT_SIDE}
    any_forward = _one(cursor, "SELECT EXISTS (SELECT FROM feed_decision WHERE act = 'forward')")
    for from_stage, to_stage in pairwise(FORWARD_OUTSIDE_LEDGER) if any_forward else ():
        cursor.execute(SQL["forward"], {"from": from_stage, "to": to_stage, "code": code_of[to_stage]})
    cursor.execute(SQL["apply"])


class _Counted(NamedTuple):
    outcome: str
    reason: str
    n: int


def _summarise(cursor: Any, feed: Feed, batch: Batch, staged: int) -> None:
    cursor.execute(SQL["outcomes"])
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
    cursor.execute(SQL["moves"])
    batch.moves = [list(row) for row in cursor.fetchall()]


def _samples(cursor: Any) -> dict[str, list[list[Any]]]:
    cursor.execute(SQL["samples"], {"most": SAMPLES_AN_OUTCOME})
    samples: dict[str, list[list[Any]]] = {}
    for outcome, *row in cursor.fetchall():
        samples.setdefault(outcome, []).append(row)
    return samples


def _keep_rejects(feed: Feed, batch: Batch, on_rejects: Callable[[Iterator[str]], None] | None) -> None:
    if batch.pk:
        batch.reject_chunks.all().delete()
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


def _one(cursor: Any, sql: str) -> Any:
    cursor.execute(sql)
    return cursor.fetchone()[0]
