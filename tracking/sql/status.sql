-- Spends a share of what a key may use; answers the seconds to wait, 0 when it was allowed.
-- `spent_until` runs ahead of the clock by what is spent; more than `most` ahead is refused, and costs nothing.
CREATE OR REPLACE FUNCTION tracking_spend(its_key uuid, cost double precision, most double precision)
RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE ahead double precision;
BEGIN
    INSERT INTO tracking_lookuplimit AS l (key, day, spent_until)
    VALUES (its_key, (clock_timestamp() AT TIME ZONE 'Asia/Jakarta')::date,
            clock_timestamp() + make_interval(secs => cost))
    ON CONFLICT (key) DO UPDATE
    SET spent_until = greatest(l.spent_until, clock_timestamp()) + make_interval(secs => cost)
    WHERE greatest(l.spent_until, clock_timestamp()) + make_interval(secs => cost)
          <= clock_timestamp() + make_interval(secs => most)
    RETURNING 0 INTO ahead;
    IF FOUND THEN RETURN 0; END IF;
    SELECT extract(epoch FROM l.spent_until - clock_timestamp()) INTO ahead
    FROM tracking_lookuplimit l WHERE l.key = its_key;
    RETURN greatest(ahead + cost - most, 1);
END $$;

-- Books a miss on top of what was spent, even beyond the limit.
CREATE OR REPLACE FUNCTION tracking_miss(its_key uuid, cost double precision) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO tracking_lookuplimit AS l (key, day, spent_until)
    VALUES (its_key, (clock_timestamp() AT TIME ZONE 'Asia/Jakarta')::date,
            clock_timestamp() + make_interval(secs => cost))
    ON CONFLICT (key) DO UPDATE
    SET spent_until = greatest(l.spent_until, clock_timestamp()) + make_interval(secs => cost)
$$;

-- Gives back what was spent in advance, or more.
CREATE OR REPLACE FUNCTION tracking_give_back(its_key uuid, credit double precision) RETURNS void
LANGUAGE sql AS $$
    UPDATE tracking_lookuplimit SET spent_until = spent_until - make_interval(secs => credit)
    WHERE key = its_key AND spent_until > clock_timestamp()
$$;

-- A look-up by NIK, limits and all: the seconds to wait, whether the whole city asks too much, the card.
-- Keys, what each look-up costs and how much may be spent ahead, in the order in which they are locked: the client's
-- look-ups, its misses, its network's misses, the NIK, the city's look-ups, the city's misses. Each look-up is booked
-- as a miss first, so that many at once cannot outrun the count; a card given to a NIK not asked about before today
-- gives `credit` back beside. Once the city has missed too often, a client may miss no more than `few` ahead.
CREATE OR REPLACE FUNCTION tracking_lookup(
    keys uuid[], costs double precision[], mosts double precision[], few double precision, credit double precision,
    indexes uuid[],
    OUT wait double precision, OUT busy boolean, OUT card_id bigint, OUT version smallint, OUT data_at timestamptz)
LANGUAGE plpgsql AS $$
DECLARE new_nik boolean;
BEGIN
    busy := EXISTS (SELECT FROM tracking_lookuplimit l WHERE l.key = keys[6]
                    AND l.spent_until > clock_timestamp() + make_interval(secs => mosts[6]));
    new_nik := NOT EXISTS (SELECT FROM tracking_lookuplimit l WHERE l.key = keys[4]);
    IF busy THEN mosts[2] := few; END IF;
    FOR n IN 1..4 LOOP
        wait := tracking_spend(keys[n], costs[n], mosts[n]);
        IF wait > 0 THEN
            -- whoever is refused has spent nothing
            PERFORM tracking_give_back(keys[m], costs[m]) FROM generate_series(1, n - 1) m;
            RETURN;
        END IF;
    END LOOP;
    busy := tracking_spend(keys[5], costs[5], mosts[5]) > 0 OR busy;
    SELECT c.id, c.token_version INTO card_id, version
    FROM tracking_citizen z JOIN tracking_card c ON c.citizen_id = z.id
    WHERE z.nik_index = ANY (indexes)
    ORDER BY c.closed, c.id DESC LIMIT 1;
    IF card_id IS NULL THEN
        PERFORM tracking_miss(keys[6], costs[6]);
        SELECT min(f.at) INTO data_at FROM tracking_freshness f; -- nobody knows of which kecamatan the asker is
    ELSE
        PERFORM tracking_give_back(keys[2], costs[2] + CASE WHEN new_nik THEN credit ELSE 0 END),
                tracking_give_back(keys[3], costs[3]);
    END IF;
