-- All decisions as one word: equal only if every row would meet the same fate from the same stage.
SELECT count(*) || ':' || coalesce(sum(hashtextextended(
    concat_ws('|', r.file_no, r.line, CASE WHEN act <> 'citizen' THEN citizen_id END, card_id, stage, act, target, personal),
    0)), 0)
FROM feed_decision d JOIN feed_row r ON r.ctid = d.tid
