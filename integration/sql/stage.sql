-- Codes and stages as the code lists them, and room for what will be decided about each row.
CREATE TEMP TABLE feed_stage (stage text PRIMARY KEY, rank int2, print_side boolean) ON COMMIT DROP;
CREATE TEMP TABLE feed_code (code text PRIMARY KEY, stage text, rank int2, print_side boolean) ON COMMIT DROP;
CREATE TEMP TABLE feed_todo (file_no int2, line int4, citizen_id int8) ON COMMIT DROP;
CREATE TEMP TABLE feed_same (nik_index uuid, file_no int2, line int4, rank int4, row_digest int8) ON COMMIT DROP;
CREATE TEMP TABLE feed_decision (
    file_no int2, line int4, nik_index uuid, citizen_id int8, card_id int8, stage text, target text, act text,
    outcome text, reason text, personal boolean, moves_house boolean, row_digest int8
) ON COMMIT DROP;
