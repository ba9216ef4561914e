-- Each query lists what breaks one invariant of the ledger of blanks, one line of text a finding: numbers of cards,
-- serials and movements, no personal data. Of the same form as those of tracking.verify, which reads it.

-- name: accounts_as_moved
-- There is every account of the list, its balance is the sum of its movements, and all balances together are zero.
SELECT format('rekening %s: saldo %s, menurut mutasi %s', coalesce(a.id, l.id, m.id), coalesce(a.balance::text, 'tidak ada'),
    coalesce(m.n, 0)) AS what
FROM blanks_account a
FULL JOIN (SELECT id, place, NULL::smallint AS kecamatan_id FROM jsonb_to_recordset(%(accounts)s) AS l (id smallint, place text)
           UNION ALL SELECT %(quotas)s + id, 'quota', id FROM tracking_kecamatan) l USING (id)
FULL JOIN (SELECT id, sum(n) AS n FROM (SELECT from_account_id AS id, -quantity AS n FROM blanks_movement
                                        UNION ALL SELECT to_account_id, quantity FROM blanks_movement) moved GROUP BY 1) m USING (id)
WHERE (a.place, a.kecamatan_id) IS DISTINCT FROM (l.place, l.kecamatan_id) OR a.balance IS DISTINCT FROM coalesce(m.n, 0)

-- name: never_below_zero
-- No account but the supplier's ever held less than nothing. In which order commits came within ten seconds is not known.
SELECT format('rekening %s: %s setelah mutasi %s', account_id, held, id) AS what
FROM (SELECT account_id, id, sum(n) OVER w AS held, lead(at) OVER w - at AS pause
      FROM (SELECT from_account_id AS account_id, id, at, -quantity AS n FROM blanks_movement
            UNION ALL SELECT to_account_id, id, at, quantity FROM blanks_movement) m
      WHERE account_id <> %(supplier)s WINDOW w AS (PARTITION BY account_id ORDER BY id)) m
WHERE held < 0 AND coalesce(pause, 'infinity') > interval '10 seconds'

-- name: blanks_move_as_listed
-- Every movement takes a route of the list: with a paper if it was made by hand, with queue and batch if a card's step made it.
SELECT format('mutasi %s: %s dari rekening %s ke %s, sebanyak %s', m.id, m.cause, from_account_id, to_account_id, quantity) AS what
FROM blanks_movement m
LEFT JOIN blanks_account f ON f.id = m.from_account_id LEFT JOIN blanks_account t ON t.id = m.to_account_id
LEFT JOIN jsonb_to_recordset(%(routes)s) AS r (cause text, from_place text, to_place text, by_card boolean)
    ON (r.cause, r.from_place, r.to_place) = (m.cause, f.place, t.place)
WHERE r.cause IS NULL OR m.quantity <= 0 OR m.from_account_id = m.to_account_id OR m.actor = ''
    OR r.by_card = (m.document_id IS NOT NULL)
    OR num_nonnulls(m.batch_id, m.letter) <> CASE m.cause WHEN 'allocated' THEN 2 ELSE 0 END
    OR (m.cause = 'corrected') <> (m.event_id IS NOT NULL)

-- name: blank_routes_as_listed
-- The table of routes and that of what steps do to blanks are the lists in the code, neither more nor less.
SELECT format('jalur %s dari %s ke %s: %s', cause, from_place, to_place, CASE WHEN r.id IS NULL THEN 'tidak ada'
    WHEN l.cause IS NULL THEN 'tidak terdaftar' ELSE 'berbeda' END) AS what
FROM (SELECT *, cause AS listed FROM jsonb_to_recordset(%(routes)s) AS l
        (cause text, from_place text, to_place text, by_card boolean, supervisor boolean, named boolean)) l
FULL JOIN blanks_route r USING (cause, from_place, to_place)
WHERE r.id IS NULL OR l.listed IS NULL OR (r.by_card, r.supervisor, r.named) <> (l.by_card, l.supervisor, l.named)
UNION ALL
SELECT format('langkah %s ke %s (%s): tercatat %s, terdaftar %s', from_stage, to_stage, reason, e.effect, l.effect)
FROM jsonb_to_recordset(%(effects)s) AS l (from_stage text, to_stage text, reason text, effect text)
FULL JOIN blanks_stepeffect e USING (from_stage, to_stage, reason)
WHERE e.effect IS DISTINCT FROM l.effect

