-- Rows of a person that were never asked: older than the one that counted, or an exact repetition of it.
INSERT INTO feed_decision (file_no, line, nik_index, act, outcome, reason, personal, moves_house, row_digest)
SELECT s.file_no, s.line, s.nik_index, 'superseded',
    CASE WHEN s.row_digest = counted.row_digest AND counted.outcome <> 'stale' THEN 'unchanged' ELSE 'stale' END,
    '', false, false, s.row_digest
FROM feed_same s
JOIN LATERAL (
    SELECT w.row_digest, coalesce(d.outcome, 'unchanged') AS outcome
    FROM feed_same w LEFT JOIN feed_decision d ON d.file_no = w.file_no AND d.line = w.line
    WHERE w.nik_index = s.nik_index AND w.rank < s.rank
      AND CASE WHEN d.line IS NULL THEN w.rank = 1 ELSE d.outcome <> 'rejected' AND d.act <> 'stale_day' END
    ORDER BY w.rank LIMIT 1) counted ON true
WHERE s.rank > 1 AND NOT EXISTS (SELECT FROM feed_decision d WHERE d.file_no = s.file_no AND d.line = s.line)
