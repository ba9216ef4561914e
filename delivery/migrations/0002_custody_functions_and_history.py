"""The functions that custody's triggers call, storage, and the custody of cards printed before."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"

# A card's holder changes a few times: its row stays on its page.
STORAGE = "ALTER TABLE delivery_piece SET (fillfactor = 70);"


class Migration(migrations.Migration):
    dependencies = [("delivery", "0001_custody")]

    operations = [
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "custody.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "history.sql").read_text(), migrations.RunSQL.noop),
    ]
