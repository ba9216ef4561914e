-- Each query lists what breaks one invariant, one line of text a finding: card numbers, no personal data.
-- Read by tracking.verify; `-- name:` begins a query, the lines of comment after it say why.

-- name: created_once
-- A card's history begins with its creation, and it is created once; no history is without its card.
SELECT format('kartu %s: %s', coalesce(c.id, e.card_id), CASE
    WHEN c.id IS NULL THEN 'ada peristiwa, tidak ada kartu'
    WHEN e.card_id IS NULL THEN 'tidak ada peristiwa'
    ELSE format('%s peristiwa pembuatan, yang pertama %s', e.creations, e.first_from) END) AS what
FROM tracking_card c FULL JOIN (
    SELECT card_id, count(*) FILTER (WHERE from_stage IS NULL) AS creations,
        coalesce((array_agg(from_stage ORDER BY id))[1], 'pembuatan') AS first_from
    FROM tracking_event GROUP BY 1) e ON e.card_id = c.id
WHERE e.creations IS DISTINCT FROM 1 OR e.first_from <> 'pembuatan' OR c.id IS NULL

-- name: stage_is_last_event
-- The stage is the only stored state, and it is where the last event led.
SELECT format('kartu %s: tahap %s, peristiwa terakhir ke %s', c.id, c.stage, e.to_stage) AS what
FROM tracking_card c
JOIN (SELECT DISTINCT ON (card_id) card_id, to_stage FROM tracking_event ORDER BY card_id, id DESC) e ON e.card_id = c.id
WHERE c.stage <> e.to_stage

-- name: card_repeats_its_step
-- Since when, and by which central code, a card is in its stage says the last event that no correction undid.
SELECT format('kartu %s: sejak %s (%s), menurut peristiwa %s (%s)', c.id, c.since, c.code, e.since, e.code) AS what
FROM tracking_card c
JOIN (
    SELECT DISTINCT ON (card_id) card_id, since, code FROM tracking_event s
    WHERE corrects IS NULL
        AND NOT EXISTS (SELECT FROM tracking_event x WHERE x.card_id = s.card_id AND x.corrects = s.id)
    ORDER BY card_id, id DESC) e ON e.card_id = c.id
WHERE (c.since, c.code) IS DISTINCT FROM (e.since, e.code)

-- name: events_follow_each_other
-- Every event starts where the one before it ended.
SELECT format('kartu %s: peristiwa %s dari %s, sebelumnya ke %s', card_id, id, from_stage, before) AS what
FROM (SELECT card_id, id, from_stage, lag(to_stage) OVER (PARTITION BY card_id ORDER BY id) AS before
      FROM tracking_event) e
WHERE before IS NOT NULL AND from_stage IS DISTINCT FROM before

-- name: events_in_time
-- Later events have later times: a transaction's time is that of its start, so an hour's import may come later.
SELECT format('kartu %s: peristiwa %s dicatat %s, sebelumnya %s', card_id, id, at, before) AS what
FROM (SELECT card_id, id, at, lag(at) OVER (PARTITION BY card_id ORDER BY id) AS before FROM tracking_event) e
WHERE at < before - interval '1 hour' OR at > now() + interval '1 minute'

-- name: steps_legal
-- Every step with its reason is one of the table of legal steps; out of a final stage there is none.
SELECT format('kartu %s: peristiwa %s dari %s ke %s (%s)', e.card_id, e.id, e.from_stage, e.to_stage, e.reason) AS what
FROM tracking_event e
LEFT JOIN tracking_step s ON (s.from_stage, s.to_stage, s.reason) = (e.from_stage, e.to_stage, e.reason)
WHERE e.corrects IS NULL AND e.from_stage IS NOT NULL AND s.id IS NULL

