-- The same of the whole city.
SELECT event_id, card_id, stage, since, at FROM integration_change
WHERE event_id > %(after)s ORDER BY event_id LIMIT %(limit)s
