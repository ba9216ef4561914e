-- How far events are settled: the farthest mark older than every transaction that still runs. Those that hold their lock in
-- another database of the same server draw no numbers here and are not waited for.
WITH now AS (SELECT pg_current_snapshot() AS snapshot),
elsewhere AS MATERIALIZED (
    SELECT l.transactionid FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'transactionid' AND l.granted AND l.mode = 'ExclusiveLock'
        AND a.datid <> (SELECT oid FROM pg_database WHERE datname = current_database())),
oldest AS (
    SELECT coalesce(min(x.id::text::bigint), (SELECT pg_snapshot_xmax(snapshot)::text::bigint FROM now)) AS xid
    FROM now CROSS JOIN LATERAL pg_snapshot_xip(snapshot) x (id)
    WHERE NOT EXISTS (SELECT FROM elsewhere e WHERE e.transactionid = x.id::xid))
SELECT max(m.event_id) FROM integration_changemark m, oldest WHERE NOT m.settled AND m.xid < oldest.xid
