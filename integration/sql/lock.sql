-- Holds the cards that the file moves, in key order, and counts those that moved since they were decided.
SELECT count(*) FROM (
    SELECT c.stage, d.stage AS stage_then FROM feed_decision d JOIN tracking_card c ON c.id = d.card_id
    WHERE d.act IN ('move', 'forward', 'printed_elsewhere', 'already_printed', 'moved_away') OR d.moves_house
    ORDER BY c.id FOR NO KEY UPDATE OF c) held
WHERE stage <> stage_then
