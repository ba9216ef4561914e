-- What became of the rows: outcome and reason, and of those that move a card, from where to where. Those that merely
-- repeat what was last accepted are not among them.
SELECT outcome, reason, CASE WHEN act IN ('move', 'forward') THEN stage ELSE '' END,
    CASE WHEN act IN ('citizen', 'card', 'move', 'forward') THEN target END, count(*)
FROM feed_decision WHERE outcome <> 'fault' GROUP BY 1, 2, 3, 4
UNION ALL
SELECT 'rejected', fault, '', NULL, count(*) FROM feed_row WHERE fault IS NOT NULL GROUP BY 2
ORDER BY 3, 4
