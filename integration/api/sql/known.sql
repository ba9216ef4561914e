-- What is known of a key, and how much of its token is at work.
-- A delivery is at work while a request holds it, or while its batch waits for the worker.
SELECT d.id, d.body, d.batch_id, coalesce(d.held_until > %(now)s, false) AS held, b.state,
    (SELECT count(*) FROM (
        SELECT x.id FROM integration_delivery x WHERE x.held_until > %(now)s AND x.token_id = %(token)s
        UNION
        SELECT x.id FROM integration_batch w JOIN integration_delivery x ON x.batch_id = w.id
        WHERE w.state = 'confirmed' AND x.token_id = %(token)s) at_work) AS of_token
FROM (VALUES (1)) one (n)
LEFT JOIN integration_delivery d ON d.token_id = %(token)s AND d.key = %(key)s
LEFT JOIN integration_batch b ON b.id = d.batch_id
