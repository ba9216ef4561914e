-- Whether this session has kept the tables of its last feed: they are empty then. And what an intake's transaction needs.
CREATE OR REPLACE FUNCTION integration_room(patience text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    kept regclass := to_regclass('pg_temp.feed_row');
BEGIN
    PERFORM set_config('work_mem', '24MB', true), set_config('hash_mem_multiplier', '1', true),
        set_config('jit', 'off', true), set_config('default_statistics_target', '10', true);
    IF patience <> '' THEN PERFORM set_config('lock_timeout', patience, true); END IF;
    IF kept IS NULL THEN RETURN false; END IF;
    -- several intakes share one transaction, or one was rolled back and has left its dead rows
    IF pg_relation_size(kept) > 0 THEN TRUNCATE feed_row, feed_same, feed_decision; END IF;
    RETURN true;
END $$;
