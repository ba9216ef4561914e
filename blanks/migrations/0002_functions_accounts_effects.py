"""The functions the triggers call, storage, and the lists of the code: accounts, routes, effects of steps."""

from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from blanks.ledger import ACCOUNT, EFFECTS, QUOTAS, ROUTES, Place

ROOM = Path(__file__).parent.parent

# Balances are rewritten at every commit; what is unsettled never outlives its transaction.
STORAGE = """
ALTER TABLE blanks_account SET (fillfactor = 20, autovacuum_vacuum_scale_factor = 0.5);
ALTER TABLE blanks_batchcard SET (fillfactor = 70);
ALTER TABLE blanks_unsettled SET UNLOGGED;
ALTER TABLE blanks_unsettled SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
"""


def load(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    using = editor.connection.alias
    model = {m.__name__: m.objects.using(using) for m in apps.get_app_config("blanks").get_models()}
    kecamatan = apps.get_model("tracking", "Kecamatan").objects.using(using).values_list("id", flat=True)
    for place, key in ACCOUNT.items():
        model["Account"].create(id=key, place=place)
    for key in kecamatan:
        model["Account"].create(id=QUOTAS + key, place=Place.QUOTA, kecamatan_id=key)
    for route in ROUTES:
        model["RouteRow"].create(**route._asdict())
    for from_stage, to_stage, reason, effect in EFFECTS:
        model["StepEffect"].create(from_stage=from_stage, to_stage=to_stage, reason=reason, effect=effect)
    model["Series"].create(prefix="")


class Migration(migrations.Migration):
    dependencies = [("blanks", "0001_initial"), ("tracking", "0005_list_by_phase")]

    operations = [
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL((ROOM / "sql" / "functions.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
