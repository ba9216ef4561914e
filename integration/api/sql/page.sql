-- A page of changes after a cursor, of one kecamatan: from the index alone, however many there are before and after. Asked
-- for as a stretch of its order, because with an equality the planner may walk the whole city's changes and drop most.
SELECT event_id, card_id, stage, since, at FROM integration_change
WHERE (kecamatan_id, event_id) > (%(kecamatan)s, %(after)s) AND kecamatan_id <= %(kecamatan)s
ORDER BY kecamatan_id, event_id LIMIT %(limit)s
