-- What the file moves: from, to, how many.
SELECT coalesce(CASE WHEN act IN ('move', 'forward') THEN stage END, ''), target, count(*)
FROM feed_decision WHERE act IN ('citizen', 'card', 'move', 'forward') GROUP BY 1, 2 ORDER BY 1, 2
