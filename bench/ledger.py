"""The ledger of the cards that `city` says we printed: one shipment, one division, a batch every evening.

By now cards, events and tickets are written; who was served got a blank in the evening of the day of the draw.
"""

from typing import Any

_SERVED = """
CREATE TEMP TABLE bench_served ON COMMIT DROP AS
SELECT e.card_id, e.at, t.kecamatan_id, t.letter, t.number,
    dense_rank() OVER (ORDER BY e.at, t.kecamatan_id) AS batch_id
FROM tracking_event e JOIN tracking_ticket t USING (card_id) WHERE e.to_stage = 'BLANK_ALLOCATED';
ANALYZE bench_served;
"""
# Accounts: 1 supplier, 2 store, 3 cards, 100 + k the quota of kecamatan k.
_PAPERS = """
INSERT INTO blanks_document (id, kind, number, dated, on_paper, counted, why, at, actor)
OVERRIDING SYSTEM VALUE
SELECT d.id, d.kind, d.number, s.at::date, CASE d.id WHEN 1 THEN s.n END, s.n, '', s.at, 'source:bench'
FROM (SELECT count(*) AS n, min(at) - interval '1 day' AS at FROM bench_served) s,
    (VALUES (1, 'shipment', 'KIRIMAN-1'), (2, 'division', 'PEMBAGIAN-1')) d (id, kind, number)
WHERE s.n > 0;
INSERT INTO blanks_range (document_id, series_id, first, last, width)
SELECT id, 1, 1, on_paper, 8 FROM blanks_document WHERE id = 1;

INSERT INTO blanks_printbatch (id, kecamatan_id, size, left_out, at, actor)
OVERRIDING SYSTEM VALUE
SELECT batch_id, kecamatan_id, count(*), 0, at, 'source:bench' FROM bench_served GROUP BY 1, 2, at;
INSERT INTO blanks_batchcard (batch_id, line, card_id, letter, number, exception, open, left_to, left_why)
SELECT batch_id, row_number() OVER (PARTITION BY batch_id ORDER BY s.letter, number), card_id, s.letter, number, false,
    c.stage = 'BLANK_ALLOCATED', CASE WHEN c.stage <> 'BLANK_ALLOCATED' THEN 'PRINTED' END,
    CASE WHEN c.stage <> 'BLANK_ALLOCATED' THEN '' END
FROM bench_served s JOIN tracking_card c ON c.id = s.card_id;

INSERT INTO blanks_movement (from_account_id, to_account_id, quantity, cause, document_id, batch_id, letter, last_number,
    at, actor, source)
SELECT f, t, n, cause, document_id, batch_id, letter, last_number, at, 'source:bench', 'bench'
FROM (
    SELECT 1 AS f, 2 AS t, on_paper AS n, 'received' AS cause, id AS document_id, NULL::bigint AS batch_id,
        NULL AS letter, NULL::integer AS last_number, at, 0 AS rank
    FROM blanks_document WHERE id = 1
    UNION ALL
    SELECT 2, 100 + kecamatan_id, count(*), 'divided', 2, NULL, NULL, NULL, (SELECT at FROM blanks_document WHERE id = 2), 1
    FROM bench_served GROUP BY kecamatan_id
    UNION ALL
    SELECT 100 + kecamatan_id, 3, count(*), 'allocated', NULL, batch_id, letter, max(number), at, 2
    FROM bench_served GROUP BY batch_id, kecamatan_id, letter, at) m
ORDER BY at, rank, f, t, letter;
"""
_SERIALS = """
CREATE TEMP TABLE bench_printed ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY e.at, e.card_id) AS number, e.card_id, e.at, s.batch_id
FROM tracking_event e JOIN bench_served s USING (card_id) WHERE e.to_stage = 'PRINTED';
INSERT INTO blanks_result (batch_id, card_id, outcome, series_id, number, at, actor)
SELECT batch_id, card_id, 'printed', 1, number, at, 'source:bench' FROM bench_printed ORDER BY number;
INSERT INTO blanks_serialmove (id, series_id, number, from_place, to_place, card_id, at)
OVERRIDING SYSTEM VALUE
SELECT number, 1, number, 'free', 'cards', card_id, at FROM bench_printed ORDER BY number;
INSERT INTO blanks_serial (series_id, number, place, card_id, move_id)
SELECT 1, number, 'cards', card_id, number FROM bench_printed ORDER BY number;
"""
_COUNT = """
UPDATE blanks_account a SET balance = m.n
FROM (SELECT id, sum(n) AS n FROM (SELECT from_account_id AS id, -quantity AS n FROM blanks_movement
                                   UNION ALL SELECT to_account_id, quantity FROM blanks_movement) x GROUP BY 1) m
WHERE m.id = a.id;
SELECT setval(pg_get_serial_sequence('blanks_' || name, 'id'), n) FROM (
    SELECT 'printbatch' AS name, max(id) AS n FROM blanks_printbatch
    UNION ALL SELECT 'serialmove', max(id) FROM blanks_serialmove
    UNION ALL SELECT 'document', max(id) FROM blanks_document) named WHERE n > 0;
"""


def fill(cursor: Any) -> None:
    """Write the papers, batches, movements and serials of all cards that got a blank; nothing where none did."""
    for statement in (_SERVED, _PAPERS, _SERIALS, _COUNT):
        cursor.execute(statement)