-- name: steps_as_listed
-- The table of legal steps is the list in the code, neither more nor less.
SELECT format('langkah %s ke %s (%s) %s', coalesce(s.from_stage, l.from_stage), coalesce(s.to_stage, l.to_stage),
    coalesce(s.reason, l.reason), CASE WHEN s.id IS NULL THEN 'tidak ada' WHEN l.reason IS NULL THEN 'tidak terdaftar'
    ELSE 'berbeda' END) AS what
FROM tracking_step s
FULL JOIN jsonb_to_recordset(%(steps)s)
    AS l (from_stage text, to_stage text, reason text, towards_citizen boolean, short_undo boolean)
    ON (l.from_stage, l.to_stage, l.reason) = (s.from_stage, s.to_stage, s.reason)
WHERE s.id IS NULL OR l.reason IS NULL OR (s.towards_citizen, s.short_undo) <> (l.towards_citizen, l.short_undo)

-- name: corrections_undo_last_step
-- A correction undoes the last step that still held, exactly, with one of its reasons; never a creation or a correction.
SELECT format('kartu %s: pembetulan %s atas peristiwa %s', x.card_id, x.id, x.corrects) AS what
FROM tracking_event x LEFT JOIN tracking_event e ON e.card_id = x.card_id AND e.id = x.corrects
WHERE x.corrects IS NOT NULL AND (
    e.id IS NULL OR e.id >= x.id OR e.corrects IS NOT NULL OR e.from_stage IS NULL
    OR (x.from_stage, x.to_stage) IS DISTINCT FROM (e.to_stage, e.from_stage)
    OR x.reason <> ALL (%(correction_reasons)s)
    OR EXISTS (SELECT FROM tracking_event twice
               WHERE twice.card_id = x.card_id AND twice.corrects = x.corrects AND twice.id <> x.id)
    OR EXISTS (
        SELECT FROM tracking_event s
        WHERE s.card_id = x.card_id AND s.id > e.id AND s.id < x.id AND s.corrects IS NULL
            AND NOT EXISTS (SELECT FROM tracking_event y
                            WHERE y.card_id = x.card_id AND y.corrects = s.id AND y.id < x.id)))

-- name: outside_mark
-- Outside the ledger is who came in at BLANK_ALLOCATED or further and never after that waited or was held.
SELECT format('kartu %s: di luar buku %s, menurut riwayat %s', c.id, c.outside_ledger, e.outside) AS what
FROM tracking_card c
JOIN (
    SELECT card_id, bool_or(from_stage IS NULL AND to_stage = ANY (%(led_by_ledger)s)) AS came_outside,
        bool_or(from_stage IS NULL AND to_stage = ANY (%(led_by_ledger)s))
            AND NOT bool_or(from_stage IS NOT NULL AND to_stage IN ('WAITING_FOR_BLANK', 'HELD')) AS outside
    FROM tracking_event s
    WHERE corrects IS NULL
        AND NOT EXISTS (SELECT FROM tracking_event x WHERE x.card_id = s.card_id AND x.corrects = s.id)
    GROUP BY 1) e ON e.card_id = c.id
-- (that it was found is remembered after the mark has ended: a correction brings the mark back)
WHERE c.outside_ledger <> e.outside OR (c.outside_confirmed AND NOT e.came_outside)

-- name: card_has_citizen
-- A card belongs to a citizen we know.
SELECT format('kartu %s: tidak ada warganya', c.id) AS what
FROM tracking_card c LEFT JOIN tracking_citizen z ON z.id = c.citizen_id WHERE z.id IS NULL

-- name: one_open_card
-- A citizen has at most one card that is not final.
SELECT format('kartu %s: semuanya terbuka, satu warga', string_agg(id::text, ', ' ORDER BY id)) AS what
FROM tracking_card WHERE stage <> ALL (%(final)s) GROUP BY citizen_id HAVING count(*) > 1

