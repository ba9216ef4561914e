-- The ledger of the invented cards. By now there are: demo_step; documents with their ranges; demo_hand, the
-- movements made by hand; demo_named, the serials that these name; demo_block, which places in the order of the
-- store's blanks each kecamatan was given; demo_piece, the serials at these places.
ANALYZE demo_block;

-- Batches: who got a blank at one moment in one kecamatan.
CREATE TEMP TABLE demo_batch ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY at, kecamatan_id) AS id, at, kecamatan_id, size, actor
FROM (SELECT at, kecamatan_id, count(*) AS size, min(actor) AS actor
      FROM demo_step WHERE effect = 'take' AND corrects IS NULL GROUP BY 1, 2) s;
INSERT INTO blanks_printbatch (id, kecamatan_id, size, left_out, at, actor)
SELECT id, kecamatan_id, size, (SELECT count(*) FROM demo_blocked w WHERE w.kecamatan_id = b.kecamatan_id
    AND w.since < b.at AND coalesce(w.until, 'infinity') > b.at), at, actor FROM demo_batch b;

-- Exceptions: the last of a batch was let go first; and somebody whose exception is still to be served.
INSERT INTO blanks_priority (card_id, category, why, at, actor, ended_at)
SELECT s.card_id, 'health', %(health)s, s.at - interval '20 hours', %(supervisor)s,
    (SELECT min(p.at) FROM demo_step p WHERE p.card_id = s.card_id AND p.at > s.at AND p.to_stage = 'PRINTED')
FROM demo_step s JOIN demo_batch b USING (at, kecamatan_id) JOIN tracking_ticket t USING (card_id)
JOIN tracking_card c ON c.id = s.card_id
WHERE s.effect = 'take' AND s.turn = 1 AND b.size > 2 AND t.drawn_at < s.at - interval '4 days'
    AND c.stage = 'DELIVERED' AND s.at > %(shortage)s
    AND NOT EXISTS (SELECT FROM tracking_block x WHERE x.card_id = s.card_id)
ORDER BY s.at, s.kecamatan_id, strpos('ABC', s.letter) DESC, s.number DESC LIMIT 1;
INSERT INTO blanks_priority (card_id, category, why, at, actor)
SELECT c.id, 'travel', %(travel)s, %(yesterday)s, %(supervisor)s
FROM tracking_card c JOIN tracking_ticket t ON t.card_id = c.id
WHERE c.stage = 'WAITING_FOR_BLANK' AND c.phase = 1 AND NOT c.blocked AND t.letter = 'B' AND c.since < %(yesterday)s
    AND t.drawn_at < %(yesterday)s
ORDER BY c.since, c.id LIMIT 1;

INSERT INTO blanks_batchcard (batch_id, line, card_id, letter, number, exception, open, left_to, left_why)
SELECT b.id, row_number() OVER (PARTITION BY b.id ORDER BY p.id IS NULL, strpos(tracking_letters((b.at AT TIME ZONE 'Asia/Jakarta')::date), s.letter), s.number),
    s.card_id, s.letter, s.number, p.id IS NOT NULL, l.to_stage IS NULL, l.to_stage, l.reason
FROM demo_step s JOIN demo_batch b USING (at, kecamatan_id)
LEFT JOIN blanks_priority p ON p.card_id = s.card_id AND p.at < s.at AND coalesce(p.ended_at, 'infinity') > s.at
LEFT JOIN LATERAL (  -- how it left the batch: the next step of this turn that nobody undid
    SELECT n.to_stage, n.reason FROM demo_step n
    WHERE n.card_id = s.card_id AND n.turn = s.turn AND n.id > s.id AND n.corrects IS NULL
        AND NOT EXISTS (SELECT FROM demo_step u WHERE u.card_id = n.card_id AND u.corrects = n.id)
    ORDER BY n.id LIMIT 1) l ON true
