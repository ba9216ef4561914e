-- Whether what runs now has the owner's rights: a trigger of ours, or the owner by hand.
CREATE OR REPLACE FUNCTION blanks_as_owner() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT pg_catalog.pg_has_role(current_user,
        (SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = 'public.blanks_movement'::regclass), 'USAGE')
$$;

-- The blank of a card whose last step is undone goes back to where that step took it from, or nothing is undone.
CREATE OR REPLACE FUNCTION blanks_correct(
    card bigint, left_stage text, new_stage text, kecamatan smallint, undone bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE step record; its blanks_serialmove; its_movement bigint;
BEGIN
    SELECT e.*, f.effect INTO step FROM tracking_event e
    JOIN blanks_stepeffect f ON (f.from_stage, f.to_stage, f.reason) = (e.from_stage, e.to_stage, e.reason)
    WHERE e.card_id = card AND e.id = undone;
    IF step.left_outside THEN
        RETURN;
    END IF;
    IF step.effect = 'take' THEN
        INSERT INTO blanks_movement (from_account_id, to_account_id, quantity, cause, event_id)
        VALUES (3, 100 + kecamatan, 1, 'corrected', undone);
        UPDATE blanks_batchcard SET open = false, left_to = new_stage, left_why = 'corrected' WHERE card_id = card AND open;
    ELSIF step.effect = 'bind' THEN
        INSERT INTO blanks_serialmove (series_id, number, from_place, to_place, card_id)
        SELECT series_id, number, 'cards', 'free', NULL FROM blanks_serial WHERE card_id = card AND place = 'cards';
    ELSIF step.effect = 'give_back' THEN
        INSERT INTO blanks_movement (from_account_id, to_account_id, quantity, cause, event_id)
        VALUES (100 + kecamatan, 3, 1, 'corrected', undone);
    ELSIF step.effect IN ('spoil', 'lose') THEN
        INSERT INTO blanks_movement (from_account_id, to_account_id, quantity, cause, event_id)
        VALUES (CASE step.effect WHEN 'spoil' THEN 4 ELSE 5 END, 3, 1, 'corrected', undone) RETURNING id INTO its_movement;
        -- one that was lost before it was printed had no serial; an older one's is not its
        SELECT m.* INTO its FROM blanks_serialmove m
        WHERE (step.from_stage, step.effect) <> ('BLANK_ALLOCATED', 'lose')
          AND m.id = (SELECT max(x.id) FROM blanks_serialmove x JOIN blanks_serial s USING (series_id, number)
                      WHERE s.card_id = card AND x.card_id = card AND x.from_place = 'cards'
                        AND x.to_place = CASE step.effect WHEN 'spoil' THEN 'spoiled' ELSE 'lost' END);
        IF FOUND THEN
            IF NOT EXISTS (SELECT FROM blanks_serial s WHERE s.move_id = its.id) THEN
                RAISE EXCEPTION USING ERRCODE = 'EK014', MESSAGE = 'the blank is no longer where the undone step put it';
            END IF;
            INSERT INTO blanks_serialmove (movement_id, series_id, number, from_place, to_place, card_id)
            VALUES (its_movement, its.series_id, its.number, its.to_place,
                    CASE new_stage WHEN 'BLANK_ALLOCATED' THEN 'free' ELSE 'cards' END,
                    CASE new_stage WHEN 'BLANK_ALLOCATED' THEN NULL ELSE card END);
        ELSIF new_stage <> 'BLANK_ALLOCATED' THEN
            RAISE EXCEPTION USING ERRCODE = 'EK014', MESSAGE = 'the blank is no longer where the undone step put it';
        END IF;
    END IF;
    IF new_stage = 'BLANK_ALLOCATED' THEN
        UPDATE blanks_batchcard SET open = true, left_to = NULL, left_why = NULL
        WHERE (batch_id, line) = (SELECT b.batch_id, b.line FROM blanks_batchcard b WHERE b.card_id = card
                                  ORDER BY b.batch_id DESC LIMIT 1);
    END IF;
END $$;

-- The next cards of a kecamatan in the order in which they are served: exceptions, then letter by letter, by number.
-- Those who wait are known by their bits, so it costs what it gives and not what waits.
CREATE OR REPLACE FUNCTION blanks_next(kecamatan smallint, most integer)
RETURNS TABLE (card_id bigint, letter text, number integer, is_exception boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE b record; given integer := 0; exceptions integer; more integer;
BEGIN
    RETURN QUERY
    SELECT t.card_id, t.letter::text, t.number, true
    FROM blanks_priority p JOIN tracking_card c ON c.id = p.card_id JOIN tracking_ticket t ON t.card_id = c.id
    WHERE p.ended_at IS NULL AND c.stage = 'WAITING_FOR_BLANK' AND NOT c.blocked AND t.kecamatan_id = kecamatan
    ORDER BY strpos((SELECT tracking_letters()), t.letter), t.number LIMIT most;
    GET DIAGNOSTICS given = ROW_COUNT;
    exceptions := given;
    FOR b IN
        SELECT q.letter, q.bucket, q.waiting_bits FROM tracking_queuebucket q
        WHERE q.kecamatan_id = kecamatan AND q.waiting > 0
        ORDER BY strpos((SELECT tracking_letters()), q.letter), q.bucket
    LOOP
        EXIT WHEN given >= most;
        RETURN QUERY
        SELECT t.card_id, t.letter::text, t.number, false
        -- no more numbers than are wanted, and those that exceptions may take out of them
        FROM (SELECT n FROM generate_series(0, 4095) n WHERE get_bit(b.waiting_bits, n) = 1
              ORDER BY n LIMIT most - given + exceptions) n
        JOIN tracking_ticket t
            ON t.kecamatan_id = kecamatan AND t.letter = b.letter AND t.number = b.bucket * 4096 + n.n + 1
        WHERE NOT EXISTS (SELECT FROM blanks_priority p WHERE p.card_id = t.card_id AND p.ended_at IS NULL)
        ORDER BY t.number LIMIT most - given;
        GET DIAGNOSTICS more = ROW_COUNT;
        given := given + more;
    END LOOP;
END $$;

-- Where the n-th bit that is set stands, counted from 1.
CREATE OR REPLACE FUNCTION blanks_nth_bit(bits bit(4096), n integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE low integer := 1; high integer := 4096; middle integer;
BEGIN
    WHILE low < high LOOP
        middle := (low + high) / 2;
        IF bit_count(substring(bits FOR middle)) >= n THEN high := middle; ELSE low := middle + 1; END IF;
    END LOOP;
    RETURN low;
END $$;

-- Which queue numbers stand at these places of a kecamatan's queue now. Places where nobody waits are left out.
CREATE OR REPLACE FUNCTION blanks_numbers_at(kecamatan smallint, places bigint[])
RETURNS TABLE (place bigint, letter text, number integer) LANGUAGE sql STABLE AS $$
    SELECT p, b.letter, b.bucket * 4096 + blanks_nth_bit(b.waiting_bits, (p - b.before)::integer)
    FROM unnest(places) p JOIN (
        SELECT q.letter, q.bucket, q.waiting, q.waiting_bits,
               sum(q.waiting) OVER (ORDER BY strpos((SELECT tracking_letters()), q.letter), q.bucket) - q.waiting AS before
        FROM tracking_queuebucket q WHERE q.kecamatan_id = kecamatan AND q.waiting > 0) b
    ON p > b.before AND p <= b.before + b.waiting
$$;

-- The queue number that is the n-th to be served in a kecamatan (the last one if fewer wait).
CREATE OR REPLACE FUNCTION blanks_reached(kecamatan smallint, n bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT letter || '-' || number FROM blanks_numbers_at(kecamatan, ARRAY[least(n, (
        SELECT sum(h.waiting) FROM tracking_queuehead h WHERE h.kecamatan_id = kecamatan))])
$$;