-- name: residence
-- A citizen's open card, or else the last one, lies in the kecamatan of residence.
SELECT format('kartu %s: kecamatan %s, warganya tinggal di %s', c.id, c.kecamatan_id, k.kecamatan_id) AS what
FROM (SELECT DISTINCT ON (citizen_id) id, citizen_id, kecamatan_id FROM tracking_card ORDER BY citizen_id, closed, id DESC) c
JOIN tracking_citizen z ON z.id = c.citizen_id LEFT JOIN tracking_kelurahan k ON k.id = z.kelurahan_id
WHERE c.kecamatan_id IS DISTINCT FROM k.kecamatan_id

-- name: facts_and_notes_have_cards
-- What the centre said, and notes, speak of cards that are there.
SELECT format('kartu %s: ada %s, tidak ada kartu', f.card_id, f.kind) AS what
FROM (SELECT card_id, 'keterangan pusat' AS kind FROM tracking_centralfact
      UNION ALL SELECT card_id, 'catatan' FROM tracking_note) f
WHERE NOT EXISTS (SELECT FROM tracking_card c WHERE c.id = f.card_id)

-- name: stage_counts
-- Statistics are the number of cards whose history ends in a stage, by kecamatan; those outside the ledger apart.
-- There is a row for each, also for none: the trigger only updates.
SELECT format('kecamatan %s, %s, di luar buku %s: tercatat %s, dihitung %s', place, stage, outside, s.n, c.n) AS what
FROM (SELECT k.id AS place, stage, outside
      FROM tracking_kecamatan k, unnest(%(stages)s) stage, unnest('{f,t}'::boolean[]) outside) each
FULL JOIN (SELECT kecamatan_id AS place, stage, outside, n FROM tracking_stagecount) s USING (place, stage, outside)
FULL JOIN (
    SELECT CASE WHEN e.to_stage = ANY (%(at_tickets_kecamatan)s) THEN coalesce(c.ticket_kecamatan_id, c.kecamatan_id)
                ELSE c.kecamatan_id END AS place, e.to_stage AS stage, c.outside_ledger AS outside, count(*) AS n
    FROM tracking_card c
    JOIN (SELECT DISTINCT ON (card_id) card_id, to_stage FROM tracking_event ORDER BY card_id, id DESC) e ON e.card_id = c.id
    GROUP BY 1, 2, 3) c USING (place, stage, outside)
WHERE coalesce(s.n, -1) <> coalesce(c.n, 0)

-- name: citizens_counted_once
-- Of a citizen's cards one counts, the first that was delivered or else the open one; the others are taken off.
SELECT format('kecamatan %s, sudah diterima %s: %s kartu tidak ikut dihitung, menurut kartu %s', kecamatan_id, delivered,
    coalesce(a.n, 0), coalesce(c.n, 0)) AS what
FROM (SELECT kecamatan_id, delivered, sum(n) AS n FROM tracking_again GROUP BY 1, 2) a
FULL JOIN tracking_counted_again() c USING (kecamatan_id, delivered)
WHERE coalesce(a.n, 0) <> coalesce(c.n, 0)

-- name: stays_as_steps_say
-- How long cards stayed in a stage, as the statistics show it, is what the steps of the days that are kept say.
SELECT format('minggu %s, %s, %s hari: %s kartu, menurut langkahnya %s', week, stage, days, coalesce(k.n, 0), coalesce(s.n, 0)) AS what
FROM tracking_stay k FULL JOIN (
    SELECT s.* FROM (SELECT min(day) AS first, max(day) AS last FROM tracking_daycount) d, tracking_stays(d.first, d.last) s
) s USING (week, stage, days)
WHERE k.n IS DISTINCT FROM s.n

-- name: tickets_without_gaps
-- Numbers of a kecamatan's letter are 1, 2, 3 … as far as they were drawn, none missing and none twice.
SELECT format('kecamatan %s, huruf %s: %s nomor, %s berbeda, dari %s sampai %s', kecamatan_id, letter, count(*),
    count(DISTINCT number), min(number), max(number)) AS what
FROM tracking_ticket GROUP BY kecamatan_id, letter
HAVING count(*) <> max(number) OR count(DISTINCT number) <> count(*) OR min(number) <> 1

