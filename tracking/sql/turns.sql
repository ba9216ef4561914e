-- The turn log of cards whose history was written past the triggers: from their steps, blocks and tickets, as the
-- triggers would have written it. What bears one time is one moment. Of who was served as an exception knows
-- the ledger of blanks alone: here they are served like the others.
INSERT INTO tracking_turn (moment, kecamatan_id, letter, act, at, numbers)
WITH change AS (
    SELECT card_id, at, CASE WHEN to_stage = 'WAITING_FOR_BLANK' THEN 1 ELSE -1 END AS waits, 0 AS blocks,
        to_stage = 'BLANK_ALLOCATED' AND corrects IS NULL AS served
    FROM tracking_event WHERE 'WAITING_FOR_BLANK' IN (to_stage, coalesce(from_stage, ''))
    UNION ALL SELECT card_id, at, 0, 1, false FROM tracking_block
    UNION ALL SELECT card_id, lifted_at, 0, -1, false FROM tracking_block WHERE lifted_at IS NOT NULL
), state AS (
    SELECT card_id, at, bool_or(served) AS served, sum(sum(waits)) OVER w AS waits, sum(sum(blocks)) OVER w AS blocks
    FROM change GROUP BY card_id, at WINDOW w AS (PARTITION BY card_id ORDER BY at)
), act AS (
    SELECT card_id, at, served, drawn, is_in, lag(is_in, 1, false) OVER (PARTITION BY card_id ORDER BY at) OR drawn AS was_in
    FROM (SELECT s.card_id, s.at, s.served, s.waits > 0 AND s.blocks = 0 AS is_in, s.at = t.drawn_at AS drawn
          FROM state s JOIN tracking_ticket t ON t.card_id = s.card_id AND s.at >= t.drawn_at) s
)
SELECT dense_rank() OVER (ORDER BY at), kecamatan_id, letter, act, at, array_agg(number ORDER BY number)
FROM (SELECT card_id, at, 'enter' AS act FROM act WHERE drawn
      UNION ALL
      SELECT card_id, at, CASE WHEN is_in THEN 'return' WHEN served THEN 'served' ELSE 'leave' END
      FROM act WHERE is_in <> was_in) a
JOIN tracking_ticket t USING (card_id)
GROUP BY at, kecamatan_id, letter, act;
SELECT setval('tracking_turn_moment', (SELECT greatest(max(moment), 1) FROM tracking_turn),
    EXISTS (SELECT FROM tracking_turn));
