"""Tables of the public pages, and the functions that answer a look-up or the status page at once."""

from pathlib import Path

import django.db.models.functions.datetime
from django.db import migrations, models

SQL = (Path(__file__).parent.parent / "sql" / "status.sql").read_text()
# A crash forgives what was spent; a row is rewritten at every look-up, on its own page.
STORAGE = """
ALTER TABLE tracking_lookuplimit SET UNLOGGED;
ALTER TABLE tracking_lookuplimit SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.2);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tracking", "0002_functions_regions_steps"),
    ]

    operations = [
        migrations.CreateModel(
            name="LookupLimit",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("day", models.DateField(db_index=True)),
                ("spent_until", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Office",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100, verbose_name="nama loket")),
                ("address", models.CharField(max_length=200, verbose_name="alamat")),
                ("hours", models.CharField(max_length=100, verbose_name="jam buka")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telepon")),
                (
                    "checked",
                    models.BooleanField(
                        default=False,
                        help_text="Alamat, jam dan telepon sudah dicocokkan.",
                        verbose_name="sudah diperiksa",
                    ),
                ),
            ],
            options={
                "verbose_name": "loket",
                "verbose_name_plural": "loket",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Secret",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="Freshness",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(verbose_name="data terakhir diterima")),
            ],
            options={
                "verbose_name": "kesegaran data",
                "verbose_name_plural": "kesegaran data",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_freshness")],
            },
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
