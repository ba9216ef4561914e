"""Look-ups count what is missed by itself: for the client, its network and the city."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "status.sql").read_text()
OLD = """
DROP FUNCTION IF EXISTS tracking_lookup(
    uuid, double precision, double precision, double precision, uuid, double precision, double precision,
    uuid, double precision, double precision, uuid[])
"""


class Migration(migrations.Migration):
    dependencies = [("tracking", "0012_expected_dates")]

    operations = [
        migrations.RunSQL(OLD, migrations.RunSQL.noop),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
