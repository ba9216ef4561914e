-- The highest number of a queue that was printed in turn; NULL before the first. A batch can have printed none
-- above the last number it was given in turn, so the search ends at the first batch that can't do better.
CREATE OR REPLACE FUNCTION blanks_printed(kecamatan smallint, its_letter text) RETURNS integer LANGUAGE plpgsql STABLE AS $$
DECLARE given record; best integer;
BEGIN
    FOR given IN
        SELECT m.batch_id, m.last_number FROM blanks_movement m
        WHERE m.from_account_id = 100 + kecamatan AND m.letter = its_letter AND m.last_number IS NOT NULL
        ORDER BY m.last_number DESC
    LOOP
        EXIT WHEN given.last_number <= best;
        best := greatest(best, (SELECT max(c.number) FROM blanks_batchcard c
            WHERE c.batch_id = given.batch_id AND c.letter = its_letter AND NOT c.exception AND c.left_to = 'PRINTED'));
    END LOOP;
    RETURN best;
END $$;
