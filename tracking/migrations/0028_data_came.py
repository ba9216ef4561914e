from pathlib import Path

from django.db import migrations

ROOM = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("tracking", "0027_places_that_fell_back")]
    operations = [migrations.RunSQL((ROOM / "sql" / "fresh.sql").read_text(), migrations.RunSQL.noop)]
