-- Lines that have to be read, by file: their row is not, to the letter, the last accepted one about its person; or its
-- person is in the batch twice. As 4 bytes each, because there may be millions. In the order of the index, then of the
-- citizens, so that the look-ups find their pages warm.
SELECT file_no, string_agg(int4send(line), '' ORDER BY line)
FROM (SELECT g.*, z.id AS citizen_id
      FROM (SELECT *, nik_index IN (lag(nik_index) OVER w, lead(nik_index) OVER w) AS twice
            FROM feed_glance WINDOW w AS (ORDER BY nik_index)) g
      LEFT JOIN tracking_citizen z ON z.nik_index = g.nik_index ORDER BY z.id) g
LEFT JOIN tracking_centralword w ON w.citizen_id = g.citizen_id
WHERE w.written_digest IS DISTINCT FROM g.written_digest OR g.twice
GROUP BY 1
