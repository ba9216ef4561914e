"""Everything that counters say, counted anew the slow way: from cards, events, tickets and blocks."""

from typing import Any

from tests.builders import sql

# The place that a card's history gives it, from events alone; the kecamatan from card and ticket.
_COUNTS = """
SELECT CASE WHEN e.to_stage IN ('WAITING_FOR_BLANK', 'BLANK_ALLOCATED') THEN coalesce(t.kecamatan_id, c.kecamatan_id)
            ELSE c.kecamatan_id END AS place, e.to_stage, c.outside_ledger, count(*)
FROM tracking_card c
JOIN LATERAL (SELECT to_stage FROM tracking_event WHERE card_id = c.id ORDER BY id DESC LIMIT 1) e ON true
LEFT JOIN tracking_ticket t ON t.card_id = c.id GROUP BY 1, 2, 3
"""
_WAITING = """
SELECT t.card_id, t.kecamatan_id, t.letter, t.number,
       EXISTS (SELECT FROM tracking_block b WHERE b.card_id = t.card_id AND b.lifted_at IS NULL) AS blocked
FROM tracking_ticket t JOIN tracking_card c ON c.id = t.card_id WHERE c.stage = 'WAITING_FOR_BLANK'
"""
Counts = dict[tuple[Any, ...], Any]


def counts() -> Counts:
    return {(k, stage, outside): n for k, stage, outside, n in sql(_COUNTS)}


def heads() -> Counts:
    """Last number, waiting and blocked of each queue that has begun."""
    last = {
        (k, x): n
        for k, x, n in sql("SELECT kecamatan_id, letter, max(number) FROM tracking_ticket GROUP BY 1, 2")
    }
    found = {key: [number, 0, 0] for key, number in last.items()}
    for _card, kecamatan, letter, _number, blocked in sql(_WAITING):
        found[kecamatan, letter][2 if blocked else 1] += 1
    return {key: tuple(value) for key, value in found.items()}


def bits() -> Counts:
    """Which numbers wait, and which wait blocked, by queue."""
    found: dict[tuple[Any, ...], tuple[set[int], set[int]]] = {}
    for _card, kecamatan, letter, number, blocked in sql(_WAITING):
        found.setdefault((kecamatan, letter), (set(), set()))[blocked].add(number)
    return dict(found)


def positions(order: str = "ABC") -> dict[int, int]:
    """By card: those waiting and not blocked in better letters, or with a smaller number, plus one."""
    waiting = [row[:4] for row in sql(_WAITING) if not row[4]]
    return {
        card: 1
        + sum(
            k == kecamatan and (order.index(x) < order.index(letter) or (x == letter and n < number))
            for _other, k, x, n in waiting
        )
        for card, kecamatan, letter, number in waiting
    }


def kept_counts() -> Counts:
    rows = sql("SELECT kecamatan_id, stage, outside, n FROM tracking_stagecount WHERE n <> 0")
    return {(k, stage, outside): n for k, stage, outside, n in rows}


def kept_heads() -> Counts:
    rows = sql(
        "SELECT kecamatan_id, letter, last_number, waiting, blocked FROM tracking_queuehead "
        "WHERE last_number <> 0 OR waiting <> 0 OR blocked <> 0"
    )
    return {row[:2]: row[2:] for row in rows}


def kept_bits() -> Counts:
    found: dict[tuple[Any, ...], tuple[set[int], set[int]]] = {}
    for kecamatan, letter, bucket, waiting, blocked in sql(
        "SELECT kecamatan_id, letter, bucket, waiting_bits::text, blocked_bits::text FROM tracking_queuebucket"
    ):
        both = found.setdefault((kecamatan, letter), (set(), set()))
        for into, text in zip(both, (waiting, blocked), strict=True):
            into |= {bucket * 4096 + at + 1 for at, bit in enumerate(text) if bit == "1"}
    return {key: both for key, both in found.items() if any(both)}