WHERE s.effect = 'take' AND s.corrects IS NULL
ORDER BY b.id, 2;
ANALYZE blanks_batchcard;

-- The turn log says of exceptions that they were.
INSERT INTO tracking_turn (moment, kecamatan_id, letter, act, at, numbers)
SELECT t.moment, t.kecamatan_id, t.letter, 'exception', t.at, array_agg(c.number ORDER BY c.number)
FROM blanks_batchcard c JOIN blanks_printbatch b ON b.id = c.batch_id
JOIN tracking_turn t ON (t.at, t.kecamatan_id, t.letter, t.act) = (b.at, b.kecamatan_id, c.letter, 'served')
WHERE c.exception GROUP BY t.moment, t.kecamatan_id, t.letter, t.at;
UPDATE tracking_turn t SET numbers = ARRAY(SELECT unnest(t.numbers) EXCEPT SELECT unnest(x.numbers) ORDER BY 1)
FROM tracking_turn x
WHERE (t.moment, t.kecamatan_id, t.letter, t.act, x.act)
    = (x.moment, x.kecamatan_id, x.letter, 'served', 'exception');
DELETE FROM tracking_turn WHERE numbers = '{}';

-- Serials: the blanks of a kecamatan are used in the order in which it got them.
CREATE TEMP TABLE demo_used ON COMMIT DROP AS
SELECT u.card_id, u.turn, p.first + b.place + u.n - 1 - b.before - p.place AS number
FROM (SELECT card_id, turn, kecamatan_id, row_number() OVER (PARTITION BY kecamatan_id ORDER BY min(id)) AS n
      FROM demo_step WHERE effect = 'bind' AND corrects IS NULL OR reason = 'misprint' GROUP BY 1, 2, 3) u
JOIN demo_block b ON b.kecamatan_id = u.kecamatan_id AND u.n > b.before AND u.n <= b.before + b.quantity
JOIN demo_piece p ON b.place + u.n - 1 - b.before >= p.place AND b.place + u.n - 1 - b.before < p.place + p.quantity;
CREATE UNIQUE INDEX ON demo_used (card_id, turn);
ANALYZE demo_used;

INSERT INTO blanks_result (batch_id, card_id, outcome, series_id, number, at, actor)
SELECT b.id, s.card_id, CASE s.effect WHEN 'bind' THEN 'printed' ELSE 'misprint' END, %(series)s, u.number, s.at, s.actor
FROM demo_step s JOIN demo_used u USING (card_id, turn)
JOIN demo_step t ON t.card_id = s.card_id AND t.turn = s.turn AND t.effect = 'take' AND t.corrects IS NULL
JOIN demo_batch b ON b.at = t.at AND b.kecamatan_id = t.kecamatan_id
WHERE s.corrects IS NULL AND (s.effect = 'bind' OR s.reason = 'misprint') ORDER BY s.at, s.id;

-- Movements: those by hand, and of the cards' steps one for what one statement did.
CREATE TEMP TABLE demo_move ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY at, rank, hand, from_id, to_id, letter, reason, event_id) AS id, m.*
FROM (
    SELECT at, 0 AS rank, hand, from_id, to_id, quantity, cause, document_id, NULL::bigint AS batch_id, NULL::bigint AS event_id,
        NULL::text AS letter, NULL::int AS last_number, reason, actor, 'admin' AS source
    FROM demo_hand
    UNION ALL
    SELECT b.at, 1, NULL, 100 + b.kecamatan_id, 3, count(*), 'allocated', NULL, b.id, NULL, c.letter,
        max(c.number) FILTER (WHERE NOT c.exception), '', b.actor, 'admin'
    FROM demo_batch b JOIN blanks_batchcard c ON c.batch_id = b.id GROUP BY b.id, b.at, b.kecamatan_id, b.actor, c.letter
    UNION ALL
    SELECT at, 2, NULL, 3, CASE effect WHEN 'give_back' THEN 100 + kecamatan_id WHEN 'spoil' THEN 4 ELSE 5 END, count(*),
        CASE effect WHEN 'give_back' THEN 'returned' WHEN 'spoil' THEN 'card_spoiled' ELSE 'card_lost' END,
        NULL, NULL, NULL, NULL, NULL, reason, min(actor), min(source)
    FROM demo_step WHERE effect IN ('give_back', 'spoil', 'lose') AND corrects IS NULL
    GROUP BY at, effect, 5, reason) m;
