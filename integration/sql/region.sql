-- Rows that name another regency are refused; where they are otherwise good and not old, the open card is blocked:
-- did its citizen move away?
INSERT INTO feed_decision (tid, citizen_id, card_id, stage, act, outcome, reason, personal, moves_house, code,
                           status_lo, status_hi)
SELECT r.ctid, z.id, k.id, k.stage, 'moved_away', 'fault', r.fault, false, false, r.code, r.status_lo, r.status_hi
FROM feed_row r
JOIN tracking_citizen z ON z.nik_index = r.nik_index
JOIN tracking_centralword w ON w.citizen_id = z.id
JOIN tracking_card k ON k.citizen_id = z.id AND NOT k.closed
WHERE r.fault = 'region_unknown' AND r.status_hi >= w.central_from
    AND NOT EXISTS (SELECT FROM tracking_block b WHERE b.card_id = k.id AND b.lifted_at IS NOT NULL AND b.code = r.code
                    AND b.central_from = r.status_lo AND b.central_until = r.status_hi)
