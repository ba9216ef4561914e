-- Where a person's newest row can't be applied, the next older one is asked.
SELECT r.*, r.ctid AS tid, d.citizen_id
FROM feed_same s
JOIN feed_same before ON before.nik_index = s.nik_index AND before.rank = s.rank - 1
JOIN feed_decision d ON d.tid = before.tid
JOIN feed_row r ON r.ctid = s.tid
WHERE s.rank = %(round)s AND (d.outcome = 'rejected' OR d.act = 'stale_day')
