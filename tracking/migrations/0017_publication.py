"""Published days, and the day of the installation, with which they begin."""

import django.db.models.functions.datetime
import tracking.models.publication
from django.db import migrations, models


INSTALLED = "INSERT INTO tracking_installation (id, day) VALUES (1, (now() AT TIME ZONE 'Asia/Jakarta')::date)"


class Migration(migrations.Migration):

    dependencies = [
        ('tracking', '0016_card_of_citizen'),
    ]

    operations = [
        migrations.CreateModel(
            name='Installation',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('day', models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False, verbose_name='hari')),
                ('before', models.DateField(null=True, unique=True)),
                ('until', models.DateTimeField(verbose_name='sampai')),
                ('closed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='ditutup')),
                ('events', models.BigIntegerField(verbose_name='peristiwa')),
                ('lines', models.BigIntegerField(verbose_name='baris catatan umum')),
                ('public_root', models.BinaryField(max_length=32)),
                ('private_root', models.BinaryField(max_length=32)),
                ('secret', models.BinaryField(default=tracking.models.publication._secret, max_length=32)),
            ],
            options={
                'verbose_name': 'pengumuman harian',
                'verbose_name_plural': 'pengumuman harian',
                'ordering': ['-day'],
            },
        ),
        migrations.CreateModel(
            name='PublishedChunk',
            fields=[
                ('pk', models.CompositePrimaryKey('day', 'n', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('n', models.IntegerField()),
                ('first_id', models.BigIntegerField()),
                ('last_id', models.BigIntegerField(db_index=True)),
                ('hash', models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name='PublishedCount',
            fields=[
                ('pk', models.CompositePrimaryKey('day', 'kecamatan_id', 'stage', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('kecamatan_id', models.SmallIntegerField()),
                ('stage', models.CharField(choices=[('RECORDED', 'Sudah direkam'), ('DEDUPLICATING', 'Sedang dicocokkan (penunggalan)'), ('HELD', 'Tertahan'), ('WAITING_FOR_BLANK', 'Siap cetak, menunggu blanko'), ('BLANK_ALLOCATED', 'Blanko tersedia, dijadwalkan cetak'), ('PRINTED', 'Sudah dicetak'), ('AT_KECAMATAN', 'Di kantor kecamatan'), ('OUT_FOR_DELIVERY', 'Sedang diantar petugas RT/RW'), ('RETURNED', 'Dapat diambil di kantor kecamatan'), ('DELIVERED', 'Sudah diterima'), ('CANCELLED', 'Dibatalkan')], max_length=20)),
                ('n', models.IntegerField()),
                ('outside', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='PublishedFile',
            fields=[
                ('pk', models.CompositePrimaryKey('day', 'name', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('name', models.CharField(max_length=80)),
                ('place', models.SmallIntegerField()),
                ('header', models.CharField(max_length=200)),
                ('lines', models.BigIntegerField()),
                ('size', models.BigIntegerField()),
                ('digest', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='PublishedPart',
            fields=[
                ('pk', models.CompositePrimaryKey('day', 'name', 'n', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('name', models.CharField(max_length=80)),
                ('n', models.IntegerField()),
                ('text', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='PublishedQueue',
            fields=[
                ('pk', models.CompositePrimaryKey('kecamatan_id', 'letter', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField(db_index=True)),
                ('kecamatan_id', models.SmallIntegerField()),
                ('letter', models.CharField(choices=[('A', 'Kartu pertama'), ('B', 'Perubahan data'), ('C', 'Rusak atau hilang')], max_length=1)),
                ('reach', models.BigIntegerField()),
                ('lines', models.BigIntegerField()),
                ('last_number', models.IntegerField()),
                ('waiting', models.IntegerField()),
                ('served', models.IntegerField()),
                ('exceptions', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='PublishedSet',
            fields=[
                ('pk', models.CompositePrimaryKey('source', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('source', models.CharField(max_length=12)),
                ('day', models.DateField()),
                ('reach', models.BigIntegerField()),
                ('taken', tracking.models.publication.Multirange()),
                ('missing', tracking.models.publication.Multirange()),
                ('newest_xid', models.BigIntegerField()),
            ],
        ),
        migrations.AddIndex(
            model_name='turn',
            index=models.Index(fields=['kecamatan_id', 'moment'], name='turn_of_kecamatan'),
        ),
        migrations.AddConstraint(
            model_name='installation',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='one_installation'),
        ),
        migrations.RunSQL(INSTALLED, migrations.RunSQL.noop),
    ]
