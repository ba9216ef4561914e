-- Notes that usable data came at a moment, of one kecamatan or of all. Who finds it said within this second says nothing: a
-- row that each little batch wrote would make it wait for all others.
CREATE OR REPLACE FUNCTION tracking_data_came(kecamatan smallint, moment timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tracking_freshness (id, at)
    SELECT k.id, moment FROM tracking_kecamatan k
    WHERE (kecamatan IS NULL OR k.id = kecamatan) AND NOT EXISTS (
        SELECT FROM tracking_freshness f WHERE f.id = k.id AND f.at BETWEEN moment - interval '1 second' AND moment)
    ORDER BY k.id
    ON CONFLICT (id) DO UPDATE SET at = excluded.at;
END $$;
