-- The queues at the end of the day: as they were, and what the turn log says since. A kecamatan's moments are taken
-- in order up to the first that began after the day, so the order of a log is that of the commits.
INSERT INTO tracking_publishedqueue (kecamatan_id, letter, day, reach, lines, last_number, waiting, served, exceptions)
SELECT b.kecamatan_id, b.letter, %(day)s, coalesce(max(t.moment) OVER k, b.reach), b.lines + coalesce(sum(t.lines) OVER k, 0),
    b.last_number + coalesce(t.entered, 0), b.waiting + coalesce(t.more, 0), coalesce(t.served, 0), coalesce(t.exceptions, 0)
FROM (
    SELECT h.kecamatan_id, h.letter, coalesce(p.reach, 0) AS reach, coalesce(p.lines, 0) AS lines,
        coalesce(p.last_number, 0) AS last_number, coalesce(p.waiting, 0) AS waiting
    FROM tracking_queuehead h
    LEFT JOIN tracking_publishedqueue p ON p.kecamatan_id = h.kecamatan_id AND p.letter = h.letter AND p.day = %(before)s) b
LEFT JOIN LATERAL (
    SELECT max(moment) AS moment, sum(n) AS lines, sum(n) FILTER (WHERE act = 'enter') AS entered,
        sum(CASE WHEN act IN ('enter', 'return') THEN n ELSE -n END) AS more,
        sum(n) FILTER (WHERE act = 'served') AS served, sum(n) FILTER (WHERE act = 'exception') AS exceptions
    FROM (SELECT moment, act, cardinality(numbers) AS n FROM tracking_turn t
          WHERE t.kecamatan_id = b.kecamatan_id AND t.letter = b.letter AND t.moment > b.reach
            AND t.moment < coalesce((SELECT min(x.moment) FROM tracking_turn x WHERE x.kecamatan_id = b.kecamatan_id
                                       AND x.moment > b.reach AND x.at >= %(until)s), 9223372036854775807)) x) t ON true
WINDOW k AS (PARTITION BY b.kecamatan_id)
