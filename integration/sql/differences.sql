-- What a sender of one kecamatan said of cards of another becomes work for the office, once: rows about such a card, and
-- rows that name another kecamatan about somebody whom we know.
INSERT INTO integration_difference
    (card_id, source_id, batch_id, kecamatan_id, code, since, settled, settled_by)
SELECT said.card_id, %(source)s, %(batch)s, said.kecamatan_id, said.code, said.status_lo, '', ''
FROM (
    SELECT d.card_id, r.kecamatan_id, r.code, r.status_lo
    FROM feed_decision d JOIN feed_row r ON r.ctid = d.tid WHERE d.act = 'region_not_allowed'
    UNION
    SELECT k.id, r.kecamatan_id, r.code, r.status_lo
    FROM feed_row r JOIN tracking_citizen z ON z.nik_index = r.nik_index
    CROSS JOIN LATERAL (SELECT x.id FROM tracking_card x WHERE x.citizen_id = z.id ORDER BY x.closed, x.id DESC LIMIT 1) k
    WHERE r.fault = 'region_not_allowed'
) said
ORDER BY said.card_id
ON CONFLICT DO NOTHING
