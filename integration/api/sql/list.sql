-- Lists the events of a settled stretch. They are found by their numbers first: the planner shall not begin with the cards.
WITH fresh AS MATERIALIZED (
    SELECT e.id, e.card_id, e.to_stage, e.since, e.at FROM tracking_event e WHERE e.id > %(after)s AND e.id <= %(until)s)
INSERT INTO integration_change (event_id, kecamatan_id, card_id, stage, since, at)
SELECT f.id, c.place_id, f.card_id, f.to_stage, f.since, f.at
FROM fresh f JOIN tracking_card c ON c.id = f.card_id
