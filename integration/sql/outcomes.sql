-- Rows by outcome and reason; those that merely repeat what was last accepted are not among them.
SELECT outcome, reason, count(*) FROM feed_decision WHERE outcome <> 'fault' GROUP BY 1, 2
UNION ALL
SELECT 'rejected', fault, count(*) FROM feed_row WHERE fault IS NOT NULL GROUP BY 2
