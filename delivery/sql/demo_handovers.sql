-- Hand-overs of the invented cards. What arrived at a kecamatan on one day was one of them; and of what is printed
-- and has not arrived yet, some is on its way, some waits to be collected, and one card is missing.
CREATE TEMP TABLE demo_line ON COMMIT DROP AS
SELECT e.card_id, c.kecamatan_id, e.at, (e.at AT TIME ZONE 'Asia/Jakarta')::date AS day, 'received' AS outcome, 'closed' AS state
FROM tracking_event e JOIN tracking_card c ON c.id = e.card_id
WHERE e.from_stage = 'PRINTED' AND e.to_stage = 'AT_KECAMATAN' AND e.corrects IS NULL AND e.left_outside IS NOT TRUE
    AND NOT EXISTS (SELECT FROM tracking_event x WHERE x.card_id = e.card_id AND x.corrects = e.id)
    AND EXISTS (SELECT FROM blanks_serial s WHERE s.card_id = e.card_id);

CREATE TEMP TABLE demo_printed ON COMMIT DROP AS
SELECT c.id AS card_id, c.kecamatan_id, e.at, row_number() OVER (PARTITION BY c.kecamatan_id ORDER BY e.at, c.id) AS n
FROM tracking_card c JOIN LATERAL (SELECT max(at) AS at FROM tracking_event WHERE card_id = c.id) e ON true
WHERE c.stage = 'PRINTED' AND NOT c.blocked AND NOT c.outside_ledger;
INSERT INTO demo_line (card_id, kecamatan_id, at, day, outcome, state)
SELECT p.card_id, p.kecamatan_id, p.at, d.day, 'missing', 'closed'
FROM (SELECT DISTINCT ON (kecamatan_id) * FROM demo_printed ORDER BY kecamatan_id, n) p
JOIN LATERAL (SELECT max(l.day) AS day FROM demo_line l WHERE l.kecamatan_id = p.kecamatan_id AND l.state = 'closed'
              AND l.day > (p.at AT TIME ZONE 'Asia/Jakarta')::date) d ON d.day IS NOT NULL
WHERE mod(p.kecamatan_id, 4) = 0;
INSERT INTO demo_line (card_id, kecamatan_id, at, day, outcome, state)
SELECT card_id, kecamatan_id, at, NULL, '', CASE WHEN mod(kecamatan_id, 2) = 0 AND n <= 40 THEN 'released' ELSE 'called' END
FROM demo_printed p
WHERE at < %(yesterday)s - interval '6 hours' AND NOT EXISTS (SELECT FROM demo_line l WHERE l.card_id = p.card_id);

CREATE TEMP TABLE demo_handover ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY state = 'called', state = 'released', day, kecamatan_id) AS id, *,
    CASE WHEN state = 'closed' THEN row_number() OVER (PARTITION BY state, extract(year FROM day) ORDER BY day, kecamatan_id) END AS serial
FROM (SELECT kecamatan_id, state, day, min(at) FILTER (WHERE outcome = 'received') AS first, max(at) FILTER (WHERE outcome = 'received') AS last
      FROM demo_line GROUP BY 1, 2, 3) g;

INSERT INTO delivery_handover (id, leg, to_kecamatan_id, state, at, actor, officer_id, receiver, code_hash, tries,
    released_at, released_by, taken_at, ended_at, ended_by, year, serial)
OVERRIDING SYSTEM VALUE
SELECT h.id, 'to_kecamatan', h.kecamatan_id, h.state, t.released - interval '3 minutes', %(operator)s,
    CASE WHEN h.state <> 'called' THEN o.id END, '', CASE WHEN h.state <> 'called' THEN 'demo' ELSE '' END, 0,
    CASE WHEN h.state <> 'called' THEN t.released END, CASE WHEN h.state <> 'called' THEN %(operator)s ELSE '' END,
    CASE WHEN h.state <> 'called' THEN t.released + interval '20 seconds' END,
    CASE WHEN h.state = 'closed' THEN h.last + interval '5 minutes' END, CASE WHEN h.state = 'closed' THEN 'staff:' || o.id ELSE '' END,
    CASE WHEN h.state = 'closed' THEN extract(year FROM h.day) END, h.serial
FROM demo_handover h
CROSS JOIN LATERAL (SELECT CASE WHEN h.state = 'closed' THEN greatest(h.first - interval '45 minutes', h.day::timestamp AT TIME ZONE 'Asia/Jakarta' + interval '4 minutes')
                                ELSE %(yesterday)s END AS released) t
JOIN (SELECT substr(value, 7)::bigint AS id, key::smallint AS kecamatan_id FROM jsonb_each_text(%(officers)s)) o ON o.kecamatan_id = h.kecamatan_id
ORDER BY h.id;
SELECT setval(pg_get_serial_sequence('delivery_handover', 'id'), greatest((SELECT max(id) FROM delivery_handover), 1));

CREATE TEMP TABLE IF NOT EXISTS old_way (card_id bigint, handover_id bigint, released_at timestamptz, actor text) ON COMMIT DROP;
INSERT INTO old_way
SELECT l.card_id, h.id, h.released_at, h.released_by
FROM demo_line l JOIN demo_handover d ON (d.kecamatan_id, d.state) = (l.kecamatan_id, l.state) AND d.day IS NOT DISTINCT FROM l.day
JOIN delivery_handover h ON h.id = d.id
WHERE h.released_at IS NOT NULL;