-- name: tickets_of_who_waited
-- Whoever ever became ready has one ticket, drawn then; nobody else has one.
SELECT format('kartu %s: nomor diambil %s, pertama siap %s', coalesce(t.card_id, e.card_id),
    coalesce(t.drawn_at::text, 'tidak pernah'), coalesce(e.at::text, 'tidak pernah')) AS what
FROM tracking_ticket t
FULL JOIN (
    SELECT DISTINCT ON (card_id) card_id, at FROM tracking_event WHERE to_stage = 'WAITING_FOR_BLANK'
    ORDER BY card_id, id) e ON e.card_id = t.card_id
WHERE t.drawn_at IS DISTINCT FROM e.at

-- name: ticket_fits_card
-- A ticket is of the kecamatan that its card remembers and of the letter of its kind, for life.
SELECT format('kartu %s: nomor kecamatan %s huruf %s, kartu %s huruf %s', coalesce(c.id, t.card_id), t.kecamatan_id, t.letter,
    c.ticket_kecamatan_id, l.letter) AS what
FROM tracking_ticket t FULL JOIN tracking_card c ON c.id = t.card_id
LEFT JOIN jsonb_each_text(%(letters)s) l (kind, letter) ON l.kind = c.kind
WHERE (t.kecamatan_id, CASE WHEN t.card_id IS NOT NULL THEN l.letter END)
    IS DISTINCT FROM (c.ticket_kecamatan_id, t.letter)

-- name: tickets_in_order
-- Of those who became ready in one transaction, who asked earlier has the smaller number; then the older card.
SELECT format('kartu %s: nomor %s, tetapi kartu %s memohon lebih dulu', before, number - 1, card_id) AS what
FROM (
    SELECT t.card_id, t.number, c.requested_at, lag(t.card_id) OVER w AS before, lag(c.requested_at) OVER w AS asked
    FROM tracking_ticket t JOIN tracking_card c ON c.id = t.card_id
    WINDOW w AS (PARTITION BY t.kecamatan_id, t.letter, t.drawn_at ORDER BY t.number)) t
WHERE (asked, before) > (requested_at, card_id)

-- name: queue_bits
-- Who waits, and who waits blocked, is one bit each: set for those whose history says so, and for nobody else.
SELECT format('kecamatan %s, huruf %s, nomor %s: menunggu %s, diblokir %s; dihitung %s dan %s', kecamatan_id, letter,
    bucket * 4096 + 1 || '-' || bucket * 4096 + 4096, bit_count(q.waiting_bits), bit_count(q.blocked_bits),
    bit_count(c.waiting), bit_count(c.blocked)) AS what
FROM tracking_queuebucket q
FULL JOIN (
    SELECT t.kecamatan_id, t.letter, (t.number - 1) / 4096 AS bucket,
        bit_or(bit) FILTER (WHERE e.to_stage = 'WAITING_FOR_BLANK' AND b.card_id IS NULL) AS waiting,
        bit_or(bit) FILTER (WHERE e.to_stage = 'WAITING_FOR_BLANK' AND b.card_id IS NOT NULL) AS blocked
    FROM tracking_ticket t
    JOIN (SELECT DISTINCT ON (card_id) card_id, to_stage FROM tracking_event ORDER BY card_id, id DESC) e
        ON e.card_id = t.card_id
    LEFT JOIN (SELECT DISTINCT card_id FROM tracking_block WHERE lifted_at IS NULL) b ON b.card_id = t.card_id
    CROSS JOIN LATERAL set_bit(B'0'::bit(4096), (t.number - 1) % 4096, 1) AS bit
    GROUP BY 1, 2, 3) c USING (kecamatan_id, letter, bucket)
WHERE coalesce(q.waiting_bits, B'0'::bit(4096)) <> coalesce(c.waiting, B'0'::bit(4096))
    OR coalesce(q.blocked_bits, B'0'::bit(4096)) <> coalesce(c.blocked, B'0'::bit(4096))

