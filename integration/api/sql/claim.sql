-- Takes the delivery of a key in hand for `its_holder` until `until`, and tells what was known of it before. Nothing is taken
-- where `held` (somebody works on it) or `of_token` (so many of the token are at work) forbids it.
-- A delivery is at work while a request holds it, or while its batch waits for the worker.
CREATE OR REPLACE FUNCTION integration_claim(
    its_token bigint, its_key uuid, its_holder uuid, moment timestamptz, until timestamptz, at_once integer,
    OUT id bigint, OUT body uuid, OUT batch_id bigint, OUT held boolean, OUT of_token bigint)
LANGUAGE plpgsql AS $$
BEGIN
    -- a claim that a crash of the server forgets was never made: it need not wait for the disk
    PERFORM set_config('synchronous_commit', 'off', true);
    -- the requests of one token come one after another here: else a third would not see the second
    UPDATE integration_token t SET last_used_at = moment WHERE t.id = its_token;
    SELECT d.id, d.body, d.batch_id, d.held_until > moment OR coalesce(b.state NOT IN ('applied', 'refused', 'withdrawn'), false)
    INTO id, body, batch_id, held
    FROM integration_delivery d LEFT JOIN integration_batch b ON b.id = d.batch_id
    WHERE d.token_id = its_token AND d.key = its_key;
    SELECT count(*) INTO of_token FROM (
        SELECT x.id FROM integration_delivery x WHERE x.held_until > moment AND x.token_id = its_token
        UNION
        SELECT x.id FROM integration_batch w JOIN integration_delivery x ON x.batch_id = w.id
        WHERE w.state = 'confirmed' AND x.token_id = its_token) at_work;
    IF held OR of_token >= at_once THEN
        RETURN;
    ELSIF id IS NULL THEN
        INSERT INTO integration_delivery (token_id, key, holder, held_until)
        VALUES (its_token, its_key, its_holder, until) RETURNING integration_delivery.id INTO id;
    ELSE
        UPDATE integration_delivery d SET holder = its_holder, held_until = until WHERE d.id = integration_claim.id;
    END IF;
END $$;
