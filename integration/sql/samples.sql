-- Some rows of each outcome and reason, without anything personal.
SELECT d.outcome, d.file_no, d.line, d.reason,
    coalesce(CASE WHEN d.act NOT IN ('citizen', 'card') THEN d.stage END, ''),
    CASE WHEN d.act IN ('citizen', 'card', 'move', 'forward') THEN d.target ELSE '' END, d.personal
FROM (SELECT DISTINCT outcome, reason FROM feed_decision WHERE outcome <> 'fault') kinds
CROSS JOIN LATERAL (
    SELECT * FROM feed_decision x WHERE x.outcome = kinds.outcome AND x.reason = kinds.reason
    ORDER BY x.file_no, x.line LIMIT %(most)s) d
ORDER BY d.outcome, d.reason, d.file_no, d.line
