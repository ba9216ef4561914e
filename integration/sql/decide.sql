-- What becomes of each row: the order of rules is domain.md's "Who leads", one WHEN a rule.
-- `asked` stands for the rows of this round (first_round.sql, next_round.sql); the answers go to feed_decision.
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
            WHEN %(only_kecamatan)s IS NOT NULL AND k.place_id <> %(only_kecamatan)s THEN 'region_not_allowed'
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
    FROM asked r
    JOIN feed_code m ON m.code = r.code
    LEFT JOIN tracking_centralword w ON w.citizen_id = r.citizen_id
    LEFT JOIN LATERAL (
        SELECT x.* FROM tracking_card x WHERE x.citizen_id = r.citizen_id ORDER BY x.closed, x.id DESC LIMIT 1) k ON true
    LEFT JOIN feed_stage ours ON ours.stage = k.stage
    CROSS JOIN LATERAL (SELECT r.requested_at > k.requested_at
        OR (coalesce(r.kind, k.kind) <> k.kind AND r.status_lo > w.central_until)) AS q (is_new_request)
    -- whoever repeats what was last accepted says nothing, unless it is asked whether he may say it
    WHERE %(round)s > 1 OR %(only_kecamatan)s IS NOT NULL
        OR (r.row_digest, r.code, r.status_lo, r.status_hi)
           IS DISTINCT FROM (w.row_digest, w.code, w.central_from, w.central_until)
    OFFSET 0  -- else each rule would be evaluated once for every column that hangs on it
) decided
