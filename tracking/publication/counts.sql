-- How many cards were where at the end of the day: as counted now, less what happened since.
INSERT INTO tracking_publishedcount (day, kecamatan_id, stage, n, outside)
WITH before AS (
    SELECT reach, missing FROM tracking_publishedset WHERE source = 'event' AND day = %(before)s
    UNION ALL SELECT 0, '{}' ORDER BY 1 DESC LIMIT 1
), later AS MATERIALIZED (
    SELECT e.card_id, e.from_stage, e.to_stage, e.left_outside,
        lead(e.left_outside) OVER (PARTITION BY e.card_id ORDER BY e.id) AS next_outside
    FROM tracking_event e
    WHERE %(more)s AND e.id >= %(from)s AND (e.id > (SELECT reach FROM before) OR (SELECT missing FROM before) @> e.id)
        AND NOT (SELECT taken FROM tracking_publishedset WHERE source = 'event' AND day = %(day)s) @> e.id
), change AS (
    SELECT CASE WHEN x.stage = ANY (%(at_tickets)s) THEN coalesce(c.ticket_kecamatan_id, c.kecamatan_id) ELSE c.kecamatan_id END AS place,
        x.stage, sum(x.n) AS n, coalesce(sum(x.n) FILTER (WHERE coalesce(is_outside, c.outside_ledger)), 0) AS outside
    FROM (SELECT card_id, to_stage AS stage, next_outside AS is_outside, -1 AS n FROM later
          UNION ALL SELECT card_id, from_stage, left_outside, 1 FROM later WHERE from_stage IS NOT NULL) x
    JOIN tracking_card c ON c.id = x.card_id GROUP BY 1, 2
)
SELECT %(day)s, s.kecamatan_id, s.stage, sum(s.n) + coalesce(max(c.n), 0),
    coalesce(sum(s.n) FILTER (WHERE s.outside), 0) + coalesce(max(c.outside), 0)
FROM tracking_stagecount s LEFT JOIN change c ON c.place = s.kecamatan_id AND c.stage = s.stage
GROUP BY 2, 3
