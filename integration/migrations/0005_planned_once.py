from pathlib import Path

import django.utils.timezone
from django.db import migrations, models

ROOM = Path(__file__).parent.parent
FILES = ("sql/room.sql", "sql/decide.sql", "sql/apply.sql", "sql/outcomes.sql", "api/sql/claim.sql")


class Migration(migrations.Migration):
    """What a little batch goes through as functions, which a session plans once."""

    dependencies = [("integration", "0004_changes_in_their_index"), ("tracking", "0028_data_came")]
    operations = [
        *(migrations.RunSQL((ROOM / file).read_text(), migrations.RunSQL.noop) for file in FILES),
        migrations.AlterField(
            model_name="batch",
            name="created_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="diterima"),
        ),
    ]
