-- Begin anew: whatever an interrupted seeding left of the demo's people goes.
DROP TABLE IF EXISTS seed_card, seed_event, seed_fact, seed_block;
TRUNCATE tracking_card, tracking_citizen, tracking_centralword, tracking_event, tracking_ticket, tracking_block,
    tracking_centralfact, tracking_note, tracking_unsettled, tracking_queuebucket, tracking_queuesuperbucket,
    tracking_turn RESTART IDENTITY;
UPDATE tracking_queuehead SET last_number = 0, waiting = 0, blocked = 0;
UPDATE tracking_stagecount SET n = 0;

-- Where the processes that invent people write: cards under a key of their own, until all are known.
CREATE UNLOGGED TABLE seed_card (
    key bigint, citizen_id bigint, kind text, stage text, since timestamptz, code text, requested_at timestamptz,
    kecamatan_id smallint, ticket_kecamatan_id smallint, outside boolean, confirmed boolean, blocked boolean,
    created_at timestamptz);
CREATE UNLOGGED TABLE seed_event (
    key bigint, seq smallint, from_stage text, to_stage text, at timestamptz, since timestamptz, code text,
    actor text, reason text, source text, left_outside boolean, undoes smallint);
CREATE UNLOGGED TABLE seed_fact (key bigint, code text, since timestamptz, source text, at timestamptz);
CREATE UNLOGGED TABLE seed_block (
    key bigint, reason text, source text, at timestamptz, actor text, code text, central_from timestamptz,
    central_until timestamptz, lifted_at timestamptz, lifted_by text, lift_reason text);