def kept_positions() -> dict[int, int]:
    return dict(
        sql(
            """SELECT t.card_id, tracking_position(t.kecamatan_id, t.letter, t.number)
            FROM tracking_ticket t JOIN tracking_card c ON c.id = t.card_id
            WHERE c.stage = 'WAITING_FOR_BLANK' AND NOT c.blocked"""
        )
    )


def superbuckets_that_differ() -> list[tuple[Any, ...]]:
    return sql(
        """SELECT kecamatan_id, letter, superbucket, s.waiting, b.waiting
        FROM (SELECT * FROM tracking_queuesuperbucket WHERE waiting <> 0) s
        FULL JOIN (SELECT kecamatan_id, letter, bucket / 16 AS superbucket, sum(waiting) AS waiting
                   FROM tracking_queuebucket GROUP BY 1, 2, 3 HAVING sum(waiting) <> 0) b
        USING (kecamatan_id, letter, superbucket) WHERE s.waiting IS DISTINCT FROM b.waiting"""
    )


def broken() -> list[str]:
    """What a recount finds, beside the counters: each a sentence."""
    checks = {
        "a number is missing or there twice": """SELECT kecamatan_id, letter FROM tracking_ticket
            GROUP BY 1, 2 HAVING max(number) <> count(*) OR min(number) <> 1 OR count(DISTINCT number) <> count(*)""",
        "a ticket without a card that once waited": """SELECT card_id FROM tracking_ticket t WHERE NOT EXISTS (
            SELECT FROM tracking_event e WHERE e.card_id = t.card_id AND e.to_stage = 'WAITING_FOR_BLANK')""",
        "a card that waited without a ticket": """SELECT card_id FROM tracking_event e
            WHERE to_stage = 'WAITING_FOR_BLANK' AND NOT EXISTS (
            SELECT FROM tracking_ticket t WHERE t.card_id = e.card_id)""",
        "a ticket of another kecamatan than the card says": """SELECT card_id FROM tracking_ticket t
            JOIN tracking_card c ON c.id = t.card_id WHERE c.ticket_kecamatan_id IS DISTINCT FROM t.kecamatan_id
            OR c.letter <> t.letter""",
        "a stage that is not the last event's": """SELECT c.id FROM tracking_card c JOIN LATERAL (
            SELECT to_stage, since, code FROM tracking_event WHERE card_id = c.id ORDER BY id DESC LIMIT 1) e ON true
            WHERE (e.to_stage, e.since) <> (c.stage, c.since) OR e.code IS DISTINCT FROM c.code""",
        "an event that does not follow the one before": """SELECT card_id FROM (
            SELECT *, lag(to_stage) OVER (PARTITION BY card_id ORDER BY id) AS before FROM tracking_event) e
            WHERE before IS DISTINCT FROM from_stage""",
        "an illegal step": """SELECT id FROM tracking_event e WHERE from_stage IS NOT NULL AND corrects IS NULL
            AND NOT EXISTS (SELECT FROM tracking_step s
            WHERE (s.from_stage, s.to_stage, s.reason) = (e.from_stage, e.to_stage, e.reason))""",
        "a flag that is not the blocks'": """SELECT id FROM tracking_card c WHERE blocked <> EXISTS (
            SELECT FROM tracking_block b WHERE b.card_id = c.id AND lifted_at IS NULL)""",
        "a blocked card in allocation": """SELECT id FROM tracking_card
            WHERE blocked AND stage = 'BLANK_ALLOCATED'""",
        "something unsettled": "SELECT id FROM tracking_unsettled",
    }
    return [f"{what}: {rows[:3]}" for what, query in checks.items() if (rows := sql(query))]


def assert_exact() -> None:
    """Every counter is what a recount says, and history is whole."""
    assert broken() == []
    assert kept_counts() == counts()
    assert kept_heads() == heads()
    assert kept_bits() == bits()
    assert superbuckets_that_differ() == []
