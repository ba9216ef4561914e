-- What becomes of each row: the order of rules is domain.md's "Who leads", one WHEN a rule.
-- Reads only; the rows to decide are in feed_todo, the answers go to feed_decision.
INSERT INTO feed_decision
    (file_no, line, nik_index, citizen_id, card_id, stage, target, act, outcome, reason, personal, moves_house, row_digest)
SELECT file_no, line, nik_index, citizen_id, card_id, stage, target, act,
    CASE
        WHEN act IN ('citizen', 'card') THEN 'created'
        WHEN act IN ('move', 'forward', 'fact') THEN 'updated'
        WHEN act IN ('same', 'date') THEN CASE WHEN personal THEN 'updated' ELSE 'unchanged' END
        WHEN act IN ('stale', 'stale_day') THEN 'stale'
        ELSE 'rejected'
    END,
    CASE WHEN act IN ('citizen', 'card', 'move', 'forward', 'fact', 'same', 'date', 'stale', 'stale_day') THEN '' ELSE act END,
    personal AND act IN ('move', 'forward', 'fact', 'same', 'date', 'stale_day'),
    moves_house AND act IN ('move', 'forward', 'fact', 'same', 'date', 'stale_day'),
    row_digest
FROM (
    SELECT r.file_no, r.line, r.nik_index, coalesce(c.id, 0) AS citizen_id, k.id AS card_id, k.stage, m.stage AS target,
        r.row_digest,
        c.id IS NOT NULL AND (
            r.name <> c.name OR r.kelurahan_id <> c.kelurahan_id
            OR (r.rw IS NOT NULL AND r.rw IS DISTINCT FROM c.rw) OR (r.rt IS NOT NULL AND r.rt IS DISTINCT FROM c.rt)
            OR r.recorded_at <> c.recorded_at
            OR (r.address_digest IS NOT NULL AND r.address_digest IS DISTINCT FROM c.address_digest)
            OR (r.phone_digest IS NOT NULL AND r.phone_digest IS DISTINCT FROM c.phone_digest)
            OR (r.requested_given AND NOT k.closed AND k.ticket_kecamatan_id IS NULL AND r.requested_at <> k.requested_at)
        ) AS personal,
        c.id IS NOT NULL AND (r.kecamatan_id <> k.kecamatan_id
            OR (r.requested_given AND NOT k.closed AND k.ticket_kecamatan_id IS NULL AND r.requested_at <> k.requested_at)
        ) AS moves_house,
        CASE
            WHEN c.id IS NULL THEN 'citizen'
            WHEN %(only_kecamatan)s IS NOT NULL AND k.place_id <> %(only_kecamatan)s THEN 'region_not_allowed'
            -- 1. what the centre said last, or of a block since lifted
            WHEN r.code = c.central_code AND r.status_lo = c.central_from AND r.status_hi = c.central_until THEN 'same'
            WHEN EXISTS (SELECT FROM tracking_block b
                         WHERE b.card_id = k.id AND b.lifted_at IS NOT NULL AND b.code = r.code
                           AND b.central_from = r.status_lo AND b.central_until = r.status_hi) THEN 'same'
            -- 2. older than what the centre said last
            WHEN r.status_hi < c.central_from THEN 'stale'
            -- 3. all cards are final
            WHEN k.closed THEN CASE
                WHEN k.stage = 'DELIVERED' AND m.print_side
                     AND NOT (coalesce(r.kind, 'BARU') <> 'BARU' AND is_new_request) THEN 'fact'
                WHEN NOT is_new_request THEN 'card_is_final'
                WHEN coalesce(r.kind, 'BARU') = 'BARU' AND EXISTS (
                        SELECT FROM tracking_card x WHERE x.citizen_id = c.id AND (x.stage = 'DELIVERED'
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
            WHEN ours.print_side THEN CASE WHEN r.code = c.central_code THEN 'date' ELSE 'fact' END
            -- 8. the centre says printed, we wait
            WHEN m.print_side AND EXISTS (
                    SELECT FROM tracking_event e JOIN tracking_ticket t ON t.card_id = e.card_id
                    WHERE e.card_id = k.id AND e.to_stage = 'PRINTED' AND e.corrects IS NULL AND e.at >= t.drawn_at)
                THEN CASE WHEN r.code = c.central_code THEN 'date' ELSE 'fact' END
            WHEN m.print_side THEN 'printed_elsewhere'
            -- 9. a legal step, the same stage, or neither
            WHEN m.stage = k.stage THEN CASE
                WHEN r.code = c.central_code THEN 'date'
                ELSE 'fact' END
            WHEN EXISTS (SELECT FROM tracking_step s WHERE s.from_stage = k.stage AND s.to_stage = m.stage) THEN 'move'
            WHEN r.status_lo <= c.central_until AND (r.status_lo < r.status_hi OR c.central_from < c.central_until)
                THEN 'stale_day'
            ELSE 'illegal_transition'
        END AS act
    FROM feed_todo todo
    JOIN feed_row r ON r.file_no = todo.file_no AND r.line = todo.line
    JOIN feed_code m ON m.code = r.code
    LEFT JOIN tracking_citizen c ON c.id = todo.citizen_id
    LEFT JOIN LATERAL (
        SELECT x.* FROM tracking_card x WHERE x.citizen_id = c.id ORDER BY x.closed, x.id DESC LIMIT 1) k ON true
    LEFT JOIN feed_stage ours ON ours.stage = k.stage
    CROSS JOIN LATERAL (SELECT r.requested_at > k.requested_at
        OR (coalesce(r.kind, k.kind) <> k.kind AND r.status_lo > c.central_until)) AS q (is_new_request)
) decided
