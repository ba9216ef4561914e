-- Rows about one person in one batch: the newest first, of the same time the later line.
INSERT INTO feed_same
SELECT r.nik_index, r.file_no, r.line,
    row_number() OVER (PARTITION BY r.nik_index ORDER BY r.status_hi DESC, r.status_lo DESC, r.file_no DESC, r.line DESC),
    r.row_digest
FROM feed_row r
WHERE r.fault IS NULL AND r.nik_index IN (
    SELECT nik_index FROM feed_row WHERE fault IS NULL GROUP BY 1 HAVING count(*) > 1);
ANALYZE feed_same;
-- The first round: everybody's newest row, but for those that repeat the last accepted one to the letter.
INSERT INTO feed_todo
SELECT r.file_no, r.line, c.id
FROM feed_row r
LEFT JOIN tracking_citizen c ON c.nik_index = r.nik_index
WHERE r.fault IS NULL
    AND (c.row_digest IS DISTINCT FROM r.row_digest OR %(only_kecamatan)s IS NOT NULL)
    AND NOT EXISTS (SELECT FROM feed_same s WHERE s.file_no = r.file_no AND s.line = r.line AND s.rank > 1);
ANALYZE feed_todo;
