"""Legal steps into DELIVERED may say who took the card; the status page reads it."""

from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from tracking.stages import STEPS

SQL = (Path(__file__).parent.parent / "sql" / "status.sql").read_text()


def add_steps(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    steps = apps.get_model("tracking", "Step").objects.using(editor.connection.alias)
    for step in STEPS:
        steps.get_or_create(from_stage=step.from_stage, to_stage=step.to_stage, reason=step.reason, defaults=step._asdict())


class Migration(migrations.Migration):
    dependencies = [("tracking", "0007_forecast")]

    operations = [
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
        migrations.RunPython(add_steps, migrations.RunPython.noop),
    ]
