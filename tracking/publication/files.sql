-- The files of a published day, in the order of the public log. `-- file:` begins one and names it, the next line is
-- its header, and the query gives its rows. Read by tracking.publication; other rooms have theirs.

-- file: progres
-- tanggal,kode_kecamatan,kecamatan,tahap,jumlah,di_luar_buku
SELECT day, k.code, k.name, stage, n, outside
FROM tracking_publishedcount c JOIN tracking_kecamatan k ON k.id = c.kecamatan_id
WHERE day = %(day)s ORDER BY k.code, array_position(%(stages)s, stage::text)

-- file: aturan
-- berlaku_sejak,urutan,keputusan
SELECT valid_from, letters, trim(regexp_replace(decree, '\s+', ' ', 'g'))
FROM tracking_letterrule WHERE valid_from <= %(day)s ORDER BY valid_from

-- file: antrean
-- tanggal,kode_kecamatan,kecamatan,huruf,nomor_terakhir,menunggu,dicetak,pengecualian
SELECT day, k.code, k.name, letter, last_number, waiting, served, exceptions
FROM tracking_publishedqueue q JOIN tracking_kecamatan k ON k.id = q.kecamatan_id
WHERE day = %(day)s ORDER BY k.code, letter

-- file: perkiraan
-- tanggal,kode_kecamatan,kecamatan,huruf,sampai_nomor,paling_cepat,paling_lambat
SELECT %(day)s::date, k.code, k.name, letter, up_to, likely, surely
FROM tracking_forecastrange r JOIN tracking_kecamatan k ON k.id = r.kecamatan_id
WHERE forecast_id = (SELECT max(id) FROM tracking_forecast WHERE day = %(day)s AND made_at < %(until)s)
ORDER BY k.code, letter, up_to

-- file: ketepatan
-- tanggal,ukuran,nilai
SELECT %(day)s::date, b.key, b.value #>> '{}'
FROM tracking_forecast f CROSS JOIN LATERAL jsonb_each(f.basis -> 'accuracy') b
WHERE f.id = (SELECT max(id) FROM tracking_forecast WHERE day = %(day)s AND made_at < %(until)s)
ORDER BY b.key
