-- Lines that have to be read, by file: their row is not, to the letter, the last accepted one about its person; or its
-- person is in the batch twice. As 4 bytes each, because there may be millions.
SELECT file_no, string_agg(int4send(line), '' ORDER BY line)
FROM feed_glance g
LEFT JOIN tracking_citizen z ON z.nik_index = g.nik_index
LEFT JOIN tracking_centralword w ON w.citizen_id = z.id
WHERE w.written_digest IS DISTINCT FROM g.written_digest
    OR g.nik_index IN (SELECT nik_index FROM feed_glance WHERE nik_index IS NOT NULL GROUP BY 1 HAVING count(*) > 1)
GROUP BY 1
