-- Whether a sealed text stays what it is: unchanged, erased, or sealed anew (another key's name, the same length).
CREATE OR REPLACE FUNCTION delivery_only_forgotten(was bytea, now bytea) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT now IS NULL OR now IS NOT DISTINCT FROM was
        OR coalesce(octet_length(now) = octet_length(was) AND octet_length(was) > 0
                    AND substr(now, 1, 1) <> substr(was, 1, 1), false)
$$;
