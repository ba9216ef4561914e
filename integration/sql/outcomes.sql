-- What became of the rows: outcome and reason, and of those that move a card, from where to where. Those that merely
-- repeat what was last accepted are not among them.
CREATE OR REPLACE FUNCTION integration_outcomes()
RETURNS TABLE (outcome text, reason text, from_stage text, to_stage text, n bigint)
LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
    SELECT d.outcome::text, d.reason::text, CASE WHEN d.act IN ('move', 'forward') THEN d.stage ELSE '' END::text,
        CASE WHEN d.act IN ('citizen', 'card', 'move', 'forward') THEN d.target END::text, count(*)
    FROM feed_decision d WHERE d.outcome <> 'fault' GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT 'rejected', r.fault, '', NULL, count(*) FROM feed_row r WHERE r.fault IS NOT NULL GROUP BY 2
    ORDER BY 3, 4;
END $$;
