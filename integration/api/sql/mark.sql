-- How far the numbers of events have been given out. Whoever has drawn one of these numbers had changed a card before,
-- so its transaction is older than ours, which gets its number only with this INSERT: `high` was read in a statement before.
INSERT INTO integration_changemark (event_id, xid, settled)
VALUES (%(high)s, pg_current_xact_id()::text::bigint, false) ON CONFLICT (event_id) DO NOTHING