END $$;

-- What a waiting number is told of its print: `range`, `beyond` (what is known to come ends before it), `no_supply`
-- (nobody can say: Forecast.Why) or `unknown` (no forecast, or one that is past); the first and the last day, counted
-- from 1970; whether the first range it was given is over; and of a hundred promises how many were kept.
CREATE OR REPLACE FUNCTION tracking_expected(kecamatan smallint, its_letter text, its_number integer, drawn_at timestamptz)
RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    told text[];
    today date := (now() AT TIME ZONE 'Asia/Jakarta')::date;
BEGIN
    SELECT ARRAY[
        CASE WHEN f.why <> '' THEN f.why WHEN r.surely IS NULL THEN 'beyond' WHEN r.surely < today THEN 'unknown' ELSE 'range' END,
        (greatest(r.likely, today) - date '1970-01-01')::text,
        (r.surely - date '1970-01-01')::text,
        CASE WHEN least(p.surely, r.surely) < today THEN '1' ELSE '' END,
        (100 * (f.basis -> 'accuracy' ->> 'in_time')::bigint
         / nullif((f.basis -> 'accuracy' ->> 'promised')::bigint, 0))::text]
    INTO told
    FROM (SELECT * FROM tracking_forecast ORDER BY id DESC LIMIT 1) f
    LEFT JOIN LATERAL (
        SELECT x.likely, x.surely FROM tracking_forecastrange x
        WHERE x.forecast_id = f.id AND x.kecamatan_id = kecamatan AND x.letter = its_letter AND x.up_to >= its_number
        ORDER BY x.up_to LIMIT 1) r ON true
    LEFT JOIN (SELECT id FROM tracking_forecast
               WHERE why = '' AND day >= (drawn_at AT TIME ZONE 'Asia/Jakarta')::date ORDER BY day, id LIMIT 1) first ON true
    LEFT JOIN LATERAL (
        SELECT x.surely FROM tracking_forecastrange x
        WHERE x.forecast_id = first.id AND x.kecamatan_id = kecamatan AND x.letter = its_letter AND x.up_to >= its_number
        ORDER BY x.up_to LIMIT 1) p ON true;
    RETURN coalesce(told, ARRAY['unknown', NULL, NULL, '', NULL]);
END $$;

-- Why a held card is held: what the centre said of it last, of its reasons to hold one. (Once held, another such code
-- moves nothing and is kept as a fact; but who must act, and how, is the latest one's to say.)
CREATE OR REPLACE FUNCTION tracking_stop(card bigint, held_for text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT f.code FROM tracking_centralfact f
        WHERE f.card_id = card
            AND f.code NOT IN ('SENT_FOR_CARD_PRINTING', 'CARD_PRINTED', 'CARD_SHIPPED', 'CARD_ISSUED')
            AND f.at >= (SELECT max(e.at) FROM tracking_event e
                         WHERE e.card_id = card AND e.to_stage = 'HELD' AND e.corrects IS NULL)
        ORDER BY f.id DESC LIMIT 1), held_for)
$$;

