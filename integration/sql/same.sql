-- Rows about one person in one batch: the newest first, of the same time the later line.
INSERT INTO feed_same
SELECT r.ctid, r.nik_index,
    row_number() OVER (PARTITION BY r.nik_index ORDER BY r.status_hi DESC, r.status_lo DESC, r.file_no DESC, r.line DESC)
FROM feed_row r
WHERE r.fault IS NULL AND r.nik_index IN (
    SELECT nik_index FROM feed_row WHERE fault IS NULL GROUP BY 1 HAVING count(*) > 1);
ANALYZE feed_same;
