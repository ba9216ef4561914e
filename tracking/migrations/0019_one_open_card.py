"""One open card a citizen, again: dropping the plain index on the citizen took the unique one with it.

Django takes every index on a column that is to have none, partial unique ones too.
"""

from django.db import migrations

SQL = "CREATE UNIQUE INDEX IF NOT EXISTS one_open_card ON tracking_card (citizen_id) WHERE NOT closed"


class Migration(migrations.Migration):
    dependencies = [("tracking", "0018_own_refusals")]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
