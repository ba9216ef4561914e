-- Codes and stages as the code lists them, and room for the rows of a feed and for what is decided about each.
-- A session keeps them, empty, for its next feed; (ON COMMIT as said.)
CREATE TEMP TABLE feed_stage (stage text PRIMARY KEY, rank int2, print_side boolean) ON COMMIT {constants};
CREATE TEMP TABLE feed_code (code text PRIMARY KEY, stage text, rank int2, print_side boolean) ON COMMIT {constants};
CREATE TEMP TABLE feed_row ({columns}) ON COMMIT {rows};
-- `tid` is where a row stands in feed_row.
CREATE TEMP TABLE feed_same (tid tid, nik_index uuid, rank int4) ON COMMIT {rows};
CREATE TEMP TABLE feed_decision (
    tid tid, citizen_id int8, card_id int8, stage varchar(20), target varchar(20), act varchar(24), outcome varchar(12),
    reason varchar(24), personal boolean, moves_house boolean, code varchar(32), status_lo timestamptz,
    status_hi timestamptz, row_digest int8, written_digest int8
) ON COMMIT {rows};
INSERT INTO feed_stage SELECT * FROM unnest(%(stages)s, %(ranks)s::int2[], %(print_side)s);
INSERT INTO feed_code SELECT code, stage, rank, code = ANY (%(print_codes)s)
FROM unnest(%(codes)s, %(stage_of_code)s) c (code, stage) JOIN feed_stage USING (stage)
