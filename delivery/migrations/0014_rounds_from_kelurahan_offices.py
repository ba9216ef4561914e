"""A round may begin at a kelurahan office of its own kecamatan."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("delivery", "0013_lost_cards_and_what_was_passed_on")]

    operations = [migrations.RunSQL((SQL / "rounds.sql").read_text(), migrations.RunSQL.noop)]
