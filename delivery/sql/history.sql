-- Custody of cards that were printed before anybody kept it: made from what serials and steps of cards say.
-- Runs as the owner, once, on cards without any piece. Whoever came back was counted back at once.
SET LOCAL work_mem = '256MB';
ALTER TABLE delivery_custody DISABLE TRIGGER USER;
-- Hand-overs by which cards went, where somebody knows them.
CREATE TEMP TABLE IF NOT EXISTS old_way (card_id bigint, handover_id bigint, released_at timestamptz, actor text) ON COMMIT DROP;

-- Each blank that came out of the printer for a card; and cards outside the ledger once they were found.
CREATE TEMP TABLE old_piece ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY born_at, card_id, series_id, number) + (SELECT coalesce(max(id), 0) FROM delivery_piece) AS id, p.*,
    lead(born_at, 1, 'infinity') OVER (PARTITION BY card_id ORDER BY born_at, move_id) AS until
FROM (
    SELECT m.card_id, m.series_id, m.number, m.at AS born_at, m.id AS move_id, false AS outside,
           lead(m.id) OVER (PARTITION BY m.series_id, m.number ORDER BY m.id) AS next_birth
    FROM blanks_serialmove m WHERE m.from_place = 'free' AND m.card_id IS NOT NULL
    UNION ALL
    SELECT c.id, NULL, NULL, coalesce(
        (SELECT min(e.at) FROM tracking_event e WHERE e.card_id = c.id AND e.from_stage IS NOT NULL AND e.code IS NULL), c.since),
        0, true, NULL
    FROM tracking_card c
    WHERE c.outside_ledger AND c.stage IN ('BLANK_ALLOCATED', 'PRINTED', 'AT_KECAMATAN', 'OUT_FOR_DELIVERY', 'RETURNED', 'DELIVERED')
      AND (c.outside_confirmed OR c.code IS NULL)) p
WHERE NOT EXISTS (SELECT FROM delivery_piece x WHERE x.card_id = p.card_id);
CREATE INDEX ON old_piece (card_id);
CREATE INDEX ON old_piece (series_id, number);
ANALYZE old_piece;

