-- Who acts. The site's role must say so and is believed (it has checked the person); anybody with the owner's
-- rights is recorded as the database role they are, whatever they say.
CREATE OR REPLACE FUNCTION tracking_actor() RETURNS text LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE claimed text := nullif(current_setting('ektp.actor', true), '');
BEGIN
    IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = 'public.tracking_card'::regclass), 'MEMBER')
    THEN
        RETURN 'db:' || session_user;
    END IF;
    IF claimed IS NULL OR nullif(current_setting('ektp.source', true), '') IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'EK001', MESSAGE = 'who acts (ektp.actor) and from where (ektp.source) must be said';
    ELSIF claimed LIKE 'db:%' THEN
        RAISE EXCEPTION USING ERRCODE = 'EK001', MESSAGE = 'nobody but the database says which role acts';
    END IF;
    RETURN claimed;
END $$;

CREATE OR REPLACE FUNCTION tracking_source() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('ektp.source', true), ''), 'sql')
$$;

-- An active member of staff in the group of supervisors.
CREATE OR REPLACE FUNCTION tracking_is_supervisor(actor text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM staff_user u JOIN staff_user_groups ug ON ug.user_id = u.id JOIN auth_group g ON g.id = ug.group_id
        WHERE 'staff:' || u.id = actor AND u.is_active AND g.name = 'supervisor')
$$;

-- Refuses a step that is not in the table of legal steps, lacks its reason, or is kept back by a block.
CREATE OR REPLACE FUNCTION tracking_check_step(left_stage text, new_stage text, why text, barred boolean)
RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE step record;
BEGIN
    SELECT bool_or(s.reason = why) AS reason_fits, bool_or(s.towards_citizen) AS towards_citizen, count(*) AS n INTO step
    FROM tracking_step s WHERE s.from_stage = left_stage AND s.to_stage = new_stage;
    IF step.n = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'EK002', MESSAGE = format('no legal step from %s to %s', left_stage, new_stage);
    ELSIF NOT step.reason_fits THEN
        RAISE EXCEPTION USING ERRCODE = 'EK003',
            MESSAGE = format('the step from %s to %s needs one of its reasons, not "%s"', left_stage, new_stage, why);
    ELSIF barred AND step.towards_citizen THEN
        RAISE EXCEPTION USING ERRCODE = 'EK004', MESSAGE = format('a blocked card does not go to %s', new_stage);
    END IF;
END $$;

-- Refuses a correction that does not undo the card's last step, or by somebody who may not.
CREATE OR REPLACE FUNCTION tracking_check_correction(
    card bigint, left_stage text, new_stage text, blocked boolean, undone bigint, who text, why text)
RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE step tracking_event; newest bigint; last_step bigint; shortly boolean;
BEGIN
    SELECT * INTO step FROM tracking_event e WHERE e.card_id = card AND e.id = undone;
    SELECT max(e.id) INTO newest FROM tracking_event e WHERE e.card_id = card;
    SELECT max(e.id) INTO last_step FROM tracking_event e
    WHERE e.card_id = card AND e.from_stage IS NOT NULL AND e.corrects IS NULL
      AND NOT EXISTS (SELECT FROM tracking_event x WHERE x.card_id = card AND x.corrects = e.id);
    IF last_step IS NULL OR last_step <> undone OR step.from_stage <> new_stage OR step.to_stage <> left_stage THEN
        RAISE EXCEPTION USING ERRCODE = 'EK005', MESSAGE = 'a correction undoes the last step of the card and nothing else';
    END IF;
    IF why NOT IN ('mistake', 'wrong_card', 'other') THEN
        RAISE EXCEPTION USING ERRCODE = 'EK003', MESSAGE = 'a correction needs one of its reasons';
    END IF;
    IF blocked AND new_stage = 'BLANK_ALLOCATED' THEN
        RAISE EXCEPTION USING ERRCODE = 'EK004', MESSAGE = 'a blocked card does not go back to printing';
    END IF;
    shortly := step.actor = who AND newest = undone
        AND EXISTS (SELECT FROM tracking_step s
                    WHERE s.from_stage = step.from_stage AND s.to_stage = step.to_stage AND s.short_undo)
        AND step.at > clock_timestamp() - make_interval(mins => (SELECT undo_minutes FROM tracking_officerule));
    IF shortly IS NOT TRUE AND NOT tracking_is_supervisor(who) THEN
        RAISE EXCEPTION USING ERRCODE = 'EK006', MESSAGE = 'only a supervisor corrects, or whoever made the step, at once';
    END IF;
