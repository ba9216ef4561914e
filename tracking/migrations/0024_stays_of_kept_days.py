"""A stay that was counted when its day was kept stays counted, so that it can be counted again."""

from pathlib import Path

from django.db import migrations

ROOM = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("tracking", "0023_turn_checked_where_settled")]

    operations = [migrations.RunSQL((ROOM / "sql" / "figures.sql").read_text(), migrations.RunSQL.noop)]
