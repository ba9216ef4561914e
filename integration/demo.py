"""The demo's nightly files as batches, so that its history of intakes fits its cards."""

from django.db import connections, transaction

from .models import Source

# The first file brought everybody who was known then; each later one is the whole dump again.
_BATCHES = """
WITH told AS (
    SELECT substr(source, 7)::bigint AS id, max(at) AS at, count(*) FILTER (WHERE from_stage IS NULL) AS created,
        count(DISTINCT card_id) FILTER (WHERE from_stage IS NOT NULL) AS updated
    FROM (SELECT card_id, at, source, from_stage FROM tracking_event
          UNION ALL SELECT card_id, at, source, code FROM tracking_centralfact) said
    WHERE source LIKE 'batch:%%' GROUP BY 1)
INSERT INTO integration_batch (id, source_id, door, form, fault, state, actor, created_at, finished_at, files, upload,
    done, size, read, created, updated, unchanged, stale, rejected, seconds, reasons, moves, samples, unknown_columns,
    message, fingerprint)
SELECT id, %(source)s, 'command', 'file', '', 'applied', %(actor)s, at, at,
    jsonb_build_array('dump-' || (at AT TIME ZONE 'Asia/Jakarta')::date || '.csv'),
    '', size, size, read, created, updated, read - created - updated, 0, 0,
    round(read * 0.00001 + (created + updated) * 0.00003, 1), '{}', '[]', '{}', '[]', '', ''
FROM (SELECT *, read * 131 AS size FROM (SELECT *, sum(created) OVER (ORDER BY id) AS read FROM told) counted) sized
"""


def nightly_batches(slug: str) -> None:
    """Batches for the events that say `batch:<n>`; asks for the owner's role."""
    source, _made = Source.objects.get_or_create(
        slug=slug,
        defaults={
            "name": "Data pusat (harian)",
            "rhythm_hours": 24,
            "contact": "Pengelola SIAK, Disdukcapil",
        },
    )
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE integration_batch CASCADE")
        cursor.execute(_BATCHES, {"source": source.pk, "actor": f"source:{slug}"})
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('integration_batch', 'id'),"
            " coalesce((SELECT max(id) FROM integration_batch), 1))"
        )
