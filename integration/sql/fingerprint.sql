-- All decisions as one word: equal only if every row would meet the same fate from the same stage.
SELECT count(*) || ':' || coalesce(sum(hashtextextended(
    concat_ws('|', file_no, line, citizen_id, card_id, stage, act, target, personal), 0)), 0)
FROM feed_decision
