"""One statement for many cards: beside raw statements, beside a loop of save(), with and without counters."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from bekasi_ektp import server

from .. import city, cluster, people, sizes, variants
from ..results import Row, middle, row
from .imports import child

SAVED = sizes.MOVED // 50
ACTOR = "SELECT set_config('ektp.actor', 'source:bench', true), set_config('ektp.source', 'bench', true)"
HOLD = "UPDATE tracking_card SET stage = 'HELD', code = 'ADJUDICATE_RECORD', since = now() WHERE id BETWEEN {0} AND {1}"
READY = "UPDATE tracking_card SET stage = 'WAITING_FOR_BLANK', code = 'PRINT_READY_RECORD', since = now() WHERE id BETWEEN {0} AND {1}"
# What the peer writes: the same rows of the same tables, by statements that check nothing.
_EVENTS = """
INSERT INTO tracking_event (card_id, from_stage, to_stage, at, since, code, actor, reason, source, left_outside)
SELECT id, 'DEDUPLICATING', stage, now(), since, code, 'source:bench', '{2}', 'bench', outside_ledger
FROM tracking_card WHERE id BETWEEN {0} AND {1}
"""
RAW_HOLD = (HOLD, _EVENTS.replace("{2}", "ADJUDICATE_RECORD"))
RAW_READY = (
    READY.replace("now() WHERE", "now(), ticket_kecamatan_id = kecamatan_id WHERE"),
    _EVENTS.replace("{2}", ""),
    """
    INSERT INTO tracking_ticket (card_id, kecamatan_id, letter, number, drawn_at)
    SELECT c.id, c.kecamatan_id, c.letter, h.last_number
        + row_number() OVER (PARTITION BY c.kecamatan_id, c.letter ORDER BY c.requested_at, c.id), now()
    FROM tracking_card c JOIN tracking_queuehead h ON h.kecamatan_id = c.kecamatan_id AND h.letter = c.letter
    WHERE c.id BETWEEN {0} AND {1}
    """,
    """
    UPDATE tracking_queuehead h SET last_number = t.last
    FROM (SELECT kecamatan_id, letter, max(number) AS last FROM tracking_ticket GROUP BY 1, 2) t
    WHERE (h.kecamatan_id, h.letter) = (t.kecamatan_id, t.letter)
    """,
)


def stage_changes() -> Iterator[Row]:
    """→ HELD and → WAITING_FOR_BLANK, each 100,000 cards that nobody has touched before."""
    template = city.filled(sizes.QUEUE, people.matched)
    seconds: dict[str, list[float]] = {"held": [], "raw held": [], "ready": [], "raw ready": [], "save": []}
    with cluster.cloned(template, "bench_steps") as ours, cluster.cloned(template, "bench_raw") as raw:
        variants.without_triggers(raw)
        cluster.calm(ours)
        cluster.calm(raw)
        for turn in range(sizes.REPETITIONS):
            first, second = 2 * turn, 2 * turn + 1
            seconds["raw held"].append(change(raw, first, *RAW_HOLD, role=server.SUPERUSER))
            seconds["held"].append(change(ours, first, HOLD))
            seconds["raw ready"].append(change(raw, second, *RAW_READY, role=server.SUPERUSER))
            seconds["ready"].append(change(ours, second, READY))
            last = 2 * sizes.REPETITIONS * sizes.MOVED + turn * SAVED
            seconds["save"].append(child(ours, "save", str(last + 1), str(SAVED))["seconds"])
    rate = {name: sizes.MOVED / middle(values) for name, values in seconds.items()}
    saved = SAVED / middle(seconds["save"])
    note = f"{sizes.MOVED} cards in one statement with its commit"
    yield row("stage_change", rate["held"], rate["raw held"], "cards/s", "≥ 0.8", f"→ HELD, {note}")
    yield row(
        "stage_change_ready",
        rate["ready"],
        rate["raw ready"],
        "cards/s",
        "≥ 0.8",
        f"→ WAITING_FOR_BLANK, {note}",
    )
    yield row(
        "stage_change_save", rate["held"], saved, "cards/s", "≥ 50", f"{SAVED} save() in one transaction"
    )


def counters_write() -> Iterator[Row]:
    """100,000 cards leave the queue: with counters and places, and without."""
    template = city.filled(sizes.QUEUE, people.waiting)
    seconds: dict[str, list[float]] = {"with": [], "without": []}
    with cluster.cloned(template, "bench_with") as ours, cluster.cloned(template, "bench_without") as bare:
        variants.without_counters(bare)
        cluster.calm(ours)
        cluster.calm(bare)
        for turn in range(2 * sizes.REPETITIONS):
            seconds["without"].append(change(bare, turn, HOLD))
            seconds["with"].append(change(ours, turn, HOLD))
    yield row(
        "counters_write",
        middle(seconds["with"]),
        middle(seconds["without"]),
        "s",
        "≤ 1.1",
        f"{sizes.MOVED} cards WAITING_FOR_BLANK → HELD; without: checks and events alone",
    )


def change(database: str, turn: int, *statements: str, role: str = server.SITE) -> float:
    """Seconds for the cards of this turn, commit included."""
    bounds = turn * sizes.MOVED + 1, (turn + 1) * sizes.MOVED
    connection = cluster.connect(database, role)
    connection.autocommit = False
    cluster.settle()
    with connection.cursor() as cursor:
        # a connection that has served before: caches are warm, triggers compiled
        _say_and_run(cursor, statements, (bounds[0], bounds[0]))
        connection.rollback()
        cursor.execute(ACTOR)
        started = time.perf_counter()
        for statement in statements:
            cursor.execute(statement.format(*bounds))
        connection.commit()
        took = time.perf_counter() - started
    connection.close()
    return took


def _say_and_run(cursor: Any, statements: Sequence[str], bounds: tuple[int, int]) -> None:
    cursor.execute(ACTOR)
    for statement in statements:
        cursor.execute(statement.format(*bounds))
