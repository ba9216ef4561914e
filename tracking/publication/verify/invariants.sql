-- What was published holds: read by tracking.verify, in the form of its own.

-- name: published_once
-- Every row of the published tables is in one day's set, or waits for the next; none is in two, none was left out.
SELECT format('%s: %s baris diumumkan lebih dari sekali', source, twice) AS what
FROM (SELECT source, sum((SELECT sum(upper(r) - lower(r)) FROM unnest(taken) r))
          - (SELECT sum(upper(r) - lower(r)) FROM unnest(range_agg(taken)) r) AS twice
      FROM tracking_publishedset GROUP BY source) s
WHERE twice <> 0
UNION ALL
SELECT format('peristiwa %s tidak ada di hari mana pun', e.id)
FROM tracking_event e,
    (SELECT (array_agg(reach ORDER BY day DESC))[1] AS reach,
         range_agg(taken) + (array_agg(missing ORDER BY day DESC))[1] AS known
     FROM tracking_publishedset WHERE source = 'event') s
WHERE e.id <= s.reach AND NOT s.known @> e.id

-- name: queues_as_published
-- The queues as published last and the turn log since lead to the queues as they are.
SELECT format('kecamatan %s, huruf %s: diumumkan %s nomor, %s menunggu; dihitung %s dan %s', kecamatan_id, letter,
    p.last_number, p.waiting, h.last_number - coalesce(t.entered, 0), h.waiting - coalesce(t.more, 0)) AS what
FROM tracking_publishedqueue p JOIN tracking_queuehead h USING (kecamatan_id, letter)
LEFT JOIN LATERAL (
    SELECT sum(cardinality(numbers)) FILTER (WHERE act = 'enter') AS entered,
        sum(CASE WHEN act IN ('enter', 'return') THEN 1 ELSE -1 END * cardinality(numbers)) AS more
    FROM tracking_turn t WHERE t.kecamatan_id = p.kecamatan_id AND t.letter = p.letter AND t.moment > p.reach) t ON true
WHERE p.day = (SELECT max(day) FROM tracking_publication)
    AND (p.last_number, p.waiting) <> (h.last_number - coalesce(t.entered, 0), h.waiting - coalesce(t.more, 0))
