"""Who must act for a held card is the latest reason's to say."""

from pathlib import Path

import pgtrigger.compiler
import pgtrigger.migrations
import staff.triggers
from django.db import migrations


SQL = (Path(__file__).parent.parent / "sql" / "status.sql").read_text()


class Migration(migrations.Migration):

    dependencies = [
        ('tracking', '0021_settled_by_one_integer'),
    ]

    operations = [
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
        pgtrigger.migrations.RemoveTrigger(
            model_name='case',
            name='case_open',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='case_open', sql=staff.triggers.DoorSql(declare='DECLARE card record;', func='\n    SELECT c.stage, c.code, c.place_id INTO card FROM tracking_card c WHERE c.id = NEW.card_id;\n    IF (NEW.kind = \'not_received\' AND card.stage = \'DELIVERED\'\n        OR NEW.kind = \'objection\' AND card.stage = \'HELD\'\n            AND tracking_stop(NEW.card_id, card.code) = \'DUPLICATE_RECORD\') IS NOT TRUE\n    THEN\n        RAISE EXCEPTION USING ERRCODE = \'EK040\', MESSAGE = format(\'a card in %s has no case "%s"\', card.stage, NEW.kind);\n    END IF;\n    NEW.actor := tracking_actor();\n    NEW.at := now();\n    NEW.place_id := card.place_id;\n    NEW.answer := \'\'; NEW.answer_sealed := NULL; NEW.answered_at := NULL; NEW.answered_by := NULL;\n    RETURN NEW;\n', hash='eb9ea0f931bfebc5feede754946cdb93697218ba', operation='INSERT', pgid='pgtrigger_case_open_bc917', table='tracking_case', when='BEFORE')),
        ),
    ]
