-- Each query lists what breaks one invariant of custody, one line of text a finding: numbers of cards and pieces, no
-- personal data. Of the same form as those of tracking.verify, which reads it.

-- name: custody_chains
-- Each change of hands is from whoever took last, and none is missing.
SELECT format('kartu fisik %s, serah terima %s: dari %s %s, sebelumnya pada %s %s', piece_id, number, giver, giver_id, had, had_id) AS what
FROM (SELECT *, row_number() OVER w AS n, lag(taker) OVER w AS had, lag(taker_id) OVER w AS had_id FROM delivery_custody
      WINDOW w AS (PARTITION BY piece_id ORDER BY number)) c
WHERE number <> n OR number > 1 AND (giver, giver_id) IS DISTINCT FROM (had, had_id) OR number = 1 AND giver NOT IN ('store', 'none')

-- name: holder_is_last_taker
-- A physical card is with whoever took it last; each of them has a history.
SELECT format('kartu fisik %s: pada %s %s, menurut riwayat %s %s', coalesce(p.id, c.piece_id), p.holder, p.holder_id, c.taker, c.taker_id) AS what
FROM delivery_piece p
FULL JOIN (SELECT DISTINCT ON (piece_id) * FROM delivery_custody ORDER BY piece_id, number DESC) c ON c.piece_id = p.id
WHERE (p.holder, p.holder_id, p.moves) IS DISTINCT FROM (c.taker, c.taker_id, c.number)

-- name: one_holder_a_card
-- Each printed card of the ledger, and each found one outside it, is with one holder.
SELECT format('kartu %s: %s kartu fisik yang berlaku', c.id, count(p.id)) AS what
FROM tracking_card c LEFT JOIN delivery_piece p ON p.card_id = c.id AND p.current AND p.holder <> ALL (%(gone)s)
WHERE c.stage IN ('PRINTED', 'AT_KECAMATAN', 'OUT_FOR_DELIVERY', 'RETURNED', 'DELIVERED')
    AND (NOT c.outside_ledger OR c.outside_confirmed AND NOT c.closed)
GROUP BY c.id HAVING count(p.id) <> 1

-- name: holders_fit_stages
-- A card that its citizen is to get is with one who may have it in its stage, and there is none in other stages.
SELECT format('kartu %s: tahap %s, tetapi pada %s %s', c.id, c.stage, p.holder, p.holder_id) AS what
FROM delivery_piece p LEFT JOIN tracking_card c ON c.id = p.card_id
LEFT JOIN jsonb_to_recordset(%(may_hold)s) AS m (stage text, holder text) ON (m.stage, m.holder) = (c.stage, p.holder)
WHERE p.current AND m.stage IS NULL

-- name: serials_have_holders
-- The serial on a physical card is where its holder says: in hand if used or spoiled, with nobody if destroyed or lost.
SELECT format('kartu fisik %s: pada %s, nomor serinya di %s', p.id, p.holder, coalesce(s.place, 'tidak ada')) AS what
FROM delivery_piece p LEFT JOIN blanks_serial s ON (s.series_id, s.number) = (p.series_id, p.number)
WHERE p.series_id IS NOT NULL AND (
    p.current <> (s.place IS NOT DISTINCT FROM 'cards' AND s.card_id = p.card_id AND p.holder <> ALL (%(gone)s))
    OR p.holder <> ALL (%(gone)s) AND (s.place IS NULL OR s.place NOT IN ('cards', 'spoiled')))
UNION ALL
SELECT format('kartu %s: nomor serinya di %s tanpa pemegang', s.card_id, s.place)
FROM blanks_serial s LEFT JOIN delivery_piece p ON (p.series_id, p.number) = (s.series_id, s.number) AND p.holder <> ALL (%(gone)s)
WHERE s.card_id IS NOT NULL AND s.place IN ('cards', 'spoiled') AND p.id IS NULL

-- name: lists_say_where_cards_are
-- A card on its way is on the open line of its hand-over, and no other; what is packed lies where the hand-over begins.
SELECT format('kartu fisik %s: pada %s %s, baris terbuka di serah terima %s (%s)', coalesce(p.id, l.piece_id), p.holder, p.holder_id,
    l.handover_id, l.state) AS what
FROM (SELECT l.piece_id, l.handover_id, l.outcome, l.settled, h.state, h.from_kecamatan_id
      FROM delivery_handovercard l JOIN delivery_handover h ON h.id = l.handover_id WHERE l.open) l
