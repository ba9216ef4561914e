"""What steps into DELIVERED that say who took the card do to its blank: nothing."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from blanks.ledger import EFFECTS


def add_effects(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    effects = apps.get_model("blanks", "StepEffect").objects.using(editor.connection.alias)
    for from_stage, to_stage, reason, effect in EFFECTS:
        effects.get_or_create(from_stage=from_stage, to_stage=to_stage, reason=reason, defaults={"effect": effect})


class Migration(migrations.Migration):
    dependencies = [("blanks", "0002_functions_accounts_effects"), ("tracking", "0008_received_by")]

    operations = [migrations.RunPython(add_effects, migrations.RunPython.noop)]