-- name: blanks_in_cards
-- The blanks in cards are as many as the cards that hold one: allocated or further, not cancelled, not outside the ledger.
SELECT format('pada kartu %s, kartu yang memegang blanko %s', moved, held) AS what
FROM (SELECT coalesce(sum(CASE to_account_id WHEN %(cards)s THEN quantity ELSE -quantity END), 0) AS moved
      FROM blanks_movement WHERE %(cards)s IN (from_account_id, to_account_id)) m,
    (SELECT count(*) AS held FROM tracking_card WHERE stage = ANY (%(holding)s) AND NOT outside_ledger) c
WHERE moved <> held

-- name: steps_moved_their_blanks
-- What each step took, gave back, spoiled or lost was moved at the same time, and what a correction undid was moved back.
SELECT format('%s, %s dari rekening %s ke %s: menurut langkah %s, menurut mutasi %s', at, cause, f, t, coalesce(s.n, 0),
    coalesce(m.n, 0)) AS what
FROM (
    SELECT at, CASE WHEN undone THEN 'corrected' WHEN effect = 'take' THEN 'allocated' WHEN effect = 'give_back' THEN 'returned'
                    WHEN effect = 'spoil' THEN 'card_spoiled' ELSE 'card_lost' END AS cause,
        CASE WHEN undone THEN b ELSE a END AS f, CASE WHEN undone THEN a ELSE b END AS t, event_id, count(*) AS n
    FROM (
        SELECT s.at, l.effect, s.undone, CASE WHEN s.undone THEN s.id ELSE 0 END AS event_id,
            CASE l.effect WHEN 'take' THEN %(quotas)s + k.kecamatan_id ELSE %(cards)s END AS a,
            CASE l.effect WHEN 'take' THEN %(cards)s WHEN 'give_back' THEN %(quotas)s + k.kecamatan_id
                          WHEN 'spoil' THEN %(spoiled)s ELSE %(lost)s END AS b
        FROM (
            SELECT card_id, id, at, from_stage, to_stage, reason, left_outside, false AS undone FROM tracking_event
            WHERE corrects IS NULL AND (to_stage = 'BLANK_ALLOCATED' OR from_stage = ANY (%(holding)s)
                                            AND (to_stage <> ALL (%(holding)s)))
            UNION ALL
            SELECT e.card_id, e.id, x.at, e.from_stage, e.to_stage, e.reason, e.left_outside, true
            FROM tracking_event x JOIN tracking_event e ON e.card_id = x.card_id AND e.id = x.corrects
            WHERE x.corrects IS NOT NULL) s
        JOIN jsonb_to_recordset(%(effects)s) AS l (from_stage text, to_stage text, reason text, effect text)
            ON (l.from_stage, l.to_stage, l.reason) = (s.from_stage, s.to_stage, s.reason)
        LEFT JOIN tracking_ticket k ON k.card_id = s.card_id
        WHERE l.effect IN ('take', 'give_back', 'spoil', 'lose') AND s.left_outside IS NOT TRUE) steps
    GROUP BY 1, 2, 3, 4, 5) s
FULL JOIN (
    SELECT at, cause, from_account_id::int AS f, to_account_id::int AS t, coalesce(event_id, 0) AS event_id, sum(quantity) AS n
    FROM blanks_movement WHERE cause IN ('allocated', 'returned', 'card_spoiled', 'card_lost', 'corrected')
    GROUP BY 1, 2, 3, 4, 5) m USING (at, cause, f, t, event_id)
WHERE s.n IS DISTINCT FROM m.n

-- name: papers_add_up
-- A paper's figures are those of its movements, and the serials that came with it as many as the blanks received.
SELECT format('dokumen %s (%s): di surat %s, dihitung %s, diterima %s, bersih %s, dibagikan %s, seri %s', d.id, d.kind, on_paper,
    counted, m.received, m.net, m.divided, r.n) AS what
