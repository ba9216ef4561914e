"""The status page says when a card that waits will be printed."""

from pathlib import Path

from django.db import migrations, models

SQL = (Path(__file__).parent.parent / "sql" / "status.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("tracking", "0011_turn_log")]

    operations = [
        migrations.AddIndex(
            model_name="forecast",
            index=models.Index(condition=models.Q(("why", "")), fields=["day", "id"], name="forecast_known"),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
