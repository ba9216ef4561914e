-- What is published of the blanks every day; read by tracking.publication.

-- file: blanko
-- tanggal,rekening,kode_kecamatan,saldo
SELECT %(day)s::date, a.place, coalesce(k.code, ''), a.balance - coalesce(later.n, 0)
FROM blanks_account a LEFT JOIN tracking_kecamatan k ON k.id = a.kecamatan_id
LEFT JOIN (
    SELECT account, sum(n) AS n
    FROM blanks_movement m
    JOIN tracking_publishedset s ON s.source = 'movement' AND s.day = %(day)s AND (m.id > s.reach OR s.missing @> m.id)
    CROSS JOIN LATERAL (VALUES (m.from_account_id, -m.quantity), (m.to_account_id, m.quantity)) x (account, n)
    WHERE m.id >= (SELECT least(coalesce(lower(missing), reach + 1), reach + 1) FROM tracking_publishedset
                   WHERE source = 'movement' AND day = %(day)s)
    GROUP BY 1) later ON later.account = a.id
ORDER BY a.id

-- file: mutasi
-- tanggal,dari,kode_kecamatan_dari,ke,kode_kecamatan_ke,sebab,jumlah
SELECT %(day)s::date, f.place, coalesce(fk.code, ''), t.place, coalesce(tk.code, ''), m.cause, sum(m.quantity)
FROM blanks_movement m
JOIN tracking_publishedset s ON s.source = 'movement' AND s.day = %(day)s AND s.taken @> m.id
JOIN blanks_account f ON f.id = m.from_account_id LEFT JOIN tracking_kecamatan fk ON fk.id = f.kecamatan_id
JOIN blanks_account t ON t.id = m.to_account_id LEFT JOIN tracking_kecamatan tk ON tk.id = t.kecamatan_id
WHERE m.id >= (SELECT lower(taken) FROM tracking_publishedset WHERE source = 'movement' AND day = %(day)s)
GROUP BY f.id, f.place, fk.code, t.id, t.place, tk.code, m.cause ORDER BY f.id, t.id, m.cause

-- file: pembagian
-- tanggal,dokumen,kode_kecamatan,kecamatan,sebab,jumlah
SELECT (m.at AT TIME ZONE 'Asia/Jakarta')::date, m.document_id, k.code, k.name, m.cause, sum(m.quantity)
FROM blanks_movement m
JOIN tracking_publishedset s ON s.source = 'movement' AND s.day = %(day)s AND s.taken @> m.id
JOIN blanks_account a ON a.id = CASE m.cause WHEN 'taken_back' THEN m.from_account_id ELSE m.to_account_id END
JOIN tracking_kecamatan k ON k.id = a.kecamatan_id
WHERE m.cause IN ('divided', 'taken_back', 'moved')
    AND m.id >= (SELECT lower(taken) FROM tracking_publishedset WHERE source = 'movement' AND day = %(day)s)
GROUP BY 1, m.document_id, k.code, k.name, m.cause ORDER BY 1, m.document_id, k.code, m.cause