FROM blanks_document d
LEFT JOIN (
    SELECT document_id, sum(quantity) FILTER (WHERE cause = 'received') AS received,
        sum(CASE WHEN cause = 'short' THEN -quantity ELSE quantity END)
            FILTER (WHERE cause IN ('received', 'short', 'surplus', 'found_more')) AS net,
        sum(quantity) FILTER (WHERE cause IN ('divided', 'taken_back', 'moved')) AS divided
    FROM blanks_movement WHERE document_id IS NOT NULL GROUP BY 1) m ON m.document_id = d.id
LEFT JOIN (SELECT document_id, sum(last - first + 1) AS n FROM blanks_range GROUP BY 1) r ON r.document_id = d.id
WHERE d.kind = 'shipment' AND (d.on_paper, d.counted, coalesce(m.net, 0))
        IS DISTINCT FROM (coalesce(m.received, 0), coalesce(m.net, 0), coalesce(r.n, 0))
    OR r.n IS DISTINCT FROM m.net AND r.n IS NOT NULL
    OR d.kind IN ('division', 'return') AND d.counted IS DISTINCT FROM m.divided

-- name: serials_received_once
-- No serial came twice, and each that was ever named lies in what came.
SELECT format('seri %s (%s): %s', number, series_id, CASE WHEN is_range THEN 'diterima dua kali' ELSE 'tidak pernah diterima' END) AS what
FROM (SELECT series_id, number, is_range,
          max(last) OVER (PARTITION BY series_id ORDER BY number, NOT is_range
                          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
      FROM (SELECT series_id, first AS number, last, true AS is_range FROM blanks_range
            UNION ALL SELECT series_id, number, NULL, false FROM blanks_serial) s) s
WHERE is_range = (reached IS NOT NULL AND reached >= number)

-- name: serials_follow_their_moves
-- A serial's moves begin in stock and follow each other, and it is where, and with whom, the last of them led.
SELECT format('seri %s (%s): di %s, kartu %s; mutasi terakhir %s ke %s, kartu %s', number, series_id, s.place, s.card_id, m.id,
    m.to_place, m.card_id) AS what
FROM blanks_serial s
FULL JOIN (
    SELECT series_id, number, (array_agg(id ORDER BY id DESC))[1] AS id, (array_agg(to_place ORDER BY id DESC))[1] AS to_place,
        (array_agg(card_id ORDER BY id DESC))[1] AS card_id, bool_and(from_place = before) AS whole
    FROM (SELECT *, lag(to_place, 1, 'free') OVER (PARTITION BY series_id, number ORDER BY id) AS before
          FROM blanks_serialmove) m GROUP BY 1, 2) m USING (series_id, number)
WHERE (s.move_id, s.place, s.card_id) IS DISTINCT FROM (m.id, m.to_place, m.card_id) OR m.whole IS NOT TRUE

-- name: printed_cards_name_their_blank
-- Each printed card in the ledger has one serial in the account of cards, and no serial is there without its card.
SELECT format('kartu %s: tahap %s, nomor seri %s', coalesce(c.id, s.card_id), c.stage, coalesce(s.serials, 'tidak ada')) AS what
FROM (SELECT id, stage FROM tracking_card WHERE stage = ANY (%(printed)s) AND NOT outside_ledger) c
FULL JOIN (SELECT card_id, string_agg(number::text, ', ') AS serials, count(*) AS n FROM blanks_serial
           WHERE place = 'cards' GROUP BY 1) s ON s.card_id = c.id
WHERE c.id IS NULL OR s.n IS DISTINCT FROM 1

-- name: moves_name_their_serials
-- What must be named is: a movement's serials are as many as its blanks, and never more; they move between its accounts.
SELECT format('mutasi %s (%s): %s blanko, %s nomor seri, %s di antaranya ke tempat lain', m.id, m.cause, m.quantity,
    coalesce(s.n, 0), coalesce(s.astray, 0)) AS what
FROM blanks_movement m
JOIN blanks_account f ON f.id = m.from_account_id JOIN blanks_account t ON t.id = m.to_account_id
LEFT JOIN jsonb_to_recordset(%(routes)s) AS r (cause text, from_place text, to_place text, named boolean)
    ON (r.cause, r.from_place, r.to_place) = (m.cause, f.place, t.place)
LEFT JOIN (
    SELECT movement_id, count(*) AS n, count(*) FILTER (WHERE
        x.from_place <> CASE WHEN f.place IN ('store', 'quota') THEN 'free' ELSE f.place END
        OR x.to_place <> CASE WHEN t.place IN ('store', 'quota') THEN 'free' ELSE t.place END
            AND (m.cause, x.to_place) <> ('corrected', 'free')) AS astray
    FROM blanks_serialmove x JOIN blanks_movement m ON m.id = x.movement_id
    JOIN blanks_account f ON f.id = m.from_account_id JOIN blanks_account t ON t.id = m.to_account_id
    GROUP BY 1) s ON s.movement_id = m.id
WHERE coalesce(s.n, 0) > m.quantity OR r.named AND coalesce(s.n, 0) < m.quantity OR s.astray > 0
UNION ALL
SELECT format('seri %s (%s): dari %s ke %s tanpa mutasi', x.number, x.series_id, x.from_place, x.to_place)
FROM blanks_serialmove x LEFT JOIN blanks_movement m ON m.id = x.movement_id
WHERE m.id IS NULL AND (x.movement_id IS NOT NULL
    OR (x.from_place, x.to_place) NOT IN (('free', 'cards'), ('cards', 'free')))

-- name: away_by_serial
-- Of what is spoiled, destroyed or sent back each blank is known by its serial; of what is lost no more than are lost.
SELECT format('%s: %s blanko, %s nomor seri', place, coalesce(m.n, 0), coalesce(s.n, 0)) AS what
FROM (SELECT place, sum(n) AS n FROM (
          SELECT from_account_id AS id, -quantity AS n FROM blanks_movement UNION ALL
          SELECT to_account_id, quantity FROM blanks_movement) m JOIN blanks_account a USING (id)
      WHERE place IN ('spoiled', 'destroyed', 'sent_back', 'lost') GROUP BY 1) m
FULL JOIN (SELECT place, count(*) AS n FROM blanks_serial WHERE place IN ('spoiled', 'destroyed', 'sent_back', 'lost') GROUP BY 1) s
    USING (place)
WHERE coalesce(m.n, 0) < coalesce(s.n, 0) OR place <> 'lost' AND coalesce(m.n, 0) > coalesce(s.n, 0)

-- name: batches_whole
-- A batch has as many cards as it says, each with the number of its ticket, in the order in which they are served that day.
-- A rule that was entered on the day from which it holds may have come after a batch of that day.
SELECT format('tumpukan %s: %s kartu, %s baris, %s tidak pada urutannya, %s bukan nomornya', coalesce(b.id, c.batch_id), b.size,
    coalesce(c.n, 0), c.out_of_order, c.astray) AS what
FROM blanks_printbatch b
FULL JOIN (
    SELECT batch_id, count(*) AS n, count(*) FILTER (WHERE astray) AS astray,
        least(count(*) FILTER (WHERE line <> turn), count(*) FILTER (WHERE line <> turn_before)) AS out_of_order
    FROM (SELECT c.batch_id, c.line,
              row_number() OVER (PARTITION BY c.batch_id ORDER BY NOT c.exception, strpos(b.letters, c.letter), c.number) AS turn,
              row_number() OVER (PARTITION BY c.batch_id ORDER BY NOT c.exception, strpos(b.letters_before, c.letter), c.number)
                  AS turn_before,
              (t.kecamatan_id, t.letter, t.number) IS DISTINCT FROM (b.kecamatan_id, c.letter, c.number) AS astray
          FROM blanks_batchcard c
          LEFT JOIN (SELECT b.id, b.kecamatan_id, tracking_letters(d.day) AS letters, tracking_letters(d.day - 1) AS letters_before
                     FROM blanks_printbatch b, LATERAL (SELECT (b.at AT TIME ZONE 'Asia/Jakarta')::date AS day) d) b ON b.id = c.batch_id
          LEFT JOIN tracking_ticket t ON t.card_id = c.card_id) c
    GROUP BY 1) c ON c.batch_id = b.id
WHERE b.size IS DISTINCT FROM c.n OR c.out_of_order > 0 OR c.astray > 0

-- name: batches_took_their_blanks
-- The blanks taken for a batch are as many as its cards, letter by letter, with the worst number that was served in turn.
SELECT format('tumpukan %s, huruf %s: %s blanko sampai nomor %s, %s kartu sampai nomor %s', coalesce(c.batch_id, m.batch_id),
    coalesce(c.letter, m.letter), m.n, m.last_number, c.n, c.last_number) AS what
FROM (SELECT c.batch_id, c.letter, b.kecamatan_id, b.at, count(*) AS n, max(c.number) FILTER (WHERE NOT c.exception) AS last_number
      FROM blanks_batchcard c JOIN blanks_printbatch b ON b.id = c.batch_id GROUP BY 1, 2, 3, 4) c
FULL JOIN (SELECT batch_id, letter, from_account_id - %(quotas)s AS kecamatan_id, at, sum(quantity) AS n, max(last_number) AS last_number
           FROM blanks_movement WHERE cause = 'allocated' GROUP BY 1, 2, 3, 4) m
    ON (m.batch_id, m.letter) = (c.batch_id, c.letter)
WHERE (c.kecamatan_id, c.at, c.n, c.last_number) IS DISTINCT FROM (m.kecamatan_id, m.at, m.n, m.last_number)

-- name: allocated_cards_have_a_batch
-- Each time that a card got a blank it came into a batch, at that moment; and into none otherwise.
SELECT format('kartu %s: mendapat blanko %s, tumpukan %s', coalesce(e.card_id, c.card_id), e.at, c.batch_id) AS what
FROM (SELECT card_id, at FROM tracking_event WHERE to_stage = 'BLANK_ALLOCATED' AND from_stage = 'WAITING_FOR_BLANK'
          AND corrects IS NULL) e
FULL JOIN (SELECT c.card_id, b.at, b.id AS batch_id FROM blanks_batchcard c JOIN blanks_printbatch b ON b.id = c.batch_id) c
    ON (c.card_id, c.at) = (e.card_id, e.at)
WHERE e.card_id IS NULL OR c.card_id IS NULL

-- name: open_lines_are_allocated
-- A line of a batch is open exactly while its card is scheduled for printing; else it says where the card went.
SELECT format('kartu %s: tahap %s, %s baris terbuka', coalesce(c.id, b.card_id), c.stage, coalesce(b.n, 0)) AS what
FROM (SELECT id, stage FROM tracking_card WHERE stage = 'BLANK_ALLOCATED' AND NOT outside_ledger) c
FULL JOIN (SELECT card_id, count(*) AS n FROM blanks_batchcard WHERE open GROUP BY 1) b ON b.card_id = c.id
WHERE c.id IS NULL OR b.n IS DISTINCT FROM 1
UNION ALL
SELECT format('tumpukan %s baris %s: terbuka %s, keluar ke %s', batch_id, line, open, left_to) FROM blanks_batchcard
WHERE open = (left_to IS NOT NULL)

-- name: results_fit
-- A result is of a card of its batch, with a serial unless nothing was printed; it bound that serial, or spoiled one that came late.
SELECT format('hasil %s, kartu %s (%s): nomor seri %s, terlambat %s, tempat berikutnya %s', r.id, coalesce(r.card_id, m.card_id), r.outcome,
    coalesce(r.number, m.number), r.late, m.to_place) AS what
FROM (SELECT r.*, l.result_id IS NOT NULL AS late, c.card_id IS NOT NULL AS fits
      FROM blanks_result r LEFT JOIN blanks_late l ON l.result_id = r.id
      LEFT JOIN blanks_batchcard c ON c.batch_id = r.batch_id AND c.card_id = r.card_id) r
FULL JOIN (SELECT m.series_id, m.number, m.card_id, m.at, m.to_place FROM blanks_serialmove m
           LEFT JOIN blanks_movement b ON b.id = m.movement_id
           WHERE m.from_place = 'free' AND (m.to_place = 'cards' OR b.cause = 'late_result')) m
    ON (m.series_id, m.number, m.card_id, m.at) = (r.series_id, r.number, r.card_id, r.at)
WHERE r.id IS NULL OR NOT r.fits OR (r.outcome = 'not_printed') <> (r.number IS NULL) OR r.late AND r.number IS NULL
    OR r.number IS NOT NULL AND m.to_place IS DISTINCT FROM CASE WHEN r.late THEN 'spoiled' ELSE 'cards' END

-- name: printed_by_a_result
-- A card in the ledger is printed, or misprinted, by a result of its printer, and each result that was in time did so.
SELECT format('kartu %s: menurut langkah %s, menurut hasil %s, pada %s', coalesce(e.card_id, r.card_id), e.outcome, r.outcome,
    coalesce(e.at, r.at)) AS what
FROM (SELECT card_id, at, CASE to_stage WHEN 'PRINTED' THEN 'printed' ELSE 'misprint' END AS outcome FROM tracking_event
      WHERE from_stage = 'BLANK_ALLOCATED' AND (to_stage = 'PRINTED' OR reason = 'misprint') AND corrects IS NULL
          AND left_outside IS NOT TRUE) e
FULL JOIN (SELECT card_id, at, outcome FROM blanks_result r
           WHERE number IS NOT NULL AND NOT EXISTS (SELECT FROM blanks_late l WHERE l.result_id = r.id)) r
    USING (card_id, at, outcome)
WHERE e.at IS NULL OR r.at IS NULL

-- name: exceptions_by_a_supervisor
-- Whoever passes the queue was let by a member of staff, for a reason of the list, and passes it until the card is printed or cancelled.
SELECT format('kartu %s: pengecualian %s (%s) oleh %s, berakhir %s, menurut riwayat %s', p.card_id, p.id, p.category, p.actor,
    p.ended_at, e.at) AS what
FROM blanks_priority p LEFT JOIN staff_user u ON p.actor = 'staff:' || u.id
CROSS JOIN LATERAL (
    SELECT min(e.at) AS at FROM tracking_event e
    WHERE e.card_id = p.card_id AND e.at >= p.at AND e.to_stage IN ('PRINTED', 'CANCELLED') AND e.corrects IS NULL) e
WHERE u.id IS NULL OR p.category <> ALL (%(categories)s) OR p.why = '' OR p.ended_at IS DISTINCT FROM e.at
UNION ALL
SELECT format('kartu %s: %s pengecualian yang berlaku', card_id, count(*)) FROM blanks_priority
WHERE ended_at IS NULL GROUP BY card_id HAVING count(*) > 1
UNION ALL
SELECT format('kartu %s: dalam tumpukan %s sebagai pengecualian, tidak ada pengecualiannya', c.card_id, c.batch_id)
FROM blanks_batchcard c JOIN blanks_printbatch b ON b.id = c.batch_id
WHERE c.exception AND NOT EXISTS (
    SELECT FROM blanks_priority p WHERE p.card_id = c.card_id AND p.at < b.at + interval '1 minute'
        AND coalesce(p.ended_at, 'infinity') >= b.at)

-- name: exceptions_are_public
-- Whoever is in a batch as an exception is one in the public log of the queue, and nobody else is.
SELECT format('kecamatan %s, nomor %s-%s: pengecualian dalam tumpukan %s, dalam catatan giliran %s', kecamatan_id, letter, number,
    b.at, t.at) AS what
FROM (SELECT p.kecamatan_id, c.letter, c.number, p.at, c.card_id FROM blanks_batchcard c JOIN blanks_printbatch p ON p.id = c.batch_id
      WHERE c.exception) b
FULL JOIN (SELECT kecamatan_id, letter, number, at FROM tracking_turn, unnest(numbers) number WHERE act = 'exception') t
    USING (kecamatan_id, letter, number, at)
WHERE b.card_id IS NULL OR t.at IS NULL AND NOT EXISTS (  -- (back before the commit, nothing happened)
    SELECT FROM tracking_event x WHERE x.card_id = b.card_id AND x.at = b.at AND x.from_stage = 'BLANK_ALLOCATED')

-- name: blanks_settled
-- What a transaction leaves for the balances is booked at its commit.
SELECT format('transaksi %s: %s baris belum dibukukan', xid, count(*)) AS what FROM blanks_unsettled GROUP BY xid
