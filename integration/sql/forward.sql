-- A card outside the ledger takes one step on the way on which the centre reports it.
UPDATE tracking_card c SET stage = %(to)s, since = d.status_lo, code = %(code)s
FROM feed_decision d JOIN feed_stage target ON target.stage = d.target
WHERE d.act = 'forward' AND c.id = d.card_id AND c.stage = %(from)s
    AND target.rank >= (SELECT rank FROM feed_stage WHERE stage = %(to)s)