END $$;

-- The order of letters in force on a day.
CREATE OR REPLACE FUNCTION tracking_letters(day date DEFAULT (now() AT TIME ZONE 'Asia/Jakarta')::date) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT letters FROM tracking_letterrule WHERE valid_from <= day ORDER BY valid_from DESC LIMIT 1
$$;

-- Place in the queue of a number that waits: those waiting with a better letter, or a smaller number, plus one.
-- Step by step: most numbers have the best letter and no superbucket before them, and each table read costs time.
CREATE OR REPLACE FUNCTION tracking_position(kecamatan smallint, its_letter text, number integer) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
DECLARE place integer; better text; its_bucket integer := (number - 1) / 4096;
BEGIN
    SELECT 1 + coalesce(sum(CASE WHEN b.bucket < its_bucket THEN b.waiting
                            ELSE bit_count(substring(b.waiting_bits FOR (number - 1) % 4096)) END), 0) INTO place
    FROM tracking_queuebucket b
    WHERE b.kecamatan_id = kecamatan AND b.letter = its_letter
      AND b.bucket >= its_bucket / 16 * 16 AND b.bucket <= its_bucket;
    IF its_bucket >= 16 THEN
        place := place + (SELECT coalesce(sum(s.waiting), 0) FROM tracking_queuesuperbucket s
                          WHERE s.kecamatan_id = kecamatan AND s.letter = its_letter AND s.superbucket < its_bucket / 16);
    END IF;
    SELECT split_part(r.letters, its_letter, 1) INTO better FROM tracking_letterrule r
    WHERE r.valid_from <= (now() AT TIME ZONE 'Asia/Jakarta')::date ORDER BY r.valid_from DESC LIMIT 1;
    IF better <> '' THEN
        place := place + (SELECT coalesce(sum(h.waiting), 0) FROM tracking_queuehead h
                          WHERE h.kecamatan_id = kecamatan AND strpos(better, h.letter) > 0);
    END IF;
    RETURN place;
END $$;

-- Refuses a moment in which somebody was served while a better number stood in line, as the queue is after it.
CREATE OR REPLACE FUNCTION tracking_check_turn(its_moment bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE t record;
BEGIN
    FOR t IN SELECT kecamatan_id, letter, numbers[cardinality(numbers)] AS number
             FROM tracking_turn WHERE moment = its_moment AND act = 'served'
    LOOP
        IF tracking_position(t.kecamatan_id, t.letter, t.number) <> 1 THEN
            RAISE EXCEPTION USING ERRCODE = 'EK011', MESSAGE = format('somebody better than %s-%s waits', t.letter, t.number);
        END IF;
    END LOOP;
END $$;

-- Sets the bits of a mask in one bucket of the queue, and with them every sum above it.
CREATE OR REPLACE FUNCTION tracking_mark(
    kecamatan smallint, its_letter text, its_bucket integer, highest integer,
    mask bit(4096), waiting_now bit(4096), blocked_now bit(4096))
RETURNS void LANGUAGE plpgsql AS $$
DECLARE more_waiting integer; more_blocked integer;
BEGIN
    INSERT INTO tracking_queuebucket AS q (kecamatan_id, letter, bucket, waiting_bits, blocked_bits)
    VALUES (kecamatan, its_letter, its_bucket, waiting_now, blocked_now)
    ON CONFLICT (kecamatan_id, letter, bucket) DO UPDATE
    SET waiting_bits = (q.waiting_bits & ~ mask) | waiting_now, blocked_bits = (q.blocked_bits & ~ mask) | blocked_now
    RETURNING WITH (OLD AS was, NEW AS is_now)
        is_now.waiting - coalesce(was.waiting, 0), is_now.blocked - coalesce(was.blocked, 0)
    INTO more_waiting, more_blocked;
    IF more_waiting <> 0 THEN
        INSERT INTO tracking_queuesuperbucket AS q (kecamatan_id, letter, superbucket, waiting)
        VALUES (kecamatan, its_letter, its_bucket / 16, more_waiting)
        ON CONFLICT (kecamatan_id, letter, superbucket) DO UPDATE SET waiting = q.waiting + excluded.waiting;
    END IF;
    UPDATE tracking_queuehead SET last_number = greatest(last_number, highest),
           waiting = waiting + more_waiting, blocked = blocked + more_blocked
    WHERE kecamatan_id = kecamatan AND letter = its_letter
      AND (more_waiting <> 0 OR more_blocked <> 0 OR last_number < highest);
END $$;
