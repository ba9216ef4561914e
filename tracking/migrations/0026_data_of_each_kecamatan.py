"""How old the data is, is known of each kecamatan: what was known of the city is so far true of all."""

from pathlib import Path

from django.db import migrations, models

SQL = (Path(__file__).parent.parent / "sql" / "status.sql").read_text()
EACH = """
INSERT INTO tracking_freshness (id, at)
SELECT k.id, f.at FROM tracking_kecamatan k CROSS JOIN tracking_freshness f ON CONFLICT (id) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("tracking", "0025_touched_stages")]

    operations = [
        migrations.RemoveConstraint(model_name="freshness", name="one_freshness"),
        migrations.AlterField(
            model_name="freshness",
            name="id",
            field=models.SmallIntegerField(primary_key=True, serialize=False),
        ),
        migrations.RunSQL(EACH, migrations.RunSQL.noop),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
