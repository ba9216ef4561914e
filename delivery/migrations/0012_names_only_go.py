"""What the triggers ask before a sealed name is changed."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("delivery", "0011_names_at_the_counter")]

    operations = [migrations.RunSQL((SQL / "names.sql").read_text(), migrations.RunSQL.noop)]
