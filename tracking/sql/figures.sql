-- Books how the cards of some citizens count, now and before these cards were moved: `stages` and `places` are where
-- each of `cards` was, NULL for one that was not there. Of a citizen's cards the first that was delivered counts,
-- else the open one; all others are counted here, to be taken off.
CREATE OR REPLACE FUNCTION tracking_count_again(cards bigint[], stages text[], places smallint[]) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO tracking_again (kecamatan_id, delivered, n)
    WITH moved AS (SELECT * FROM unnest(cards, stages, places) AS m (id, stage, place)),
    theirs AS (
        SELECT * FROM tracking_card WHERE citizen_id IN (SELECT c.citizen_id FROM tracking_card c JOIN moved m USING (id))),
    then_and_now AS (
        SELECT id, citizen_id, stage, place_id, 1 AS n FROM theirs
        UNION ALL
        SELECT c.id, c.citizen_id, coalesce(m.stage, c.stage), coalesce(m.place, c.place_id), -1
        FROM theirs c LEFT JOIN moved m USING (id) WHERE m.id IS NULL OR m.stage IS NOT NULL)
    SELECT place_id, delivered, sum(n) FROM (
        SELECT place_id, n, stage = 'DELIVERED' AS delivered,
            row_number() OVER (PARTITION BY citizen_id, n ORDER BY stage <> 'DELIVERED', id) AS place_in_row
        FROM then_and_now
        WHERE stage IN ('WAITING_FOR_BLANK', 'BLANK_ALLOCATED', 'PRINTED', 'AT_KECAMATAN', 'OUT_FOR_DELIVERY', 'RETURNED',
                        'DELIVERED')) r
    WHERE place_in_row > 1 GROUP BY 1, 2 HAVING sum(n) <> 0
$$;

-- The same counted from the cards themselves, for all of them.
CREATE OR REPLACE FUNCTION tracking_counted_again() RETURNS TABLE (kecamatan_id smallint, delivered boolean, n bigint)
LANGUAGE sql STABLE AS $$
    SELECT place_id, delivered, count(*) FROM (
        SELECT place_id, stage = 'DELIVERED' AS delivered,
            row_number() OVER (PARTITION BY citizen_id ORDER BY stage <> 'DELIVERED', id) AS place_in_row
        FROM tracking_card
        WHERE stage IN ('WAITING_FOR_BLANK', 'BLANK_ALLOCATED', 'PRINTED', 'AT_KECAMATAN', 'OUT_FOR_DELIVERY', 'RETURNED',
                        'DELIVERED')) r
    WHERE place_in_row > 1 GROUP BY 1, 2
$$;

-- Makes one row of many differences. With the owner's rights: the site only reads them.
CREATE OR REPLACE FUNCTION tracking_fold_again() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM tracking_again RETURNING kecamatan_id, delivered, n)
    INSERT INTO tracking_again (kecamatan_id, delivered, n)
    SELECT kecamatan_id, delivered, sum(n) FROM gone GROUP BY 1, 2 HAVING sum(n) <> 0
$$;

-- How long cards were in the stages that they left on these days. A step that was corrected on the day it was taken is
-- none; one that is corrected later was one when its day was kept, and stays.
CREATE OR REPLACE FUNCTION tracking_stays(first date, last date) RETURNS TABLE (week date, stage text, days integer, n bigint)
LANGUAGE sql STABLE AS $$
    SELECT date_trunc('week', e.at AT TIME ZONE 'Asia/Jakarta')::date, e.from_stage,
        greatest(floor(extract(epoch FROM e.since - came.since) / 86400), 0)::integer, count(*)
    FROM tracking_event e CROSS JOIN LATERAL (
        SELECT p.since FROM tracking_event p
        WHERE p.card_id = e.card_id AND p.id < e.id AND p.to_stage = e.from_stage AND p.corrects IS NULL
        ORDER BY p.id DESC LIMIT 1) came
    WHERE e.at >= first::timestamp AT TIME ZONE 'Asia/Jakarta' AND e.at < (last + 1)::timestamp AT TIME ZONE 'Asia/Jakarta'
        AND e.from_stage IS NOT NULL AND e.corrects IS NULL
        AND e.left_outside IS NOT TRUE  -- of a card outside the ledger nobody knows since when it was there
        AND NOT EXISTS (
            SELECT FROM tracking_event x WHERE x.card_id = e.card_id AND x.corrects = e.id
                AND (x.at AT TIME ZONE 'Asia/Jakarta')::date = (e.at AT TIME ZONE 'Asia/Jakarta')::date)
    GROUP BY 1, 2, 3
$$;

-- Keeps the figures of days that are over, `first` to `last`: what the counters say now, less what happened since.
-- With the owner's rights, for the worker: it writes what it counted, whoever asks. Kept days stay as they are.
CREATE OR REPLACE FUNCTION tracking_close_days(first date, last date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE missing date;
BEGIN
    IF last >= (now() AT TIME ZONE 'Asia/Jakarta')::date THEN
        RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'a day is kept when it is over';
    END IF;
    SELECT min(d::date) INTO missing FROM generate_series(first, last, interval '1 day') d
    WHERE NOT EXISTS (SELECT FROM tracking_daycount c WHERE c.day = d::date);
    IF missing IS NULL THEN RETURN; END IF;
    INSERT INTO tracking_daycount (day, stage, n)
    WITH flow AS (
        SELECT (e.at AT TIME ZONE 'Asia/Jakarta')::date AS day, s.stage, sum(s.n) AS n
        FROM tracking_event e CROSS JOIN LATERAL (VALUES (e.to_stage, 1), (e.from_stage, -1)) s (stage, n)
        WHERE e.at >= (missing + 1)::timestamp AT TIME ZONE 'Asia/Jakarta' AND s.stage IS NOT NULL GROUP BY 1, 2)
    SELECT d::date, c.stage, c.n - coalesce((SELECT sum(f.n) FROM flow f WHERE f.stage = c.stage AND f.day > d::date), 0)
    FROM generate_series(missing, last, interval '1 day') d
    CROSS JOIN (SELECT stage, sum(n) AS n FROM tracking_stagecount GROUP BY 1) c
    ON CONFLICT (day, stage) DO NOTHING;
    INSERT INTO tracking_stay AS s (week, stage, days, n) SELECT * FROM tracking_stays(missing, last)
    ON CONFLICT (week, stage, days) DO UPDATE SET n = s.n + excluded.n;
END $$;
