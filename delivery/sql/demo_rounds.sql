-- Couriers and rounds for the cards that are out in the demo: one for each RW, begun when the first of its cards went out.
ALTER TABLE delivery_courier DISABLE TRIGGER USER;
ALTER TABLE delivery_round DISABLE TRIGGER USER;
ALTER TABLE delivery_link DISABLE TRIGGER USER;
ALTER TABLE delivery_roundcard DISABLE TRIGGER USER;
ALTER TABLE delivery_custody DISABLE TRIGGER USER;

CREATE TEMP TABLE demo_out ON COMMIT DROP AS
SELECT c.id AS card_id, c.kecamatan_id, z.kelurahan_id, z.rw, z.rt, c.since, p.id AS piece_id, e.actor,
       dense_rank() OVER (ORDER BY c.kecamatan_id, z.kelurahan_id, z.rw NULLS LAST) AS walk,
       (row_number() OVER (PARTITION BY c.kecamatan_id, z.kelurahan_id, z.rw ORDER BY z.rt NULLS LAST, c.id) - 1) / 200 AS part
FROM tracking_card c JOIN tracking_citizen z ON z.id = c.citizen_id
JOIN delivery_piece p ON p.card_id = c.id AND p.current AND p.holder = 'courier' AND p.holder_id = 0
JOIN LATERAL (SELECT actor FROM tracking_event e WHERE e.card_id = c.id ORDER BY e.id DESC LIMIT 1) e ON true
WHERE c.stage = 'OUT_FOR_DELIVERY';

CREATE TEMP TABLE demo_walk ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY walk, part) AS id, walk, part, kecamatan_id, kelurahan_id, rw,
       (array_agg(rt ORDER BY rt))[1] AS rt, min(since) AS since, count(*) AS cards, min(actor) AS actor
FROM demo_out GROUP BY walk, part, kecamatan_id, kelurahan_id, rw;

INSERT INTO delivery_courier (id, kecamatan_id, kelurahan_id, rw, rt, letter_number, valid_from, valid_until, at, actor)
OVERRIDING SYSTEM VALUE
SELECT id, kecamatan_id, kelurahan_id, rw, rt, '474/' || id || '/ST', %(today)s::date - 30, %(today)s::date + 60, since, actor FROM demo_walk;

INSERT INTO delivery_round (id, request, kecamatan_id, courier_id, state, taken_by_id, taken_at, taken_how, counted, at, actor, begun_at)
OVERRIDING SYSTEM VALUE
SELECT id, gen_random_uuid(), kecamatan_id, id, 'out', id, since, 'paper', cards, since, actor, since FROM demo_walk;

INSERT INTO delivery_roundcard (round_id, card_id, position, tries, result, ended)
SELECT w.id, o.card_id, row_number() OVER (PARTITION BY w.id ORDER BY o.rt NULLS LAST, o.card_id), 0, '', ''
FROM demo_out o JOIN demo_walk w USING (walk, part);

UPDATE delivery_custody c SET taker_id = w.id
FROM demo_out o JOIN demo_walk w USING (walk, part) JOIN delivery_piece p ON p.id = o.piece_id
WHERE c.piece_id = o.piece_id AND c.number = p.moves;
UPDATE delivery_piece p SET holder_id = w.id FROM demo_out o JOIN demo_walk w USING (walk, part) WHERE p.id = o.piece_id;

SELECT setval(pg_get_serial_sequence('delivery_courier', 'id'), greatest((SELECT max(id) FROM delivery_courier), 1)),
       setval(pg_get_serial_sequence('delivery_round', 'id'), greatest((SELECT max(id) FROM delivery_round), 1));
