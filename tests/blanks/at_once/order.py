"""Whether anybody was served out of turn, found out afterwards from the history alone, in the order of commits."""

from collections import defaultdict
from typing import Any

from tests.builders import sql

# what happened to cards with a number, transaction by transaction as they became true; of blocks no order is kept,
# so whoever was ever blocked is not among those who could have been passed
_HISTORY = """
SELECT pg_xact_commit_timestamp(e.xmin) AS committed, e.xmin::text::bigint, e.at, t.kecamatan_id, t.letter, t.number,
       e.to_stage, e.from_stage, e.corrects IS NOT NULL, coalesce(b.exception, false)
FROM tracking_event e JOIN tracking_ticket t USING (card_id)
LEFT JOIN LATERAL (
    SELECT b.exception FROM blanks_batchcard b JOIN blanks_printbatch p ON p.id = b.batch_id
    WHERE b.card_id = e.card_id AND p.xmin = e.xmin) b ON e.to_stage = 'BLANK_ALLOCATED' AND e.corrects IS NULL
WHERE NOT EXISTS (SELECT FROM tracking_block x WHERE x.card_id = e.card_id) OR e.to_stage = 'BLANK_ALLOCATED'
ORDER BY 1, 2, e.id
"""
_EVER_BLOCKED = """
SELECT t.kecamatan_id, t.letter, t.number FROM tracking_ticket t JOIN tracking_block b USING (card_id)
"""


def passed_over(letters: str = "ABC") -> tuple[int, list[str]]:
    """How many were served in turn, and each time that a better number waited all the same.

    Within a letter the order is strict. Somebody of a better letter who came while a transaction was already
    under way had not been waiting when it began.
    """
    never_counted = set(sql(_EVER_BLOCKED))
    waiting: dict[int, dict[tuple[int, int], Any]] = defaultdict(dict)
    served, wrong, together = 0, [], []
    rows = [*sql(_HISTORY), (None, None, *[None] * 8)]
    transaction = rows[0][1]
    for row in rows:
        if row[1] != transaction:
            for _, _, began, kecamatan, letter, number in together:
                served += 1
                mine = (letters.index(letter), number)
                for other, since in waiting[kecamatan].items():
                    if other < mine and (other[0] == mine[0] or since <= began):
                        wrong.append(
                            f"{letters[other[0]]}-{other[1]} waited when {letter}-{number} was served"
                        )
            transaction, together = row[1], []
            if row[0] is None:
                break
        committed, _, _, kecamatan, letter, number, to, from_, corrects, exception = row
        key = (letters.index(letter), number)
        if to == "WAITING_FOR_BLANK" and (kecamatan, letter, number) not in never_counted:
            waiting[kecamatan][key] = committed
        elif from_ == "WAITING_FOR_BLANK":
            waiting[kecamatan].pop(key, None)
        if to == "BLANK_ALLOCATED" and not corrects and not exception:
            together.append(row[:6])
    return served, wrong