FULL JOIN (SELECT * FROM delivery_piece WHERE holder = 'transit') t ON t.id = l.piece_id
LEFT JOIN delivery_piece p ON p.id = coalesce(t.id, l.piece_id)
WHERE l.piece_id IS NULL OR l.state = 'withdrawn' OR l.settled <> '' OR l.outcome IN ('received', 'left')
    OR p.holder IS DISTINCT FROM CASE WHEN l.state <> 'called' THEN 'transit' WHEN l.from_kecamatan_id IS NULL THEN 'operator' ELSE 'kecamatan' END
    OR p.holder_id IS DISTINCT FROM CASE WHEN l.state <> 'called' THEN l.handover_id ELSE coalesce(l.from_kecamatan_id, 0) END

-- name: records_numbered_without_gaps
-- A hand-over that is closed has its record, and the records of a year are numbered without gaps.
SELECT format('serah terima %s: %s, nomor %s', id, state, coalesce(number, 'tidak ada')) AS what
FROM (SELECT *, row_number() OVER (PARTITION BY year ORDER BY serial) AS n FROM delivery_handover) h
WHERE (state = 'closed') <> (number IS NOT NULL) OR num_nulls(number, year, serial, check_code, paper) NOT IN (0, 5)
    OR state = 'closed' AND serial <> n

-- name: cards_out_are_in_a_round
-- A card in the hands of a courier whom we know is in the bag of a round that this courier took over.
SELECT format('kartu %s: pada kurir %s tanpa putaran', p.card_id, p.holder_id) AS what
FROM delivery_piece p JOIN tracking_card c ON c.id = p.card_id AND c.stage = 'OUT_FOR_DELIVERY'
WHERE p.current AND p.holder = 'courier' AND p.holder_id > 0
    AND NOT EXISTS (SELECT FROM delivery_roundcard r JOIN delivery_round d ON d.id = r.round_id
                    WHERE r.card_id = p.card_id AND r.ended = '' AND d.state <> 'ready')

-- name: one_round_a_card
-- No card is in two rounds at a time.
SELECT format('kartu %s: dalam %s putaran', card_id, count(*)) AS what
FROM delivery_roundcard WHERE ended = '' GROUP BY card_id HAVING count(*) > 1

-- name: tries_as_attempts
-- A door was tried as often as attempts say, three times at most, less those that were corrected.
SELECT format('putaran %s, kartu %s: %s kunjungan, menurut riwayat %s', r.round_id, r.card_id, r.tries, coalesce(a.n, 0)) AS what
FROM delivery_roundcard r
LEFT JOIN (SELECT place_id, count(*) AS n FROM delivery_attempt
           WHERE verdict = 'booked' AND outcome IN ('not_home', 'address_not_found') GROUP BY 1) a ON a.place_id = r.id
WHERE r.tries > 3 OR r.tries > coalesce(a.n, 0)
    OR r.tries < coalesce(a.n, 0) AND NOT EXISTS (SELECT FROM tracking_event e WHERE e.card_id = r.card_id AND e.corrects IS NOT NULL)

-- name: ends_as_attempts
-- What became of a card in its round was booked at its door.
SELECT format('putaran %s, kartu %s: %s tanpa kunjungan', r.round_id, r.card_id, r.result) AS what
FROM delivery_roundcard r
WHERE r.result NOT IN ('', 'cancelled')
    AND NOT EXISTS (SELECT FROM delivery_attempt a WHERE a.place_id = r.id AND a.verdict = 'booked' AND a.outcome = r.result)

-- name: couriers_hold_their_rounds
-- What is still in the bag of a round is with the courier who took it over.
SELECT format('putaran %s, kartu %s: pada %s %s, bukan kurir %s', r.round_id, r.card_id, p.holder, p.holder_id, d.taken_by_id) AS what
FROM delivery_roundcard r JOIN delivery_round d ON d.id = r.round_id AND d.state <> 'ready'
JOIN delivery_piece p ON p.card_id = r.card_id AND p.current
WHERE r.ended = '' AND (p.holder, p.holder_id) IS DISTINCT FROM ('courier', d.taken_by_id)

-- name: attempts_decided
-- Each attempt was decided, and one that was not booked is work that somebody has or had.
SELECT format('kunjungan %s: %s', a.id, coalesce(nullif(a.verdict, ''), 'belum diputuskan')) AS what
FROM delivery_attempt a
WHERE a.verdict NOT IN ('booked', 'agrees')
    AND (a.verdict <> 'review' OR NOT EXISTS (SELECT FROM delivery_review v WHERE v.uid = a.uid))

-- name: couriers_forgotten_whole
-- Whoever was forgotten has no name left.
SELECT format('kurir %s: masih bernama', id) AS what FROM delivery_courier
WHERE erased_at IS NOT NULL AND (name_sealed IS NOT NULL OR phone_sealed IS NOT NULL)
