"""The expected days of a number are read in one statement: a third of the cost."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "status.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("tracking", "0014_figures")]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
