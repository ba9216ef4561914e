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
