-- Holds the cards that the file moves, in key order, and counts those that moved since they were decided.
WITH held AS (
    SELECT c.id, c.stage, c.outside_confirmed FROM tracking_card c
    WHERE c.id IN (SELECT card_id FROM feed_decision
                   WHERE act IN ('move', 'forward', 'printed_elsewhere', 'already_printed', 'moved_away') OR moves_house)
    ORDER BY c.id FOR NO KEY UPDATE)
SELECT count(*) FROM feed_decision d JOIN held ON held.id = d.card_id WHERE held.stage <> d.stage