-- name: queue_superbuckets
-- The sums over 32 buckets are those of their bits.
SELECT format('kecamatan %s, huruf %s, kelompok %s: tercatat %s, dihitung %s', kecamatan_id, letter, superbucket, s.waiting, b.waiting)
    AS what
FROM tracking_queuesuperbucket s
FULL JOIN (SELECT kecamatan_id, letter, bucket / 16 AS superbucket, sum(bit_count(waiting_bits)) AS waiting
           FROM tracking_queuebucket GROUP BY 1, 2, 3) b USING (kecamatan_id, letter, superbucket)
WHERE coalesce(s.waiting, 0) <> coalesce(b.waiting, 0)

-- name: queue_heads
-- Every letter of every kecamatan has a head: the last number drawn, how many wait, how many wait blocked.
SELECT format('kecamatan %s, huruf %s: terakhir %s, menunggu %s, diblokir %s; dihitung %s, %s, %s', kecamatan_id, letter,
    h.last_number, h.waiting, h.blocked, c.last_number, c.waiting, c.blocked) AS what
FROM tracking_queuehead h
FULL JOIN (
    SELECT k.id AS kecamatan_id, l.letter, coalesce(t.last_number, 0) AS last_number, coalesce(b.waiting, 0) AS waiting,
        coalesce(b.blocked, 0) AS blocked
    FROM tracking_kecamatan k
    CROSS JOIN (SELECT DISTINCT value FROM jsonb_each_text(%(letters)s)) l (letter)
    LEFT JOIN (SELECT kecamatan_id, letter, max(number) AS last_number FROM tracking_ticket GROUP BY 1, 2) t
        ON t.kecamatan_id = k.id AND t.letter = l.letter
    LEFT JOIN (SELECT kecamatan_id, letter, sum(bit_count(waiting_bits)) AS waiting, sum(bit_count(blocked_bits)) AS blocked
               FROM tracking_queuebucket GROUP BY 1, 2) b ON b.kecamatan_id = k.id AND b.letter = l.letter
    ) c USING (kecamatan_id, letter)
WHERE (h.last_number, h.waiting, h.blocked) IS DISTINCT FROM (c.last_number, c.waiting, c.blocked)

-- name: letters_have_a_rule
-- In which order the letters are served is said for today and for every day on which a number was drawn.
SELECT 'tidak ada aturan urutan huruf yang berlaku' AS what
WHERE NOT EXISTS (SELECT FROM tracking_letterrule WHERE valid_from <= (now() AT TIME ZONE 'Asia/Jakarta')::date)
UNION ALL
SELECT format('aturan sejak %s: huruf %s', valid_from, letters) FROM tracking_letterrule
WHERE letters NOT IN ('ABC', 'ACB', 'BAC', 'BCA', 'CAB', 'CBA')

-- name: nothing_unsettled
-- What a transaction leaves for its commit is gone after it.
SELECT format('transaksi %s: %s baris belum dibukukan', xid, count(*)) AS what FROM tracking_unsettled GROUP BY xid

-- name: turns_follow_each_other
-- A queue number enters the line once, first of all; then it leaves or is served, and returns, by turns.
SELECT format('kecamatan %s, nomor %s-%s: %s sesudah %s', kecamatan_id, letter, number, act, coalesce(before, 'tidak ada')) AS what
FROM (SELECT kecamatan_id, letter, number, act,
          lag(act) OVER (PARTITION BY kecamatan_id, letter, number ORDER BY moment, act) AS before
      FROM tracking_turn, unnest(numbers) number) t
WHERE CASE act WHEN 'enter' THEN before IS NOT NULL
    WHEN 'return' THEN coalesce(before, '') NOT IN ('leave', 'served', 'exception')
    ELSE coalesce(before, '') NOT IN ('enter', 'return') END

