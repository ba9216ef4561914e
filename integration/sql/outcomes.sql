-- Rows by outcome and reason. Those without a decision repeat the last accepted row to the letter.
SELECT outcome, reason, count(*) FROM feed_decision WHERE outcome <> 'fault' GROUP BY 1, 2
UNION ALL
SELECT 'unchanged', '', (SELECT count(*) FROM feed_row WHERE fault IS NULL)
                      - (SELECT count(*) FROM feed_decision WHERE outcome <> 'fault')
UNION ALL
SELECT 'rejected', fault, count(*) FROM feed_row WHERE fault IS NOT NULL GROUP BY 2
