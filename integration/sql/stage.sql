-- Codes and stages as the code lists them, and room for what will be decided about each row.
CREATE TEMP TABLE feed_stage (stage text PRIMARY KEY, rank int2, print_side boolean) ON COMMIT DROP;
CREATE TEMP TABLE feed_code (code text PRIMARY KEY, stage text, rank int2, print_side boolean) ON COMMIT DROP;
-- `tid` is where a row stands in feed_row.
CREATE TEMP TABLE feed_same (tid tid, nik_index uuid, rank int4) ON COMMIT DROP;
CREATE TEMP TABLE feed_decision (
    tid tid, citizen_id int8, card_id int8, stage text, target text, act text, outcome text, reason text,
    personal boolean, moves_house boolean, code text, status_lo timestamptz, status_hi timestamptz,
    row_digest int8, written_digest int8
) ON COMMIT DROP;
CREATE INDEX ON feed_row (fault) WHERE fault IS NOT NULL;
