-- Where a person's newest row can't be applied, the next older one is asked.
INSERT INTO feed_todo
SELECT s.file_no, s.line, nullif(d.citizen_id, 0)
FROM feed_same s
JOIN feed_same before ON before.nik_index = s.nik_index AND before.rank = s.rank - 1
JOIN feed_decision d ON d.file_no = before.file_no AND d.line = before.line
WHERE s.rank = %(round)s AND (d.outcome = 'rejected' OR d.act = 'stale_day')
