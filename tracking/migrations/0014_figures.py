"""Obliged citizens, citizens who have several cards, and the figures of days gone by."""

from pathlib import Path

import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import tracking.triggers
from django.db import migrations, models

ROOM = Path(__file__).parent.parent
COUNT = "INSERT INTO tracking_again (kecamatan_id, delivered, n) SELECT kecamatan_id, delivered, n FROM tracking_counted_again()"


class Migration(migrations.Migration):

    dependencies = [
        ('tracking', '0013_harvest'),
    ]

    operations = [
        migrations.CreateModel(
            name='Again',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kecamatan_id', models.SmallIntegerField()),
                ('delivered', models.BooleanField()),
                ('n', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='DayCount',
            fields=[
                ('pk', models.CompositePrimaryKey('day', 'stage', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('stage', models.CharField(choices=[('RECORDED', 'Sudah direkam'), ('DEDUPLICATING', 'Sedang dicocokkan (penunggalan)'), ('HELD', 'Tertahan'), ('WAITING_FOR_BLANK', 'Siap cetak, menunggu blanko'), ('BLANK_ALLOCATED', 'Blanko tersedia, dijadwalkan cetak'), ('PRINTED', 'Sudah dicetak'), ('AT_KECAMATAN', 'Di kantor kecamatan'), ('OUT_FOR_DELIVERY', 'Sedang diantar petugas RT/RW'), ('RETURNED', 'Dapat diambil di kantor kecamatan'), ('DELIVERED', 'Sudah diterima'), ('CANCELLED', 'Dibatalkan')], max_length=20)),
                ('n', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Obliged',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dated', models.DateField(verbose_name='per tanggal')),
                ('quantity', models.PositiveIntegerField(verbose_name='wajib KTP')),
                ('source', models.CharField(max_length=200, verbose_name='sumber')),
            ],
            options={
                'verbose_name': 'wajib KTP',
                'verbose_name_plural': 'wajib KTP',
                'ordering': ['-dated', 'kecamatan_id'],
            },
        ),
        migrations.CreateModel(
            name='Stay',
            fields=[
                ('pk', models.CompositePrimaryKey('week', 'stage', 'days', blank=True, editable=False, primary_key=True, serialize=False)),
                ('week', models.DateField()),
                ('stage', models.CharField(choices=[('RECORDED', 'Sudah direkam'), ('DEDUPLICATING', 'Sedang dicocokkan (penunggalan)'), ('HELD', 'Tertahan'), ('WAITING_FOR_BLANK', 'Siap cetak, menunggu blanko'), ('BLANK_ALLOCATED', 'Blanko tersedia, dijadwalkan cetak'), ('PRINTED', 'Sudah dicetak'), ('AT_KECAMATAN', 'Di kantor kecamatan'), ('OUT_FOR_DELIVERY', 'Sedang diantar petugas RT/RW'), ('RETURNED', 'Dapat diambil di kantor kecamatan'), ('DELIVERED', 'Sudah diterima'), ('CANCELLED', 'Dibatalkan')], max_length=20)),
                ('days', models.IntegerField()),
                ('n', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='CountedCard',
            fields=[
            ],
            options={
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('tracking.card',),
        ),
        migrations.AddIndex(
            model_name='event',
            index=django.contrib.postgres.indexes.BrinIndex(fields=['at'], name='event_at', pages_per_range=32),
        ),
        migrations.AddField(
            model_name='obliged',
            name='kecamatan',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tracking.kecamatan'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='countedcard',
            trigger=pgtrigger.compiler.Trigger(name='card_counts_once_new', sql=tracking.triggers.OwnerDoorSql(func="\n    PERFORM tracking_count_again(array_agg(id), array_agg(NULL::text), array_agg(NULL::smallint))\n    FROM new_rows n WHERE stage IN ('WAITING_FOR_BLANK', 'BLANK_ALLOCATED', 'PRINTED', 'AT_KECAMATAN', 'OUT_FOR_DELIVERY', 'RETURNED', 'DELIVERED') AND \n    (n.kind <> 'BARU' OR NOT (SELECT count(*) > 1000 FROM new_rows))\n    AND EXISTS (  -- OFFSET: by the index for the few that get here, never as a join with all cards\n        SELECT FROM tracking_card o\n        WHERE o.citizen_id = n.citizen_id AND o.id <> n.id AND o.stage = 'DELIVERED' OFFSET 0)\n HAVING count(*) > 0;\n    RETURN NULL;\n", hash='25ccc7f44fe8b8f2ae546450816c26e849812299', level='STATEMENT', operation='INSERT', pgid='pgtrigger_card_counts_once_new_6a73b', referencing='REFERENCING NEW TABLE AS new_rows ', table='tracking_card', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='countedcard',
            trigger=pgtrigger.compiler.Trigger(name='card_counts_once', sql=tracking.triggers.OwnerDoorSql(func="\n    PERFORM tracking_count_again(array_agg(id), array_agg(left_stage::text), array_agg(left_place_id))\n    FROM new_rows n\n    WHERE left_stage IS NOT NULL AND (stage IN ('WAITING_FOR_BLANK', 'BLANK_ALLOCATED', 'PRINTED', 'AT_KECAMATAN', 'OUT_FOR_DELIVERY', 'RETURNED', 'DELIVERED') OR left_stage IN ('WAITING_FOR_BLANK', 'BLANK_ALLOCATED', 'PRINTED', 'AT_KECAMATAN', 'OUT_FOR_DELIVERY', 'RETURNED', 'DELIVERED'))\n        AND ((stage IN ('WAITING_FOR_BLANK', 'BLANK_ALLOCATED', 'PRINTED', 'AT_KECAMATAN', 'OUT_FOR_DELIVERY', 'RETURNED', 'DELIVERED')) <> (left_stage IN ('WAITING_FOR_BLANK', 'BLANK_ALLOCATED', 'PRINTED', 'AT_KECAMATAN', 'OUT_FOR_DELIVERY', 'RETURNED', 'DELIVERED'))\n             OR stage = 'DELIVERED' OR left_stage = 'DELIVERED' OR place_id <> left_place_id)\n        AND \n    (n.kind <> 'BARU' OR NOT (SELECT count(*) > 1000 FROM new_rows))\n    AND EXISTS (  -- OFFSET: by the index for the few that get here, never as a join with all cards\n        SELECT FROM tracking_card o\n        WHERE o.citizen_id = n.citizen_id AND o.id <> n.id AND o.stage = 'DELIVERED' OFFSET 0)\n\n    HAVING count(*) > 0;\n    RETURN NULL;\n", hash='c425490cc657d36f6c526946ee1e45402f7f5cc4', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_card_counts_once_0ccb9', referencing='REFERENCING NEW TABLE AS new_rows ', table='tracking_card', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='obliged',
            constraint=models.UniqueConstraint(fields=('kecamatan', 'dated'), name='obliged_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='obliged',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='obliged_has_source'),
        ),
        migrations.RunSQL((ROOM / 'sql' / 'figures.sql').read_text(), migrations.RunSQL.noop),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]
