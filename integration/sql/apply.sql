-- New citizens, in the order of the index, each with a card.
WITH known AS (
    INSERT INTO tracking_citizen (nik_index, nik_sealed, name, kelurahan_id, rw, rt, recorded_at, address_sealed,
        address_digest, phone_sealed, phone_digest, central_code, central_from, central_until, row_digest)
    SELECT r.nik_index, r.nik_sealed, r.name, r.kelurahan_id, r.rw, r.rt, r.recorded_at, r.address_sealed,
        r.address_digest, r.phone_sealed, r.phone_digest, r.code, r.status_lo, r.status_hi, r.row_digest
    FROM feed_decision d JOIN feed_row r USING (file_no, line)
    WHERE d.act = 'citizen' ORDER BY r.nik_index
    RETURNING id, nik_index)
INSERT INTO tracking_card (citizen_id, kind, stage, since, code, requested_at, kecamatan_id)
SELECT known.id, coalesce(r.kind, 'BARU'), d.target, r.status_lo, r.code, r.requested_at, r.kecamatan_id
FROM known JOIN feed_decision d ON d.nik_index = known.nik_index AND d.act = 'citizen'
JOIN feed_row r ON r.file_no = d.file_no AND r.line = d.line;

-- A further card of a citizen whose cards are all final.
INSERT INTO tracking_card (citizen_id, kind, stage, since, code, requested_at, kecamatan_id)
SELECT d.citizen_id, coalesce(r.kind, 'BARU'), d.target, r.status_lo, r.code, r.requested_at, r.kecamatan_id
FROM feed_decision d JOIN feed_row r USING (file_no, line) WHERE d.act = 'card' ORDER BY d.citizen_id;

-- Legal steps, all in one statement: each new stage comes with its code and the centre's time.
UPDATE tracking_card c SET stage = d.target, since = r.status_lo, code = r.code
FROM feed_decision d JOIN feed_row r USING (file_no, line) WHERE d.act = 'move' AND c.id = d.card_id;

-- Another home; or another time of request while the ticket is not drawn. (The last card, open or not, follows.)
UPDATE tracking_card c SET kecamatan_id = r.kecamatan_id,
    requested_at = CASE WHEN r.requested_given AND NOT c.closed AND c.ticket_kecamatan_id IS NULL THEN r.requested_at
                        ELSE c.requested_at END
FROM feed_decision d JOIN feed_row r USING (file_no, line) WHERE d.moves_house AND c.id = d.card_id;

-- What the centre said, and personal data. Empty cells erase nothing; an RW or RT of another kelurahan is no longer known.
UPDATE tracking_citizen c SET
    name = r.name, recorded_at = r.recorded_at,
    rw = coalesce(r.rw, CASE WHEN c.kelurahan_id = r.kelurahan_id THEN c.rw END),
    rt = coalesce(r.rt, CASE WHEN c.kelurahan_id = r.kelurahan_id THEN c.rt END),
    kelurahan_id = r.kelurahan_id,
    address_sealed = coalesce(r.address_sealed, c.address_sealed),
    address_digest = coalesce(r.address_digest, c.address_digest),
    phone_sealed = coalesce(r.phone_sealed, c.phone_sealed),
    phone_digest = coalesce(r.phone_digest, c.phone_digest),
    central_code = CASE WHEN d.act IN ('same', 'stale_day') THEN c.central_code ELSE r.code END,
    central_from = CASE WHEN d.act IN ('same', 'stale_day') THEN c.central_from ELSE r.status_lo END,
    central_until = CASE WHEN d.act IN ('same', 'stale_day') THEN c.central_until ELSE r.status_hi END,
    row_digest = CASE WHEN d.act = 'stale_day' THEN c.row_digest ELSE r.row_digest END
FROM feed_decision d JOIN feed_row r USING (file_no, line)
WHERE c.id = d.citizen_id
    AND (d.act IN ('card', 'move', 'forward', 'fact', 'date') OR (d.act IN ('same', 'stale_day') AND d.personal));

INSERT INTO tracking_centralfact (card_id, code, since, source)
SELECT d.card_id, r.code, r.status_lo, current_setting('ektp.source')
FROM feed_decision d JOIN feed_row r USING (file_no, line) WHERE d.act = 'fact' ORDER BY d.card_id;

INSERT INTO tracking_block (card_id, reason, source, code, central_from, central_until)
SELECT DISTINCT ON (d.card_id, d.act) d.card_id, d.act, current_setting('ektp.source'), r.code, r.status_lo, r.status_hi
FROM feed_decision d JOIN feed_row r USING (file_no, line)
WHERE d.act IN ('printed_elsewhere', 'already_printed', 'moved_away')
    AND NOT EXISTS (SELECT FROM tracking_block b WHERE b.card_id = d.card_id AND b.reason = d.act AND b.lifted_at IS NULL)
ORDER BY d.card_id, d.act, r.status_hi DESC, d.file_no DESC, d.line DESC;