-- Why a place in the queue is further back than when the day began: that place, and the causes, `better` (letters that are
-- served first got numbers) and `returned` (smaller numbers came back). NULL where it is not; where it cannot be
-- compared, because the number drew or took its place today or the order of letters changed; and mostly.
CREATE OR REPLACE FUNCTION tracking_fallback(
    kecamatan smallint, its_letter text, its_number integer, drawn_at timestamptz, place integer)
RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE midnight timestamptz := date_trunc('day', now(), 'Asia/Jakarta'); better text; today record;
BEGIN
    IF drawn_at >= midnight THEN RETURN NULL; END IF;
    SELECT split_part(r.letters, its_letter, 1) INTO better FROM tracking_letterrule r
    WHERE r.valid_from < (now() AT TIME ZONE 'Asia/Jakarta')::date AND r.letters = tracking_letters()
    ORDER BY r.valid_from DESC LIMIT 1;
    -- numbers ascend in an act, so how many of them are smaller is found by halves
    SELECT sum(a.n * a.way) AS net, sum(a.n) FILTER (WHERE a.way = 1 AND a.letter <> its_letter) AS better,
           sum(a.n) FILTER (WHERE a.way = 1 AND a.letter = its_letter) AS returned, bool_or(a.own) AS own
    INTO today
    FROM (SELECT t.letter, CASE WHEN t.act IN ('enter', 'return') THEN 1 ELSE -1 END AS way,
                 CASE WHEN t.letter = its_letter THEN width_bucket(its_number - 1, t.numbers) ELSE cardinality(t.numbers) END AS n,
                 t.letter = its_letter AND width_bucket(its_number, t.numbers) > width_bucket(its_number - 1, t.numbers) AS own
          FROM tracking_turn t
          WHERE t.kecamatan_id = kecamatan AND strpos(better || its_letter, t.letter) > 0
            AND t.moment > coalesce((SELECT x.moment FROM tracking_turn x
                                     WHERE x.kecamatan_id = kecamatan AND x.at < midnight
                                     ORDER BY x.moment DESC LIMIT 1), 0)) a;
    IF today.net > 0 AND NOT today.own THEN
        RETURN ARRAY[(place - today.net)::text,
                     concat_ws('_', CASE WHEN today.better > 0 THEN 'better' END, CASE WHEN today.returned > 0 THEN 'returned' END)];
    END IF;
    RETURN NULL;
END $$;

-- All that the status page says, in one call: tracking.public.status_page.Card names the fields in this order.
-- The office is the kecamatan's for a card to collect, else Disdukcapil. `steps` has a word for each event: the
-- stage it led to, / and who took a delivered card, and + if the centre said so, - if it is a correction; `times` has when each happened (a
-- correction: when it was booked). No card has this version of the link: no answer, and it costs a miss.
CREATE OR REPLACE FUNCTION tracking_status(
    card bigint, its_version integer, client uuid, client_most double precision, miss_cost double precision)
RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE c record; wait double precision; place integer; told text[]; fell text[];
BEGIN
    SELECT extract(epoch FROM l.spent_until - clock_timestamp()) - client_most INTO wait
    FROM tracking_lookuplimit l WHERE l.key = client;
    IF wait > 0 THEN RETURN ARRAY[wait::text]; END IF;
    SELECT x.stage, x.kind, x.blocked, x.outside_ledger AND NOT x.outside_confirmed AS outside,
        CASE WHEN x.stage = 'HELD' THEN tracking_stop(x.id, x.code) ELSE x.code END AS code,
        z.name, k.name AS kecamatan, k.slug, extract(epoch FROM z.recorded_at)::bigint AS recorded,
        t.kecamatan_id AS queue, t.letter, t.number, t.drawn_at,
        o.name AS office, o.address, o.hours, greatest(f.at, h.at) AS data_at, h.steps, h.times,
        p.state AS case_state, p.at AS case_at, p.until AS case_until
    INTO c
    FROM tracking_card x
    JOIN tracking_citizen z ON z.id = x.citizen_id
    JOIN tracking_kecamatan k ON k.id = x.place_id
    LEFT JOIN tracking_ticket t ON t.card_id = x.id
    LEFT JOIN tracking_office o ON o.id = CASE WHEN x.stage = 'RETURNED' THEN x.place_id ELSE 0 END
    LEFT JOIN LATERAL (
        SELECT extract(epoch FROM r.at)::bigint AS at FROM tracking_freshness r WHERE r.id = x.kecamatan_id) f ON true
    CROSS JOIN LATERAL (
        SELECT string_agg(e.to_stage || CASE WHEN e.to_stage = 'DELIVERED' AND e.reason IN ('holder', 'family')
                                                   THEN '/' || e.reason ELSE '' END
                                        || CASE WHEN e.corrects IS NOT NULL THEN '-' WHEN e.code IS NOT NULL THEN '+'
                                             ELSE '' END, ' ' ORDER BY e.id) AS steps,
               string_agg(extract(epoch FROM CASE WHEN e.corrects IS NULL THEN e.since ELSE e.at END)::bigint::text,
                          ' ' ORDER BY e.id) AS times,
               extract(epoch FROM max(e.at))::bigint AS at
        FROM tracking_event e WHERE e.card_id = x.id) h
    LEFT JOIN LATERAL (
        SELECT CASE WHEN s.answered_at IS NULL THEN 'open' ELSE 'answered' END AS state,
               extract(epoch FROM s.at)::bigint::text AS at,
               extract(epoch FROM coalesce(s.answered_at, s.due_on::timestamp AT TIME ZONE 'Asia/Jakarta'))::bigint::text AS until
        FROM tracking_case s WHERE s.card_id = x.id ORDER BY s.id DESC LIMIT 1) p ON true
    WHERE x.id = card AND x.token_version = its_version;
    IF NOT FOUND THEN
        PERFORM tracking_miss(client, miss_cost);
        RETURN NULL;
    END IF;
    -- by itself: within the query it would cost everybody
    IF c.stage = 'WAITING_FOR_BLANK' AND NOT c.blocked THEN
        SELECT q.place, tracking_expected(c.queue, c.letter, c.number, c.drawn_at),
            tracking_fallback(c.queue, c.letter, c.number, c.drawn_at, q.place)
        INTO place, told, fell
        FROM (SELECT tracking_position(c.queue, c.letter, c.number) AS place OFFSET 0) q;
    END IF;
    RETURN ARRAY[
        '0', c.stage, coalesce(c.code, ''), c.kind, CASE WHEN c.blocked THEN '1' ELSE '' END,
        CASE WHEN c.outside THEN '1' ELSE '' END, c.name, c.kecamatan, c.slug, c.recorded::text, c.letter || '-' || c.number,
        place::text, c.office, c.address, c.hours, c.data_at::text, c.steps, c.times, c.case_state, c.case_at, c.case_until,
        told[1], told[2], told[3], told[4], told[5], fell[1], fell[2]];
END $$;

-- Smallest number of a queue that waits and is not blocked: whose turn it is. NULL when nobody waits.
CREATE OR REPLACE FUNCTION tracking_front(kecamatan smallint, its_letter text) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT b.bucket * 4096 + strpos(b.waiting_bits::text, '1') FROM tracking_queuebucket b
    WHERE b.kecamatan_id = kecamatan AND b.letter = its_letter AND b.waiting > 0
    ORDER BY b.bucket LIMIT 1
$$;

-- Rows of days gone by; a few at a time, by whoever comes along.
CREATE OR REPLACE FUNCTION tracking_purge_limits() RETURNS void LANGUAGE sql AS $$
    DELETE FROM tracking_lookuplimit WHERE key IN (
        SELECT l.key FROM tracking_lookuplimit l WHERE l.day < (now() AT TIME ZONE 'Asia/Jakarta')::date - 1
        LIMIT 1000 FOR UPDATE SKIP LOCKED)
$$;
