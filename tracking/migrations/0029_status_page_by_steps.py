from pathlib import Path

from django.db import migrations

ROOM = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("tracking", "0028_data_came")]
    operations = [migrations.RunSQL((ROOM / "sql" / "status.sql").read_text(), migrations.RunSQL.noop)]
