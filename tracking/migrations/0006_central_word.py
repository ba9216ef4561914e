"""What the centre said last leaves the citizen's row: feeds read and write it, and it is a tenth of the bytes."""

import django.db.models.deletion
from django.db import migrations, models

STORAGE = """
ALTER TABLE tracking_centralword SET (fillfactor = 75);
ALTER TABLE tracking_citizen SET (fillfactor = 90);
"""
COPY = """
INSERT INTO tracking_centralword (citizen_id, code, central_from, central_until, row_digest, written_digest)
SELECT id, central_code, central_from, central_until, 0, 0 FROM tracking_citizen ORDER BY id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tracking", "0005_list_by_phase"),
    ]

    operations = [
        migrations.CreateModel(
            name="CentralWord",
            fields=[
                (
                    "citizen",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="word",
                        serialize=False,
                        to="tracking.citizen",
                    ),
                ),
                ("code", models.CharField(max_length=32, verbose_name="kode pusat terakhir")),
                ("central_from", models.DateTimeField(verbose_name="tanggal status pusat")),
                ("central_until", models.DateTimeField(verbose_name="sampai")),
                ("row_digest", models.BigIntegerField(editable=False, verbose_name="sidik baris terakhir")),
                (
                    "written_digest",
                    models.BigIntegerField(
                        default=0, editable=False, verbose_name="sidik baris terakhir seperti tertulis"
                    ),
                ),
            ],
            options={
                "verbose_name": "kata terakhir pusat",
                "verbose_name_plural": "kata terakhir pusat",
            },
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="citizen", name="central_code"),
        migrations.RemoveField(model_name="citizen", name="central_from"),
        migrations.RemoveField(model_name="citizen", name="central_until"),
        migrations.RemoveField(model_name="citizen", name="row_digest"),
        migrations.AlterField(
            model_name="citizen",
            name="nik_index",
            field=models.UUIDField(editable=False, verbose_name="indeks NIK"),
        ),
        migrations.AddConstraint(
            model_name="citizen",
            constraint=models.UniqueConstraint(
                fields=("nik_index",), include=("id",), name="one_citizen_a_nik"
            ),
        ),
    ]