INSERT INTO blanks_movement (id, from_account_id, to_account_id, quantity, cause, document_id, batch_id, event_id, letter,
    last_number, reason, at, actor, source, xid)
SELECT id, from_id, to_id, quantity, cause, document_id, batch_id, event_id, letter, last_number, reason, at, actor, source,
    pg_current_xact_id()::text::bigint FROM demo_move ORDER BY id;

-- The history of the serials, and where each is now.
INSERT INTO blanks_serialmove (id, movement_id, series_id, number, from_place, to_place, card_id, at)
SELECT row_number() OVER (ORDER BY at, number, rank), movement_id, %(series)s, number, from_place, to_place, card_id, at
FROM (
    SELECT m.at, 0 AS rank, m.id AS movement_id, n.number, n.from_place, n.to_place, NULL::bigint AS card_id
    FROM demo_named n JOIN demo_move m USING (hand)
    UNION ALL
    SELECT s.at, 1, NULL, u.number, CASE WHEN s.corrects IS NULL THEN 'free' ELSE 'cards' END,
        CASE WHEN s.corrects IS NULL THEN 'cards' ELSE 'free' END, CASE WHEN s.corrects IS NULL THEN s.card_id END
    FROM demo_step s JOIN demo_used u USING (card_id, turn)
    WHERE s.effect = 'bind' OR s.reason = 'misprint' AND s.corrects IS NULL
    UNION ALL
    SELECT s.at, 2, m.id, u.number, 'cards', CASE s.effect WHEN 'spoil' THEN 'spoiled' ELSE 'lost' END, s.card_id
    FROM demo_step s JOIN demo_used u USING (card_id, turn)
    JOIN demo_move m ON m.at = s.at AND m.from_id = 3 AND m.reason = s.reason
        AND m.to_id = CASE s.effect WHEN 'spoil' THEN 4 ELSE 5 END
    WHERE s.effect IN ('spoil', 'lose') AND s.corrects IS NULL
    UNION ALL  -- what cards had spoiled until then was destroyed
    SELECT d.at, 3, d.id, u.number, 'spoiled', 'destroyed', s.card_id
    FROM demo_step s JOIN demo_used u USING (card_id, turn) JOIN demo_move d ON d.cause = 'destroyed'
    WHERE s.effect = 'spoil' AND s.corrects IS NULL AND s.at < %(destroyed)s) moves;
INSERT INTO blanks_serial (series_id, number, place, card_id, move_id)
SELECT DISTINCT ON (series_id, number) series_id, number, to_place, card_id, id
FROM blanks_serialmove ORDER BY series_id, number, id DESC;
UPDATE blanks_account a SET balance = coalesce((
    SELECT sum(n) FROM (SELECT from_account_id AS id, -quantity AS n FROM blanks_movement
                        UNION ALL SELECT to_account_id, quantity FROM blanks_movement) m WHERE m.id = a.id), 0);
SELECT setval(pg_get_serial_sequence('blanks_' || name, 'id'), greatest(n, 1), n > 0) FROM (
    SELECT 'printbatch' AS name, coalesce(max(id), 0) AS n FROM blanks_printbatch
    UNION ALL SELECT 'movement', coalesce(max(id), 0) FROM blanks_movement
    UNION ALL SELECT 'serialmove', coalesce(max(id), 0) FROM blanks_serialmove
    UNION ALL SELECT 'document', coalesce(max(id), 0) FROM blanks_document) named
