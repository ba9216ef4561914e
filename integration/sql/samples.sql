-- Some rows of each outcome and reason, without anything personal.
SELECT d.outcome, r.file_no, r.line, d.reason,
    coalesce(CASE WHEN d.act NOT IN ('citizen', 'card') THEN d.stage END, ''),
    CASE WHEN d.act IN ('citizen', 'card', 'move', 'forward') THEN d.target ELSE '' END, d.personal
FROM (SELECT DISTINCT outcome, reason FROM feed_decision WHERE outcome <> 'fault') kinds
CROSS JOIN LATERAL (
    SELECT * FROM feed_decision x WHERE x.outcome = kinds.outcome AND x.reason = kinds.reason
    ORDER BY x.tid LIMIT %(most)s) d
JOIN feed_row r ON r.ctid = d.tid
ORDER BY d.outcome, d.reason, r.file_no, r.line