-- name: turns_lead_to_the_queue
-- The turn log, played from its beginning, ends in the line as it stands; every number entered when it was drawn.
SELECT format('kecamatan %s, nomor %s-%s: masuk %s, diambil %s, dalam antrean %s, menurut penghitung %s', kecamatan_id, letter, number,
    l.entered, t.drawn_at, l.stands, get_bit(q.waiting_bits, (number - 1) % 4096)) AS what
FROM (SELECT kecamatan_id, letter, number, min(at) FILTER (WHERE act = 'enter') AS entered,
          sum(CASE WHEN act IN ('enter', 'return') THEN 1 ELSE -1 END) AS stands
      FROM tracking_turn, unnest(numbers) number GROUP BY 1, 2, 3) l
FULL JOIN tracking_ticket t USING (kecamatan_id, letter, number)
LEFT JOIN tracking_queuebucket q USING (kecamatan_id, letter)
WHERE coalesce(q.bucket, (number - 1) / 4096) = (number - 1) / 4096
    AND (l.entered IS DISTINCT FROM t.drawn_at OR l.stands IS DISTINCT FROM coalesce(get_bit(q.waiting_bits, (number - 1) % 4096), 0))

-- name: turns_as_cards_were_served
-- Whoever got a blank in line is served in the turn log, and nobody else. (Back before the commit, nothing happened.)
SELECT format('kecamatan %s, nomor %s-%s: mendapat blanko %s, tercatat dicetak %s', kecamatan_id, letter, number, e.at, t.at) AS what
FROM (SELECT k.kecamatan_id, k.letter, k.number, e.at, e.card_id FROM tracking_event e JOIN tracking_ticket k USING (card_id)
      WHERE e.from_stage = 'WAITING_FOR_BLANK' AND e.to_stage = 'BLANK_ALLOCATED' AND e.corrects IS NULL) e
FULL JOIN (SELECT kecamatan_id, letter, number, at FROM tracking_turn, unnest(numbers) number
           WHERE act IN ('served', 'exception')) t USING (kecamatan_id, letter, number, at)
WHERE e.card_id IS NULL OR t.at IS NULL AND NOT EXISTS (
    SELECT FROM tracking_event x WHERE x.card_id = e.card_id AND x.at = e.at AND x.from_stage = 'BLANK_ALLOCATED')

-- name: nobody_overtaken
-- Nobody is served before a better number that stood in line at that moment: of the own letter, since it entered or
-- since it came back, or of a letter that was served first by the rule of the day. Exceptions are said to be such.
WITH stretch AS MATERIALIZED (
    SELECT kecamatan_id, letter, number, act, moment,
        lead(moment, 1, 9223372036854775807) OVER (PARTITION BY kecamatan_id, letter, number ORDER BY moment, act) AS until
    FROM tracking_turn, unnest(numbers) number
), served AS MATERIALIZED (
    SELECT kecamatan_id, letter, moment, numbers[cardinality(numbers)] AS worst FROM tracking_turn WHERE act = 'served'
)
-- a number that enters is larger than all served before it, so what was served in its stretch is what was served until its end
SELECT format('kecamatan %s: %s-%s masih menunggu ketika %s-%s dicetak', kecamatan_id, letter, best, letter, reached) AS what
FROM (SELECT kecamatan_id, letter, best, max(worst) OVER (
          PARTITION BY kecamatan_id, letter ORDER BY moment, worst NULLS FIRST ROWS UNBOUNDED PRECEDING) AS reached
      FROM (SELECT kecamatan_id, letter, until AS moment, min(number) AS best, NULL::integer AS worst
            FROM stretch WHERE act = 'enter' GROUP BY 1, 2, 3
            UNION ALL SELECT kecamatan_id, letter, moment, NULL, worst FROM served) e) e
