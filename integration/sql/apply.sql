-- The merge: does what was decided about each row. `way` has the stages through which a card outside the ledger follows.
CREATE OR REPLACE FUNCTION integration_apply(way text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    acts text[];
BEGIN
    -- a step that nobody takes costs its triggers nevertheless
    acts := ARRAY(SELECT DISTINCT act FROM feed_decision);

    IF EXISTS (SELECT FROM feed_decision WHERE moves_house) THEN
        -- Another home; or another time of request while the ticket is not drawn. Before the steps: a ticket is drawn where
        -- and for when the row that makes the card ready says. (The last card, open or not, follows.)
        UPDATE tracking_card c SET kecamatan_id = r.kecamatan_id,
            requested_at = CASE WHEN r.requested_given AND NOT c.closed AND c.ticket_kecamatan_id IS NULL THEN r.requested_at
                                ELSE c.requested_at END
        FROM feed_decision d JOIN feed_row r ON r.ctid = d.tid WHERE d.moves_house AND c.id = d.card_id;
    END IF;

    -- Cards outside the ledger take one step after another on the way on which the centre reports them.
    IF 'forward' = ANY (acts) THEN
        FOR n IN 2..cardinality(way) LOOP
            UPDATE tracking_card c SET stage = way[n], since = d.status_lo,
                code = (SELECT m.code FROM feed_code m WHERE m.stage = way[n])
            FROM feed_decision d JOIN feed_stage target ON target.stage = d.target
            WHERE d.act = 'forward' AND c.id = d.card_id AND c.stage = way[n - 1]
                AND target.rank >= (SELECT rank FROM feed_stage WHERE stage = way[n]);
        END LOOP;
    END IF;

    IF 'citizen' = ANY (acts) THEN
        -- New citizens, in the order of the index, and what the centre says of them.
        INSERT INTO tracking_citizen (id, nik_index, nik_sealed, name, kelurahan_id, rw, rt, recorded_at, address_sealed,
            address_digest, phone_sealed, phone_digest)
        SELECT d.citizen_id, r.nik_index, r.nik_sealed, r.name, r.kelurahan_id, r.rw, r.rt, r.recorded_at, r.address_sealed,
            r.address_digest, r.phone_sealed, r.phone_digest
        FROM feed_decision d JOIN feed_row r ON r.ctid = d.tid WHERE d.act = 'citizen' ORDER BY r.nik_index;

        INSERT INTO tracking_centralword (citizen_id, code, central_from, central_until, row_digest, written_digest)
        SELECT citizen_id, code, status_lo, status_hi, row_digest, written_digest FROM feed_decision WHERE act = 'citizen';
    END IF;
    IF acts && ARRAY['citizen', 'card'] THEN
        -- Their first card, and a further one of those whose cards are all final.
        INSERT INTO tracking_card (citizen_id, kind, stage, since, code, requested_at, kecamatan_id)
        SELECT d.citizen_id, coalesce(r.kind, 'BARU'), d.target, r.status_lo, r.code, r.requested_at, r.kecamatan_id
        FROM feed_decision d JOIN feed_row r ON r.ctid = d.tid WHERE d.act IN ('citizen', 'card') ORDER BY d.citizen_id;
    END IF;
    IF 'move' = ANY (acts) THEN
        -- Legal steps, all in one statement: each new stage comes with its code and the centre's time.
        UPDATE tracking_card c SET stage = d.target, since = d.status_lo, code = d.code
        FROM feed_decision d WHERE d.act = 'move' AND c.id = d.card_id;
    END IF;
    IF EXISTS (SELECT FROM feed_decision WHERE personal) THEN
        -- Personal data. Empty cells erase nothing; an RW or RT of another kelurahan is no longer known.
        UPDATE tracking_citizen z SET
            name = r.name, recorded_at = r.recorded_at,
            rw = coalesce(r.rw, CASE WHEN z.kelurahan_id = r.kelurahan_id THEN z.rw END),
            rt = coalesce(r.rt, CASE WHEN z.kelurahan_id = r.kelurahan_id THEN z.rt END),
            kelurahan_id = r.kelurahan_id,
            address_sealed = coalesce(r.address_sealed, z.address_sealed),
            address_digest = coalesce(r.address_digest, z.address_digest),
            phone_sealed = coalesce(r.phone_sealed, z.phone_sealed),
            phone_digest = coalesce(r.phone_digest, z.phone_digest)
        FROM feed_decision d JOIN feed_row r ON r.ctid = d.tid WHERE d.personal AND z.id = d.citizen_id;
    END IF;

    -- What the centre said last. A row that is only not older, because the day has no time, leaves its word alone.
    UPDATE tracking_centralword w SET
        code = d.code, central_from = d.status_lo, central_until = d.status_hi,
        row_digest = d.row_digest, written_digest = d.written_digest
    FROM feed_decision d
    WHERE d.act IN ('card', 'move', 'forward', 'fact', 'date') AND w.citizen_id = d.citizen_id;
    UPDATE tracking_centralword w SET row_digest = d.row_digest,
        written_digest = CASE WHEN d.act = 'same' THEN d.written_digest ELSE 0 END -- or the row before would still pass for known
    FROM feed_decision d
    WHERE d.act IN ('same', 'stale_day') AND d.personal AND w.citizen_id = d.citizen_id;

    IF 'fact' = ANY (acts) THEN
        INSERT INTO tracking_centralfact (card_id, code, since, source)
        SELECT card_id, code, status_lo, current_setting('ektp.source')
        FROM feed_decision WHERE act = 'fact' ORDER BY card_id;
    END IF;
    IF acts && ARRAY['printed_elsewhere', 'already_printed', 'moved_away'] THEN
        INSERT INTO tracking_block (card_id, reason, source, code, central_from, central_until)
        SELECT DISTINCT ON (d.card_id, d.act) d.card_id, d.act, current_setting('ektp.source'), d.code, d.status_lo, d.status_hi
        FROM feed_decision d
        WHERE d.act IN ('printed_elsewhere', 'already_printed', 'moved_away')
            -- an older row of the same file may say that the citizen has the card: then there is nothing left to stop
            AND EXISTS (SELECT FROM tracking_card c WHERE c.id = d.card_id AND NOT c.closed)
            AND NOT EXISTS (SELECT FROM tracking_block b WHERE b.card_id = d.card_id AND b.reason = d.act AND b.lifted_at IS NULL)
        ORDER BY d.card_id, d.act, d.status_hi DESC, d.tid DESC;
    END IF;
END $$;
