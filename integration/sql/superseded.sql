-- Rows of a person that were never asked: older than the one that counted, or an exact repetition of it.
INSERT INTO feed_decision (tid, act, outcome, reason, personal, moves_house)
SELECT s.tid, 'superseded',
    CASE WHEN counted.outcome <> 'stale' AND (r.row_digest, r.code, r.status_lo, r.status_hi)
              = (counted.row_digest, counted.code, counted.status_lo, counted.status_hi)
         THEN 'unchanged' ELSE 'stale' END,
    '', false, false
FROM feed_same s
JOIN feed_row r ON r.ctid = s.tid
JOIN LATERAL (
    SELECT x.row_digest, x.code, x.status_lo, x.status_hi, coalesce(d.outcome, 'unchanged') AS outcome
    FROM feed_same w JOIN feed_row x ON x.ctid = w.tid LEFT JOIN feed_decision d ON d.tid = w.tid
    WHERE w.nik_index = s.nik_index AND w.rank < s.rank
      AND CASE WHEN d.tid IS NULL THEN w.rank = 1 ELSE d.outcome <> 'rejected' AND d.act <> 'stale_day' END
    ORDER BY w.rank LIMIT 1) counted ON true
WHERE s.rank > 1 AND NOT EXISTS (SELECT FROM feed_decision d WHERE d.tid = s.tid)