WHERE best < reached
UNION ALL
SELECT format('kecamatan %s: %s-%s sudah kembali ketika %s-%s dicetak', kecamatan_id, letter, number, letter, max(worst))
FROM stretch s JOIN served v USING (kecamatan_id, letter)
WHERE s.act = 'return' AND v.moment >= s.moment AND v.moment < s.until AND v.worst > s.number
GROUP BY kecamatan_id, letter, number, s.moment
UNION ALL
SELECT format('kecamatan %s: huruf %s dicetak pada %s, masih menunggu A %s, B %s, C %s', kecamatan_id, letter, at, a, b, c)
FROM (SELECT kecamatan_id, moment, max(at) AS at, array_agg(letter) FILTER (WHERE act = 'served') AS letters,
          sum(sum(n) FILTER (WHERE letter = 'A')) OVER w AS a, sum(sum(n) FILTER (WHERE letter = 'B')) OVER w AS b,
          sum(sum(n) FILTER (WHERE letter = 'C')) OVER w AS c
      FROM (SELECT *, CASE WHEN act IN ('enter', 'return') THEN cardinality(numbers) ELSE -cardinality(numbers) END AS n
            FROM tracking_turn) t
      GROUP BY 1, 2 WINDOW w AS (PARTITION BY kecamatan_id ORDER BY moment)) t
CROSS JOIN unnest(letters) letter
CROSS JOIN LATERAL split_part(tracking_letters((at AT TIME ZONE 'Asia/Jakarta')::date), letter, 1) better
WHERE strpos(better, 'A') > 0 AND a > 0 OR strpos(better, 'B') > 0 AND b > 0 OR strpos(better, 'C') > 0 AND c > 0

-- name: blocked_as_blocks_say
-- A card is blocked exactly while one of its blocks is not lifted.
SELECT format('kartu %s: diblokir %s, blokir terbuka %s', coalesce(c.id, b.card_id), c.blocked, coalesce(b.n, 0)) AS what
FROM tracking_card c
FULL JOIN (SELECT card_id, count(*) AS n FROM tracking_block WHERE lifted_at IS NULL GROUP BY 1) b ON b.card_id = c.id
WHERE c.id IS NULL OR c.blocked <> (b.n IS NOT NULL)

-- name: blocks_whole
-- A block is open with nothing said of its end, or lifted with who and why; one open block a reason.
SELECT format('kartu %s: blokir %s tidak utuh', card_id, id) AS what FROM tracking_block
WHERE num_nonnulls(lifted_at, lifted_by, lift_reason) NOT IN (0, 3) OR lifted_at < at
UNION ALL
SELECT format('kartu %s: %s blokir terbuka karena %s', card_id, count(*), reason) FROM tracking_block
WHERE lifted_at IS NULL GROUP BY card_id, reason HAVING count(*) > 1

-- name: no_blocked_card_is_printed
-- A blocked card does not wait for the printer: it was withdrawn when it was blocked.
SELECT format('kartu %s: diblokir, tetapi dijadwalkan cetak', c.id) AS what
FROM tracking_card c JOIN tracking_block b ON b.card_id = c.id AND b.lifted_at IS NULL WHERE c.stage = 'BLANK_ALLOCATED'

-- name: door_stands
-- The triggers that keep all this are there and on, and they and the functions they call say what the code says.
SELECT format('tabel %s: pemicu %s %s', d.name, d.trigger, CASE WHEN t.oid IS NULL THEN 'tidak ada' ELSE 'dimatikan' END)
    AS what
FROM jsonb_to_recordset(%(triggers)s) d (name text, trigger text)
LEFT JOIN pg_trigger t ON t.tgname = d.trigger AND t.tgrelid = to_regclass(d.name)
WHERE t.tgenabled IS NULL OR t.tgenabled NOT IN ('O', 'A')
UNION ALL
SELECT format('fungsi %s %s', f.name, CASE WHEN p.oid IS NULL THEN 'tidak ada' ELSE 'berbeda dari programnya' END)
FROM jsonb_to_recordset(%(functions)s) f (name text, body text)
LEFT JOIN pg_proc p ON p.proname = f.name AND p.pronamespace = 'public'::regnamespace
WHERE trim(regexp_replace(p.prosrc, '\s+', ' ', 'g')) IS DISTINCT FROM f.body
