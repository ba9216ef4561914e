-- Some rows of each outcome, without anything personal.
SELECT outcome, file_no, line, reason, coalesce(CASE WHEN act NOT IN ('citizen', 'card') THEN stage END, ''),
    CASE WHEN act IN ('citizen', 'card', 'move', 'forward') THEN target ELSE '' END, personal
FROM (SELECT *, row_number() OVER (PARTITION BY outcome, reason, act ORDER BY file_no, line) AS n FROM feed_decision) d
WHERE n <= %(most)s AND outcome <> 'fault' ORDER BY outcome, n, file_no, line
