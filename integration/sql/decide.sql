-- What becomes of each row of feed_row: the answers go to feed_decision; the order of rules is domain.md's "Who leads", one
-- WHEN a rule. A function, so that a session plans it once for all its little feeds (a large one is analyzed, and so
-- planned by itself).
--
-- With `merging`, what is decided stays true until commit: no other merge decides about the same people meanwhile, and the
-- cards that will move are held. A large feed waits for all other merges; a little one for those of its own people.
CREATE OR REPLACE FUNCTION integration_decide(only_kecamatan smallint, merging bigint, is_large boolean) RETURNS void
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan -- else one large feed would have every little one after it planned by itself
AS $$
DECLARE
    round integer;
    several boolean;
    moved boolean;
BEGIN
    IF merging IS NOT NULL AND is_large THEN
        PERFORM pg_advisory_xact_lock(merging);
    ELSIF merging IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock_shared(merging);
        -- in one order, so that nobody waits in a circle
        PERFORM pg_advisory_xact_lock(merging::integer, person) FROM (
            SELECT DISTINCT hashtext(index::text) AS person
            FROM feed_row CROSS JOIN LATERAL (VALUES (nik_index), (nik_index_next)) i (index)
            WHERE index IS NOT NULL ORDER BY 1) people;
    END IF;
    -- who is not known under the older key is looked for, and kept, under the newest
    IF EXISTS (SELECT FROM feed_row WHERE nik_index_next IS NOT NULL) THEN
        UPDATE feed_row r SET nik_index = nik_index_next WHERE nik_index_next IS NOT NULL
            AND NOT EXISTS (SELECT FROM tracking_citizen c WHERE c.nik_index = r.nik_index);
    END IF;
    LOOP
        round := 1;
        -- Rows about one person in one batch: the newest first, of the same time the later line.
        INSERT INTO feed_same
        SELECT r.ctid, r.nik_index,
            row_number() OVER (PARTITION BY r.nik_index ORDER BY r.status_hi DESC, r.status_lo DESC, r.file_no DESC, r.line DESC)
        FROM feed_row r
        WHERE r.fault IS NULL AND r.nik_index IN (
            SELECT nik_index FROM feed_row WHERE fault IS NULL GROUP BY 1 HAVING count(*) > 1);
        several := FOUND;
        IF several AND is_large THEN ANALYZE feed_same; END IF;
        LOOP
            INSERT INTO feed_decision
                (tid, citizen_id, card_id, stage, target, act, outcome, reason, personal, moves_house, code, status_lo, status_hi,
                 row_digest, written_digest)
            SELECT tid, CASE act WHEN 'citizen' THEN nextval('tracking_citizen_id_seq') ELSE citizen_id END, card_id, stage, target,
                act,
                CASE
                    WHEN act IN ('citizen', 'card') THEN 'created'
                    WHEN act IN ('move', 'forward', 'fact') THEN 'updated'
                    WHEN act IN ('same', 'date') THEN CASE WHEN personal THEN 'updated' ELSE 'unchanged' END
                    WHEN act IN ('stale', 'stale_day') THEN 'stale'
                    ELSE 'rejected'
                END,
                CASE WHEN act IN ('citizen', 'card', 'move', 'forward', 'fact', 'same', 'date', 'stale', 'stale_day') THEN '' ELSE act END,
                personal AND act IN ('card', 'move', 'forward', 'fact', 'same', 'date', 'stale_day'),
                moves_house AND act IN ('move', 'forward', 'fact', 'same', 'date', 'stale_day'),
                code, status_lo, status_hi, row_digest, written_digest
            FROM (
                SELECT r.tid, r.citizen_id, k.id AS card_id, k.stage, m.stage AS target, r.code, r.status_lo, r.status_hi,
                    r.row_digest, r.written_digest,
                    r.citizen_id IS NOT NULL AND (
                        -- with the digest of the last accepted row, the citizen need not be looked at
                        (r.row_digest IS DISTINCT FROM w.row_digest AND (
                            SELECT r.name <> z.name OR r.kelurahan_id <> z.kelurahan_id
                                OR (r.rw IS NOT NULL AND r.rw IS DISTINCT FROM z.rw)
                                OR (r.rt IS NOT NULL AND r.rt IS DISTINCT FROM z.rt)
                                OR r.recorded_at <> z.recorded_at
                                OR (r.address_digest IS NOT NULL AND r.address_digest IS DISTINCT FROM z.address_digest)
                                OR (r.phone_digest IS NOT NULL AND r.phone_digest IS DISTINCT FROM z.phone_digest)
                            FROM tracking_citizen z WHERE z.id = r.citizen_id))
                        OR (r.requested_given AND NOT k.closed AND k.ticket_kecamatan_id IS NULL AND r.requested_at <> k.requested_at)
                    ) AS personal,
                    r.citizen_id IS NOT NULL AND (r.kecamatan_id <> k.kecamatan_id
                        OR (r.requested_given AND NOT k.closed AND k.ticket_kecamatan_id IS NULL AND r.requested_at <> k.requested_at)
                    ) AS moves_house,
                    CASE
                        WHEN r.citizen_id IS NULL THEN 'citizen'
                        WHEN only_kecamatan IS NOT NULL AND k.place_id <> only_kecamatan THEN 'region_not_allowed'
                        -- 1. what the centre said last, or of a block since lifted
                        WHEN r.code = w.code AND r.status_lo = w.central_from AND r.status_hi = w.central_until THEN 'same'
                        WHEN EXISTS (SELECT FROM tracking_block b
                                     WHERE b.card_id = k.id AND b.lifted_at IS NOT NULL AND b.code = r.code
                                       AND b.central_from = r.status_lo AND b.central_until = r.status_hi) THEN 'same'
                        -- 2. older than what the centre said last
                        WHEN r.status_hi < w.central_from THEN 'stale'
                        -- 3. all cards are final
                        WHEN k.closed THEN CASE
                            WHEN k.stage = 'DELIVERED' AND m.print_side
                                 AND NOT (coalesce(r.kind, 'BARU') <> 'BARU' AND is_new_request)
                                THEN CASE WHEN r.code = w.code THEN 'date' ELSE 'fact' END
                            WHEN NOT is_new_request THEN 'card_is_final'
                            WHEN coalesce(r.kind, 'BARU') = 'BARU' AND EXISTS (
                                    SELECT FROM tracking_card x WHERE x.citizen_id = r.citizen_id AND (x.stage = 'DELIVERED'
                                        OR x.stage = 'CANCELLED' AND 'issued_elsewhere' =
                                           (SELECT e.reason FROM tracking_event e WHERE e.card_id = x.id ORDER BY e.id DESC LIMIT 1)))
                                THEN 'kind_conflict'
                            ELSE 'card' END
                        -- 4. another kind than the open card's
                        WHEN r.kind <> k.kind THEN 'card_open'
                        -- 5. a stop
                        WHEN m.stage = 'HELD' AND k.stage IN ('RECORDED', 'DEDUPLICATING', 'WAITING_FOR_BLANK', 'BLANK_ALLOCATED')
                            THEN 'move'
                        WHEN m.stage = 'HELD' AND k.stage <> 'HELD' THEN 'already_printed'
                        -- 6. outside the ledger, not yet confirmed: follows forward
                        WHEN k.outside_ledger AND NOT k.outside_confirmed AND m.print_side AND m.rank > ours.rank THEN 'forward'
                        -- 7. our own ledger leads
                        WHEN ours.print_side THEN CASE WHEN r.code = w.code THEN 'date' ELSE 'fact' END
                        -- 8. the centre says printed, we wait
                        WHEN m.print_side AND EXISTS (
                                SELECT FROM tracking_event e JOIN tracking_ticket t ON t.card_id = e.card_id
                                WHERE e.card_id = k.id AND e.to_stage = 'PRINTED' AND e.corrects IS NULL AND e.at >= t.drawn_at)
                            THEN CASE WHEN r.code = w.code THEN 'date' ELSE 'fact' END
                        WHEN m.print_side THEN 'printed_elsewhere'
                        -- 9. a legal step, the same stage, or neither
                        WHEN m.stage = k.stage THEN CASE
                            WHEN r.code = w.code THEN 'date'
                            ELSE 'fact' END
                        WHEN EXISTS (SELECT FROM tracking_step s WHERE s.from_stage = k.stage AND s.to_stage = m.stage) THEN 'move'
                        WHEN r.status_lo <= w.central_until AND (r.status_lo < r.status_hi OR w.central_from < w.central_until)
                            THEN 'stale_day'
                        ELSE 'illegal_transition'
                    END AS act
                FROM (
                    -- Everybody's newest row; in the order in which citizens and cards are kept, so that looking them up costs less.
                    (SELECT r.*, r.ctid AS tid, z.id AS citizen_id
                     FROM feed_row r
                     LEFT JOIN tracking_citizen z ON z.nik_index = r.nik_index
                     WHERE round = 1 AND r.fault IS NULL
                       AND NOT EXISTS (SELECT FROM feed_same s WHERE s.tid = r.ctid AND s.rank > 1)
                     ORDER BY z.id, r.nik_index)
                    UNION ALL
                    -- Where a person's newest row can't be applied, the next older one is asked.
                    (SELECT r.*, r.ctid AS tid, d.citizen_id
                     FROM feed_same s
                     JOIN feed_same before ON before.nik_index = s.nik_index AND before.rank = s.rank - 1
                     JOIN feed_decision d ON d.tid = before.tid
                     JOIN feed_row r ON r.ctid = s.tid
                     WHERE round > 1 AND s.rank = round AND (d.outcome = 'rejected' OR d.act = 'stale_day'))
                ) r
                JOIN feed_code m ON m.code = r.code
                LEFT JOIN tracking_centralword w ON w.citizen_id = r.citizen_id
                LEFT JOIN LATERAL (
                    SELECT x.* FROM tracking_card x WHERE x.citizen_id = r.citizen_id ORDER BY x.closed, x.id DESC LIMIT 1) k ON true
                LEFT JOIN feed_stage ours ON ours.stage = k.stage
                CROSS JOIN LATERAL (SELECT r.requested_at > k.requested_at
                    OR (coalesce(r.kind, k.kind) <> k.kind AND r.status_lo > w.central_until)) AS q (is_new_request)
                -- whoever repeats what was last accepted says nothing, unless it is asked whether he may say it
                WHERE round > 1 OR only_kecamatan IS NOT NULL
                    OR (r.row_digest, r.code, r.status_lo, r.status_hi)
                       IS DISTINCT FROM (w.row_digest, w.code, w.central_from, w.central_until)
                OFFSET 0  -- else each rule would be evaluated once for every column that hangs on it
            ) decided;
            EXIT WHEN NOT several OR NOT FOUND;
            round := round + 1;
        END LOOP;
        IF is_large THEN ANALYZE feed_decision (tid, act, card_id, citizen_id); END IF;
        IF several THEN
            -- Rows of a person that were never asked: older than the one that counted, or an exact repetition of it.
            INSERT INTO feed_decision (tid, act, outcome, reason, personal, moves_house)
            SELECT s.tid, 'superseded',
                CASE WHEN counted.outcome <> 'stale' AND (r.row_digest, r.code, r.status_lo, r.status_hi)
                          = (counted.row_digest, counted.code, counted.status_lo, counted.status_hi)
                     THEN 'unchanged' ELSE 'stale' END,
                '', false, false
            FROM feed_same s
            JOIN feed_row r ON r.ctid = s.tid
            JOIN LATERAL (
                SELECT x.row_digest, x.code, x.status_lo, x.status_hi, coalesce(d.outcome, 'unchanged') AS outcome
                FROM feed_same w JOIN feed_row x ON x.ctid = w.tid LEFT JOIN feed_decision d ON d.tid = w.tid
                WHERE w.nik_index = s.nik_index AND w.rank < s.rank
                  AND CASE WHEN d.tid IS NULL THEN w.rank = 1 ELSE d.outcome <> 'rejected' AND d.act <> 'stale_day' END
                ORDER BY w.rank LIMIT 1) counted ON true
            WHERE s.rank > 1 AND NOT EXISTS (SELECT FROM feed_decision d WHERE d.tid = s.tid);
        END IF;
        -- whoever speaks for one kecamatan blocks nobody by naming another place
        IF only_kecamatan IS NULL AND EXISTS (SELECT FROM feed_row WHERE fault = 'region_unknown') THEN
            -- Rows that name another regency are refused; where they are otherwise good and not old, the open card is blocked:
            -- did its citizen move away?
            INSERT INTO feed_decision (tid, citizen_id, card_id, stage, act, outcome, reason, personal, moves_house, code,
                                       status_lo, status_hi)
            SELECT r.ctid, z.id, k.id, k.stage, 'moved_away', 'fault', r.fault, false, false, r.code, r.status_lo, r.status_hi
            FROM feed_row r
            JOIN tracking_citizen z ON z.nik_index = r.nik_index
            JOIN tracking_centralword w ON w.citizen_id = z.id
            JOIN tracking_card k ON k.citizen_id = z.id AND NOT k.closed
            WHERE r.fault = 'region_unknown' AND r.status_hi >= w.central_from
                AND NOT EXISTS (SELECT FROM tracking_block b WHERE b.card_id = k.id AND b.lifted_at IS NOT NULL AND b.code = r.code
                                AND b.central_from = r.status_lo AND b.central_until = r.status_hi);
        END IF;
        EXIT WHEN merging IS NULL;
        -- Hold the cards that will move, in key order: did some of them move since they were decided?
        SELECT count(*) > 0 INTO moved FROM (
            SELECT c.stage, d.stage AS stage_then FROM feed_decision d JOIN tracking_card c ON c.id = d.card_id
            WHERE d.act IN ('move', 'forward', 'printed_elsewhere', 'already_printed', 'moved_away') OR d.moves_house
            ORDER BY c.id FOR NO KEY UPDATE OF c) held
        WHERE stage <> stage_then;
        EXIT WHEN NOT moved;
        TRUNCATE feed_decision, feed_same;
    END LOOP;
END $$;
