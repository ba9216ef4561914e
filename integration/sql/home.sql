-- Another home; or another time of request while the ticket is not drawn. Before the steps: a ticket is drawn where
-- and for when the row that makes the card ready says. (The last card, open or not, follows.)
UPDATE tracking_card c SET kecamatan_id = r.kecamatan_id,
    requested_at = CASE WHEN r.requested_given AND NOT c.closed AND c.ticket_kecamatan_id IS NULL THEN r.requested_at
                        ELSE c.requested_at END
FROM feed_decision d JOIN feed_row r ON r.ctid = d.tid WHERE d.moves_house AND c.id = d.card_id
