"""Whoever waits reads why their place is further back than when the day began."""

from pathlib import Path

from django.db import migrations

ROOM = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("tracking", "0026_data_of_each_kecamatan")]

    operations = [migrations.RunSQL((ROOM / "sql" / "status.sql").read_text(), migrations.RunSQL.noop)]
