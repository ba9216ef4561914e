"""Who is served next is looked up number by number only as far as a batch needs."""

from pathlib import Path

from django.db import migrations

ROOM = Path(__file__).parent.parent


class Migration(migrations.Migration):

    dependencies = [
        ('blanks', '0006_lost_by_serial'),
    ]

    operations = [
        migrations.RunSQL((ROOM / 'sql' / 'functions.sql').read_text(), migrations.RunSQL.noop),
    ]
