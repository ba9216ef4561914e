"""Many who write at once, a few changes a transaction, all over the city."""

from collections.abc import Iterator

from .. import city, cluster, people, sizes, variants
from ..results import Row, middle, row
from ..writing import Writers, Written

WRITERS, CHANGES = 16, 5
ROUND = {
    "DEDUPLICATING": "HELD/ADJUDICATE_RECORD/ DEDUPLICATING/SENT_FOR_DEDUP/",
    "WAITING_FOR_BLANK": "HELD/ADJUDICATE_RECORD/ WAITING_FOR_BLANK/PRINT_READY_RECORD/",
}


def writers() -> Iterator[Row]:
    """16 writers with all guarantees, and with checks and events alone."""
    template = city.filled(sizes.MOVED, people.on_the_way)
    ours: list[Written] = []
    peer: list[Written] = []
    with (
        cluster.cloned(template, "bench_writers") as database,
        cluster.cloned(template, "bench_events") as bare,
    ):
        variants.without_counters(bare)
        for _ in range(sizes.REPETITIONS):
            peer.append(_write(bare))
            ours.append(_write(database))
    errors = [error for one in (*ours, *peer) for error in one.errors]
    if errors:
        raise RuntimeError(f"{len(errors)} writes failed, such as: {errors[0]}")
    deadlocks = sum(one.deadlocks for one in ours)
    longest = max(one.waits[0] for one in ours)
    yield row(
        "writers",
        middle([one.rate for one in ours]),
        middle([one.rate for one in peer]),
        "transactions/s",
        "≥ 500 transactions/s, 0 deadlocks",
        f"{WRITERS} processes, {CHANGES} changes a transaction; {deadlocks} deadlocks, longest wait {longest:.2f} s",
        of_ours=True,
        holds=deadlocks == 0,
    )


def _write(database: str) -> Written:
    cluster.settle()
    known = "', '".join(ROUND)
    cards = cluster.run(
        database, f"SELECT id, stage FROM tracking_card WHERE stage IN ('{known}') ORDER BY id"
    )
    lines: list[list[str]] = [[] for _ in range(WRITERS)]
    for number, (card, stage) in enumerate(cards):
        lines[number * 7919 % WRITERS].append(f"{card} {ROUND[stage]}")
    return Writers(database, lines, sizes.SECONDS * 2, CHANGES).result()
