-- What the invented cards' steps did to blanks, before the ledger of it is written. Begins anew.
SET LOCAL work_mem = '256MB';
SET LOCAL synchronous_commit = off;
TRUNCATE blanks_movement, blanks_document, blanks_range, blanks_serial, blanks_serialmove, blanks_printbatch,
    blanks_batchcard, blanks_result, blanks_late, blanks_reject, blanks_priority, blanks_unsettled
    RESTART IDENTITY CASCADE;

-- A correction has the effect of the step that it undoes; `turn` counts how often the card got a blank.
CREATE TEMP TABLE demo_step ON COMMIT DROP AS
SELECT e.id, e.card_id, e.at, e.to_stage, e.reason, e.actor, e.source, e.corrects, f.effect,
    t.kecamatan_id, t.letter, t.number,
    sum((f.effect = 'take' AND e.corrects IS NULL)::int) OVER (PARTITION BY e.card_id ORDER BY e.id) AS turn
FROM tracking_event e JOIN tracking_ticket t ON t.card_id = e.card_id
LEFT JOIN tracking_event u ON e.corrects IS NOT NULL AND u.card_id = e.card_id AND u.id = e.corrects
JOIN blanks_stepeffect f ON f.effect <> '' AND (f.from_stage, f.to_stage, f.reason)
    = (coalesce(u.from_stage, e.from_stage), coalesce(u.to_stage, e.to_stage), coalesce(u.reason, e.reason))
WHERE coalesce(u.left_outside, e.left_outside) IS NOT TRUE;
CREATE INDEX ON demo_step (card_id, turn, id);
ANALYZE demo_step;

-- While whoever waited was blocked.
CREATE TEMP TABLE demo_blocked ON COMMIT DROP AS
SELECT t.kecamatan_id, greatest(b.at, e.at) AS since, least(b.lifted_at, e.until) AS until
FROM tracking_block b JOIN tracking_ticket t ON t.card_id = b.card_id
CROSS JOIN LATERAL (
    SELECT at, to_stage, lead(at) OVER (ORDER BY id) AS until FROM tracking_event WHERE card_id = b.card_id) e
WHERE e.to_stage = 'WAITING_FOR_BLANK' AND greatest(b.at, e.at) < coalesce(least(b.lifted_at, e.until), 'infinity')