-- Who came to hold each, by what, when; `rank` orders what happened at one moment.
CREATE TEMP TABLE old_hold ON COMMIT DROP AS
SELECT piece_id, at, rank, sub, event_id, taker, taker_id, act, actor, source FROM (
    SELECT p.id AS piece_id, p.born_at AS at, 0 AS rank, 0 AS sub,
        coalesce((SELECT max(e.id) FROM tracking_event e WHERE e.card_id = p.card_id AND e.at < p.born_at), 0) AS event_id,
        'operator' AS taker, 0::bigint AS taker_id, 'printed' AS act,
        (SELECT r.actor FROM blanks_result r WHERE (r.series_id, r.number) = (p.series_id, p.number) AND r.card_id = p.card_id LIMIT 1) AS actor,
        'admin' AS source
    FROM old_piece p WHERE NOT p.outside
    UNION ALL
    SELECT p.id, e.at, 1, h.sub, e.id, h.taker,
        CASE h.taker WHEN 'kecamatan' THEN c.kecamatan_id ELSE 0 END,
        CASE WHEN e.corrects IS NOT NULL THEN 'corrected' WHEN h.sub = 1 THEN 'counted_back' WHEN h.taker = 'none' THEN 'lost' ELSE 'step' END,
        e.actor, e.source
    FROM old_piece p JOIN tracking_card c ON c.id = p.card_id
    JOIN tracking_event e ON e.card_id = p.card_id AND e.at >= p.born_at AND e.at < p.until
    CROSS JOIN LATERAL (
        SELECT 0 AS sub, CASE e.to_stage WHEN 'PRINTED' THEN 'operator' WHEN 'AT_KECAMATAN' THEN 'kecamatan' WHEN 'OUT_FOR_DELIVERY' THEN 'courier'
            WHEN 'DELIVERED' THEN 'citizen' WHEN 'RETURNED' THEN CASE WHEN e.corrects IS NULL AND e.from_stage = 'OUT_FOR_DELIVERY' THEN 'courier' ELSE 'kecamatan' END
            ELSE CASE WHEN e.reason IN ('lost', 'not_found') AND e.corrects IS NULL THEN 'none' END END AS taker
        UNION ALL SELECT 1, 'kecamatan' WHERE e.to_stage = 'RETURNED' AND e.corrects IS NULL AND e.from_stage = 'OUT_FOR_DELIVERY') h
    WHERE h.taker IS NOT NULL AND NOT (e.to_stage = 'PRINTED' AND e.corrects IS NULL)
    UNION ALL
    SELECT p.id, w.released_at, 1, 0,
        (SELECT max(e.id) FROM tracking_event e WHERE e.card_id = p.card_id AND e.at <= w.released_at),
        'transit', w.handover_id, 'released', w.actor, 'admin'
    FROM old_way w JOIN old_piece p ON p.card_id = w.card_id AND w.released_at >= p.born_at AND w.released_at < p.until
    UNION ALL
    -- outside the ledger: as the last step has it
    SELECT p.id, c.since, 2, 0, (SELECT max(e.id) FROM tracking_event e WHERE e.card_id = c.id),
        CASE c.stage WHEN 'OUT_FOR_DELIVERY' THEN 'courier' WHEN 'DELIVERED' THEN 'citizen' WHEN 'AT_KECAMATAN' THEN 'kecamatan'
            WHEN 'RETURNED' THEN 'kecamatan' ELSE 'operator' END,
        CASE WHEN c.stage IN ('AT_KECAMATAN', 'RETURNED') THEN c.kecamatan_id ELSE 0 END, 'found', 'db:' || session_user, 'sql'
    FROM old_piece p JOIN tracking_card c ON c.id = p.card_id WHERE p.outside
    UNION ALL
    SELECT p.id, m.at, 3, 0, (SELECT coalesce(max(e.id), 0) FROM tracking_event e WHERE e.card_id = p.card_id AND e.at <= m.at),
        CASE m.to_place WHEN 'free' THEN 'store' ELSE 'none' END, 0,
        CASE m.to_place WHEN 'free' THEN 'corrected' ELSE m.to_place END, coalesce(v.actor, 'db:' || session_user), coalesce(v.source, 'sql')
    FROM old_piece p JOIN blanks_serialmove m ON (m.series_id, m.number) = (p.series_id, p.number)
        AND m.id > p.move_id AND m.id < coalesce(p.next_birth, 9223372036854775807)
    LEFT JOIN blanks_movement v ON v.id = m.movement_id
    WHERE m.from_place IN ('cards', 'spoiled') AND m.to_place IN ('free', 'destroyed', 'sent_back')
        OR m.from_place = 'spoiled' AND m.to_place = 'lost') h;
ANALYZE old_hold;

CREATE TEMP TABLE old_custody ON COMMIT DROP AS
SELECT h.*, row_number() OVER w AS number,
    lag(taker, 1, CASE WHEN p.outside THEN 'none' ELSE 'store' END) OVER w AS giver, lag(taker_id, 1, 0) OVER w AS giver_id
FROM (SELECT *, lag(taker) OVER v AS last_taker, lag(taker_id) OVER v AS last_id FROM old_hold
      WINDOW v AS (PARTITION BY piece_id ORDER BY at, rank, event_id, sub)) h
JOIN old_piece p ON p.id = h.piece_id
WHERE (h.last_taker, h.last_id) IS DISTINCT FROM (h.taker, h.taker_id)
WINDOW w AS (PARTITION BY h.piece_id ORDER BY h.at, h.rank, h.event_id, h.sub);

INSERT INTO delivery_custody (piece_id, number, giver, giver_id, taker, taker_id, act, event_id, at, actor, source)
SELECT piece_id, number, giver, giver_id, taker, taker_id, act, event_id, at, coalesce(actor, 'db:' || session_user), source
FROM old_custody ORDER BY piece_id, number;

INSERT INTO delivery_piece (id, card_id, series_id, number, current, holder, holder_id, moves, since)
OVERRIDING SYSTEM VALUE
SELECT p.id, p.card_id, p.series_id, p.number,
    p.outside OR p.until = 'infinity' AND s.place = 'cards' AND s.card_id = p.card_id,
    h.taker, h.taker_id, h.number, h.at
FROM old_piece p JOIN (SELECT DISTINCT ON (piece_id) * FROM old_custody ORDER BY piece_id, number DESC) h ON h.piece_id = p.id
LEFT JOIN blanks_serial s ON (s.series_id, s.number) = (p.series_id, p.number)
ORDER BY p.id;
SELECT setval(pg_get_serial_sequence('delivery_piece', 'id'), greatest((SELECT max(id) FROM delivery_piece), 1));
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE delivery_custody ENABLE TRIGGER USER;
