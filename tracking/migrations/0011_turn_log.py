"""The turn log, and for cards that are there already what it would have said of them."""

from pathlib import Path

import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
import tracking.triggers
from django.db import migrations, models


MOMENTS = "CREATE SEQUENCE tracking_turn_moment"
# numbers hardly compress; the attempt costs a long transaction more than it saves
STORAGE = "ALTER SEQUENCE tracking_turn_moment OWNED BY tracking_turn.moment; ALTER TABLE tracking_turn ALTER numbers SET STORAGE EXTERNAL"
PAST = (Path(__file__).parent.parent / "sql" / "turns.sql").read_text()


class Migration(migrations.Migration):

    dependencies = [
        ('tracking', '0010_suket'),
    ]

    operations = [
        migrations.RunSQL(MOMENTS, migrations.RunSQL.noop),
        migrations.CreateModel(
            name='Turn',
            fields=[
                ('pk', models.CompositePrimaryKey('moment', 'kecamatan_id', 'letter', 'act', blank=True, editable=False, primary_key=True, serialize=False)),
                ('moment', models.BigIntegerField()),
                ('kecamatan_id', models.SmallIntegerField()),
                ('letter', models.CharField(choices=[('A', 'Kartu pertama'), ('B', 'Perubahan data'), ('C', 'Rusak atau hilang')], max_length=1)),
                ('act', models.CharField(choices=[('enter', 'masuk antrean'), ('leave', 'keluar dari antrean'), ('return', 'kembali ke antrean'), ('served', 'dicetak'), ('exception', 'dicetak sebagai pengecualian')], max_length=9, verbose_name='peristiwa')),
                ('at', models.DateTimeField(verbose_name='dicatat')),
                ('numbers', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
            ],
            options={
                'verbose_name': 'catatan giliran',
                'verbose_name_plural': 'catatan giliran',
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='card',
            name='card_moved',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='unsettled',
            name='settle',
        ),
        migrations.AddField(
            model_name='unsettled',
            name='act',
            field=models.CharField(max_length=9, null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='card',
            trigger=pgtrigger.compiler.Trigger(name='card_moved', sql=tracking.triggers.OwnerDoorSql(declare='DECLARE g record; who text; whence text; why text; undone text; moved bigint := 0; queue boolean := false;', func="\n    FOR g IN\n        SELECT left_place_id, left_stage, left_outside, place_id, stage, outside_ledger,\n               -- what the centre reports (it gives its code) of a card outside the ledger has happened\n               blocked AND NOT (left_outside AND NOT outside_confirmed AND code IS NOT NULL) AS barred,\n               CASE WHEN stage = 'HELD' THEN code END AS stop, count(*) AS n\n        FROM new_rows WHERE left_stage IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6, 7, 8\n    LOOP\n        IF who IS NULL THEN\n            who := tracking_actor();\n            whence := tracking_source();\n            why := coalesce(current_setting('ektp.reason', true), '');\n            undone := nullif(current_setting('ektp.corrects', true), '');\n        END IF;\n        IF g.stage <> g.left_stage THEN\n            moved := moved + g.n;\n            IF undone IS NULL THEN\n                PERFORM tracking_check_step(g.left_stage, g.stage, coalesce(g.stop, why), g.barred);\n            END IF;\n            queue := queue OR g.stage = 'WAITING_FOR_BLANK' OR g.left_stage = 'WAITING_FOR_BLANK';\n        END IF;\n        IF (g.left_place_id, g.left_stage, g.left_outside) <> (g.place_id, g.stage, g.outside_ledger) THEN\n            INSERT INTO tracking_unsettled (place_id, stage, outside, n)\n            VALUES (g.left_place_id, g.left_stage, g.left_outside, -g.n),\n                   (g.place_id, g.stage, g.outside_ledger, g.n);\n        END IF;\n    END LOOP;\n    IF moved = 0 THEN RETURN NULL; END IF;\n    IF undone IS NOT NULL THEN\n        IF moved <> 1 THEN\n            RAISE EXCEPTION USING ERRCODE = 'EK005', MESSAGE = 'one card is corrected at a time';\n        END IF;\n        PERFORM tracking_check_correction(id, left_stage, stage, blocked, undone::bigint, who, why)\n        FROM new_rows WHERE left_stage <> stage;\n    END IF;\n    INSERT INTO tracking_event (card_id, from_stage, to_stage, at, since, code, actor, reason, source,\n                                left_outside, corrects)\n    SELECT id, left_stage, stage, now(), since, code, who,\n           CASE WHEN stage = 'HELD' AND undone IS NULL THEN coalesce(code, why) ELSE why END, whence,\n           left_outside, undone::bigint\n    FROM new_rows WHERE left_stage <> stage;\n    IF queue THEN\n        INSERT INTO tracking_unsettled (place_id, letter, draws, waits, blocked, act, card_ids, requests)\n        SELECT ticket_kecamatan_id, letter, draws, stage = 'WAITING_FOR_BLANK', blocked,\n               CASE WHEN stage = 'BLANK_ALLOCATED' AND undone IS NULL THEN 'served' END,\n               array_agg(id), CASE WHEN draws THEN array_agg(requested_at) END FROM new_rows\n        WHERE left_stage <> stage AND (stage = 'WAITING_FOR_BLANK' OR left_stage = 'WAITING_FOR_BLANK')\n        GROUP BY 1, 2, 3, 4, 5, 6;\n        -- one that was blocked before it became ready waits blocked: its bit is looked at by itself\n        INSERT INTO tracking_unsettled (place_id, letter, waits, blocked, card_ids)\n        SELECT ticket_kecamatan_id, letter, true, true, array_agg(id) FROM new_rows WHERE draws AND blocked GROUP BY 1, 2;\n    END IF;\n    RETURN NULL;\n", hash='45e3fe3812a369162bcfc89d060491f8143c3747', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_card_moved_9929b', referencing='REFERENCING NEW TABLE AS new_rows ', table='tracking_card', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='unsettled',
            trigger=pgtrigger.compiler.Trigger(name='settle', sql=tracking.triggers.OwnerDoorSql(constraint='CONSTRAINT', declare="DECLARE me bigint; its_moment bigint; its_place smallint; its_letter text; its_bucket integer; at integer; mask bit(4096); waiting bit(4096); blocked bit(4096); b record; none bit(4096) := B'0'::bit(4096);", func="\n    me := pg_current_xact_id()::text::bigint;\n    PERFORM 1 FROM tracking_unsettled WHERE xid = me LIMIT 1;\n    IF NOT FOUND THEN RETURN NULL; END IF;\n\n    -- all queues of a kecamatan: whose turn it is depends on the better letters too\n    PERFORM FROM tracking_queuehead\n    WHERE kecamatan_id IN (SELECT place_id FROM tracking_unsettled WHERE xid = me AND card_ids IS NOT NULL)\n    ORDER BY kecamatan_id, letter FOR NO KEY UPDATE;\n    IF FOUND THEN\n        its_moment := nextval('tracking_turn_moment');\n        -- numbers drawn together follow each other: whole runs of bits\n        FOR b IN\n            WITH drawn AS MATERIALIZED (\n                SELECT x.id, u.place_id, u.letter, h.last_number,\n                       (h.last_number + row_number() OVER (PARTITION BY u.place_id, u.letter\n                                                           ORDER BY x.requested_at, x.id))::integer AS number\n                FROM tracking_unsettled u CROSS JOIN LATERAL unnest(u.card_ids, u.requests) x (id, requested_at)\n                JOIN tracking_queuehead h ON h.kecamatan_id = u.place_id AND h.letter = u.letter\n                WHERE u.xid = me AND u.draws\n            ), tickets AS (\n                INSERT INTO tracking_ticket (card_id, kecamatan_id, letter, number, drawn_at)\n                SELECT id, place_id, letter, number, now() FROM drawn\n            ), acts AS (\n                INSERT INTO tracking_turn (moment, kecamatan_id, letter, act, at, numbers)\n                SELECT its_moment, place_id, letter, 'enter', now(), array_agg(number ORDER BY number) FROM drawn GROUP BY 2, 3\n            )\n            SELECT place_id, letter, bucket, highest,\n                   (~ none >> greatest(lowest - 1 - bucket * 4096, 0))\n                   & ~ (~ none >> least(highest - bucket * 4096, 4096)) AS run\n            FROM (SELECT place_id, letter, last_number + 1 AS lowest, max(number) AS highest\n                  FROM drawn GROUP BY place_id, letter, last_number) runs,\n                 generate_series((lowest - 1) / 4096, (highest - 1) / 4096) bucket\n            ORDER BY 1, 2, 3\n        LOOP\n            PERFORM tracking_mark(b.place_id, b.letter, b.bucket, b.highest, b.run, b.run, none);\n        END LOOP;\n        -- what left, came back, or is blocked: as the last word about each card leaves it, 64 numbers at a time\n        FOR b IN\n            WITH last AS MATERIALIZED (\n                SELECT t.kecamatan_id AS place_id, t.letter, t.number, l.waits, l.blocked, l.act\n                FROM (SELECT DISTINCT ON (x.id) x.id, u.waits, u.blocked, u.act\n                      FROM tracking_unsettled u CROSS JOIN LATERAL unnest(u.card_ids) x (id)\n                      WHERE u.xid = me AND NOT u.draws ORDER BY x.id, u.id DESC) l\n                JOIN tracking_ticket t ON t.card_id = l.id\n            ), acts AS (\n                -- beside the bits as they were: what stood in line and does no longer, and the other way round\n                INSERT INTO tracking_turn (moment, kecamatan_id, letter, act, at, numbers)\n                SELECT its_moment, place_id, letter, act, now(), array_agg(number ORDER BY number)\n                FROM (SELECT n.place_id, n.letter, n.number,\n                             CASE WHEN n.waits AND NOT n.blocked THEN 'return' ELSE coalesce(n.act, 'leave') END AS act\n                      FROM last n JOIN tracking_queuebucket q ON q.kecamatan_id = n.place_id AND q.letter = n.letter\n                          AND q.bucket = (n.number - 1) / 4096\n                      WHERE get_bit(q.waiting_bits, (n.number - 1) % 4096)\n                          <> (n.waits AND NOT n.blocked)::integer) x\n                GROUP BY 2, 3, 4\n            )\n            SELECT n.place_id, n.letter, (n.number - 1) / 64 AS word, bit_or(bit) AS mask,\n                   coalesce(bit_or(bit) FILTER (WHERE n.waits AND NOT n.blocked), 0) AS waiting,\n                   coalesce(bit_or(bit) FILTER (WHERE n.waits AND n.blocked), 0) AS blocked\n            FROM last n CROSS JOIN LATERAL (VALUES (1::bigint << (64 - 1 - (n.number - 1) % 64))) bits (bit)\n            GROUP BY 1, 2, 3 ORDER BY 1, 2, 3\n        LOOP\n            IF (b.place_id, b.letter, b.word / 64)\n               IS DISTINCT FROM (its_place, its_letter, its_bucket) THEN\n                IF its_place IS NOT NULL THEN\n                    PERFORM tracking_mark(its_place, its_letter, its_bucket, 0, mask, waiting, blocked);\n                END IF;\n                its_place := b.place_id; its_letter := b.letter; its_bucket := b.word / 64;\n                mask := none; waiting := none; blocked := none;\n            END IF;\n            at := b.word % 64 * 64 + 1;\n            mask := overlay(mask PLACING b.mask::bit(64) FROM at);\n            waiting := overlay(waiting PLACING b.waiting::bit(64) FROM at);\n            blocked := overlay(blocked PLACING b.blocked::bit(64) FROM at);\n        END LOOP;\n        IF its_place IS NOT NULL THEN\n            PERFORM tracking_mark(its_place, its_letter, its_bucket, 0, mask, waiting, blocked);\n        END IF;\n    END IF;\n\n    FOR b IN\n        SELECT place_id, stage, outside, sum(n) AS n FROM tracking_unsettled\n        WHERE xid = me AND n IS NOT NULL GROUP BY 1, 2, 3 HAVING sum(n) <> 0 ORDER BY 1, 2, 3\n    LOOP\n        UPDATE tracking_stagecount SET n = tracking_stagecount.n + b.n\n        WHERE kecamatan_id = b.place_id AND stage = b.stage AND outside = b.outside;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION USING ERRCODE = 'EK009', MESSAGE = 'a card lives in a kecamatan that we know';\n        END IF;\n    END LOOP;\n    DELETE FROM tracking_unsettled WHERE xid = me;\n    RETURN NULL;\n", hash='78665ca7d7bf52a0dbf7a8b3ce09baadd6fdb2cc', operation='INSERT', pgid='pgtrigger_settle_7e54c', table='tracking_unsettled', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL(PAST, migrations.RunSQL.noop),
    ]
