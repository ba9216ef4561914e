-- Everybody's newest row; in the order in which citizens and cards are kept, so that looking them up costs less.
SELECT r.*, r.ctid AS tid, z.id AS citizen_id
FROM feed_row r
LEFT JOIN tracking_citizen z ON z.nik_index = r.nik_index
WHERE r.fault IS NULL AND NOT EXISTS (SELECT FROM feed_same s WHERE s.tid = r.ctid AND s.rank > 1)
ORDER BY z.id, r.nik_index
