"""Which rows are a day's: everything that is there and belongs to no day yet, up to the first row of a later day.

Ids are drawn before the commit, so rows below the largest id may still come. They are remembered as missing and
looked for on the next day: nothing is skipped, nothing is taken twice, and no writer waits for it.
"""

from datetime import date, datetime

from django.db import connection

_SET = """
WITH before AS (
    SELECT reach, missing, newest_xid FROM tracking_publishedset WHERE source = %(source)s AND day = %(before)s
    UNION ALL SELECT 0, '{{}}', 0 ORDER BY reach DESC LIMIT 1
), fresh AS MATERIALIZED (
    SELECT id, at FROM {table}
    WHERE id >= %(from)s AND (id > (SELECT reach FROM before) OR (SELECT missing FROM before) @> id)
), cut AS (
    SELECT coalesce(min(id), 9223372036854775807) AS id FROM fresh WHERE at >= %(until)s
), taken AS (
    SELECT coalesce(range_agg(int8range(f.id, f.id + 1)), '{{}}') AS ids, coalesce(max(f.id), 0) AS last
    FROM fresh f, cut WHERE f.id < cut.id
), left_over AS (
    SELECT coalesce(range_agg(int8range(f.id, f.id + 1)), '{{}}') AS ids FROM fresh f, cut WHERE f.id >= cut.id
)
INSERT INTO tracking_publishedset (source, day, reach, taken, missing, newest_xid)
SELECT %(source)s, %(day)s, greatest(b.reach, t.last), t.ids,
    -- what ran when the day before was closed and has ended since can bring no more
    ((CASE WHEN pg_snapshot_xmin(now.snapshot)::text::bigint >= b.newest_xid
           THEN l.ids * int8multirange(int8range(0, b.reach + 1)) ELSE b.missing END)
     + int8multirange(int8range(b.reach + 1, greatest(b.reach, t.last) + 1))) - t.ids,
    pg_snapshot_xmax(now.snapshot)::text::bigint
FROM before b, taken t, left_over l, (SELECT pg_current_snapshot() AS snapshot) now
RETURNING (SELECT ids <> '{{}}' FROM left_over)
"""
_FROM = """
SELECT least(coalesce(lower(missing), reach + 1), reach + 1) FROM tracking_publishedset WHERE source = %s AND day = %s
"""


def close_set(source: str, table: str, *, day: date, before: date | None, until: datetime) -> bool:
    """Fix the rows of a table that are this day's, in the transaction that closes it. Is there already more?"""
    with connection.cursor() as cursor:
        cursor.execute(_FROM, [source, before])
        row = cursor.fetchone()
        cursor.execute(
            _SET.format(table=table),
            {"source": source, "day": day, "before": before, "until": until, "from": row[0] if row else 0},
        )
        return bool(cursor.fetchone()[0])
