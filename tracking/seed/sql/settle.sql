-- The invented history becomes the cards', in one transaction. Triggers write the present; this is the past, so
-- they are off until the end of it, and `verify` recounts what is written here in their place.
SET LOCAL work_mem = '256MB';
SET LOCAL synchronous_commit = off;
ALTER TABLE tracking_card DISABLE TRIGGER USER;
ALTER TABLE tracking_block DISABLE TRIGGER USER;

-- Cards are numbered as they came in.
CREATE TEMP TABLE seed_id ON COMMIT DROP AS
SELECT key, row_number() OVER (ORDER BY created_at, key) AS id FROM seed_card;
ANALYZE seed_id;
ANALYZE seed_card;
ANALYZE seed_event;

INSERT INTO tracking_card (id, citizen_id, kind, stage, since, code, requested_at, kecamatan_id, ticket_kecamatan_id,
    outside_ledger, outside_confirmed, blocked, token_version, draws)
SELECT i.id, citizen_id, kind, stage, since, code, requested_at, kecamatan_id, ticket_kecamatan_id,
    outside, confirmed, blocked, 1, false
FROM seed_card JOIN seed_id i USING (key) ORDER BY i.id;

INSERT INTO tracking_event (id, card_id, from_stage, to_stage, at, since, code, actor, reason, source, left_outside)
SELECT row_number() OVER (ORDER BY e.at, i.id, e.seq), i.id, from_stage, to_stage, at, since, code, actor,
    coalesce(reason, ''), source, left_outside
FROM seed_event e JOIN seed_id i USING (key) ORDER BY 1;

-- A correction names the event that it undoes.
ANALYZE tracking_event;
CREATE TEMP TABLE seed_undone ON COMMIT DROP AS
SELECT i.id AS card_id, s.seq, s.undoes FROM seed_event s JOIN seed_id i USING (key) WHERE s.undoes IS NOT NULL;
ANALYZE seed_undone;
WITH numbered AS MATERIALIZED (
    SELECT e.card_id, e.id, row_number() OVER (PARTITION BY e.card_id ORDER BY e.id) - 1 AS seq
    FROM tracking_event e WHERE e.card_id IN (SELECT card_id FROM seed_undone))
UPDATE tracking_event e SET corrects = undone.id
FROM seed_undone s
JOIN numbered correction ON correction.card_id = s.card_id AND correction.seq = s.seq
JOIN numbered undone ON undone.card_id = s.card_id AND undone.seq = s.undoes
WHERE e.card_id = s.card_id AND e.id = correction.id;

INSERT INTO tracking_centralfact (card_id, code, since, source, at)
SELECT i.id, f.code, f.since, f.source, f.at FROM seed_fact f JOIN seed_id i USING (key) ORDER BY f.at, i.id, f.since;

INSERT INTO tracking_block (card_id, reason, source, at, actor, code, central_from, central_until, lifted_at, lifted_by,
    lift_reason)
SELECT i.id, b.reason, b.source, b.at, b.actor, b.code, b.central_from, b.central_until, b.lifted_at, b.lifted_by,
    b.lift_reason
FROM seed_block b JOIN seed_id i USING (key) ORDER BY b.at, i.id;

-- Tickets: those who became ready in one night are numbered together, by request and then by card.
INSERT INTO tracking_ticket (card_id, kecamatan_id, letter, number, drawn_at)
SELECT c.id, c.ticket_kecamatan_id, c.letter,
    row_number() OVER (PARTITION BY c.ticket_kecamatan_id, c.letter ORDER BY ready.at, c.requested_at, c.id), ready.at
FROM (SELECT card_id, min(at) AS at FROM tracking_event WHERE to_stage = 'WAITING_FOR_BLANK' GROUP BY 1) ready
JOIN tracking_card c ON c.id = ready.card_id
ORDER BY ready.at, 2, 3, 4;
ANALYZE tracking_ticket;

-- Counters.
UPDATE tracking_stagecount s SET n = c.n
FROM (SELECT place_id, stage, outside_ledger, count(*) AS n FROM tracking_card GROUP BY 1, 2, 3) c
WHERE (s.kecamatan_id, s.stage, s.outside) = (c.place_id, c.stage, c.outside_ledger);

DELETE FROM tracking_again;
INSERT INTO tracking_again (kecamatan_id, delivered, n) SELECT kecamatan_id, delivered, n FROM tracking_counted_again();

INSERT INTO tracking_queuebucket (kecamatan_id, letter, bucket, waiting_bits, blocked_bits)
SELECT t.kecamatan_id, t.letter, (t.number - 1) / 4096,
    coalesce(bit_or(bit) FILTER (WHERE c.stage = 'WAITING_FOR_BLANK' AND NOT c.blocked), B'0'::bit(4096)),
    coalesce(bit_or(bit) FILTER (WHERE c.stage = 'WAITING_FOR_BLANK' AND c.blocked), B'0'::bit(4096))
FROM tracking_ticket t JOIN tracking_card c ON c.id = t.card_id
CROSS JOIN LATERAL set_bit(B'0'::bit(4096), (t.number - 1) % 4096, 1) AS bit
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

INSERT INTO tracking_queuesuperbucket (kecamatan_id, letter, superbucket, waiting)
SELECT kecamatan_id, letter, bucket / 16, sum(waiting) FROM tracking_queuebucket GROUP BY 1, 2, 3 HAVING sum(waiting) > 0;

UPDATE tracking_queuehead h SET last_number = t.last_number, waiting = b.waiting, blocked = b.blocked
FROM (SELECT kecamatan_id, letter, max(number) AS last_number FROM tracking_ticket GROUP BY 1, 2) t
JOIN (SELECT kecamatan_id, letter, sum(waiting) AS waiting, sum(blocked) AS blocked
      FROM tracking_queuebucket GROUP BY 1, 2) b USING (kecamatan_id, letter)
WHERE (h.kecamatan_id, h.letter) = (t.kecamatan_id, t.letter);

-- Obliged are those who are on record and a few who never came.
DELETE FROM tracking_obliged;
INSERT INTO tracking_obliged (kecamatan_id, dated, quantity, source)
SELECT kecamatan_id, date_trunc('month', now() AT TIME ZONE 'Asia/Jakarta')::date, ceil(count(DISTINCT citizen_id) * 1.005),
    'Data demo: jumlah rekaan'
FROM tracking_card GROUP BY 1;
DELETE FROM tracking_daycount;
DELETE FROM tracking_stay;

SELECT setval(pg_get_serial_sequence('tracking_card', 'id'), (SELECT max(id) FROM tracking_card)),
    setval(pg_get_serial_sequence('tracking_citizen', 'id'), (SELECT max(id) FROM tracking_citizen)),
    setval('tracking_event_id', (SELECT max(id) FROM tracking_event));

ALTER TABLE tracking_card ENABLE TRIGGER USER;
ALTER TABLE tracking_block ENABLE TRIGGER USER;
DROP TABLE seed_card, seed_event, seed_fact, seed_block;
