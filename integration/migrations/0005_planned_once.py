from pathlib import Path

from django.db import migrations

ROOM = Path(__file__).parent.parent
FILES = ("sql/room.sql", "sql/decide.sql", "sql/apply.sql", "api/sql/claim.sql")


class Migration(migrations.Migration):
    """What a little batch goes through as functions, which a session plans once."""

    dependencies = [("integration", "0004_changes_in_their_index"), ("tracking", "0027_places_that_fell_back")]
    operations = [migrations.RunSQL((ROOM / file).read_text(), migrations.RunSQL.noop) for file in FILES]
