-- The lists of the invented hand-overs, now that the physical cards are there.
ANALYZE demo_line, demo_handover, delivery_piece, delivery_custody;
INSERT INTO delivery_handovercard (handover_id, line, card_id, piece_id, outcome, open, deadline, settled, at, actor)
SELECT d.id, row_number() OVER (PARTITION BY d.id ORDER BY z.kelurahan_id, z.rw NULLS LAST, z.rt NULLS LAST, z.name, l.card_id), l.card_id, p.id,
    l.outcome, l.outcome <> 'received', CASE WHEN l.outcome = 'missing' THEN d.day + 5 END, '',
    CASE l.outcome WHEN 'received' THEN l.at WHEN 'missing' THEN h.ended_at END, CASE WHEN l.outcome <> '' THEN h.ended_by ELSE '' END
FROM demo_line l JOIN demo_handover d ON (d.kecamatan_id, d.state) = (l.kecamatan_id, l.state) AND d.day IS NOT DISTINCT FROM l.day
JOIN delivery_handover h ON h.id = d.id
JOIN tracking_card c ON c.id = l.card_id JOIN tracking_citizen z ON z.id = c.citizen_id
JOIN delivery_piece p ON p.card_id = l.card_id
JOIN delivery_custody y ON y.piece_id = p.id AND CASE WHEN h.state = 'called' THEN p.current AND y.number = 1
    ELSE (y.taker, y.taker_id) = ('transit', h.id) END
ORDER BY d.id, 2;
