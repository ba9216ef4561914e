-- Rows that name another regency are refused; where they are otherwise good and not old, the open card is blocked:
-- did its citizen move away?
INSERT INTO feed_decision (file_no, line, nik_index, citizen_id, card_id, stage, act, outcome, reason,
                           personal, moves_house, row_digest)
SELECT r.file_no, r.line, r.nik_index, c.id, k.id, k.stage, 'moved_away', 'fault', r.fault, false, false, r.row_digest
FROM feed_row r
JOIN tracking_citizen c ON c.nik_index = r.nik_index
JOIN tracking_card k ON k.citizen_id = c.id AND NOT k.closed
WHERE r.fault = 'region_unknown' AND r.status_hi >= c.central_from
    AND NOT EXISTS (SELECT FROM tracking_block b WHERE b.card_id = k.id AND b.lifted_at IS NOT NULL AND b.code = r.code
                    AND b.central_from = r.status_lo AND b.central_until = r.status_hi)
