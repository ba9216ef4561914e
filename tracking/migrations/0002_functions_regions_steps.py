"""The functions the triggers call, storage, and the reference data: regions, legal steps, letters, counters."""

import csv
from itertools import product
from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils.text import slugify

from tracking.stages import STEPS, Letter, Stage

ROOM = Path(__file__).parent.parent

# Half-empty pages keep updates of a card on its page (HOT); counters are rewritten at every commit.
STORAGE = """
ALTER SEQUENCE tracking_event_id OWNED BY tracking_event.id;
ALTER TABLE tracking_card SET (fillfactor = 50);
ALTER TABLE tracking_citizen SET (fillfactor = 50);
ALTER TABLE tracking_stagecount SET (fillfactor = 20, autovacuum_vacuum_scale_factor = 0.5);
ALTER TABLE tracking_queuehead SET (fillfactor = 20, autovacuum_vacuum_scale_factor = 0.5);
ALTER TABLE tracking_queuebucket SET (fillfactor = 50);
ALTER TABLE tracking_unsettled SET UNLOGGED;
ALTER TABLE tracking_unsettled SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
ALTER TABLE tracking_unsettled ALTER card_ids SET STORAGE EXTERNAL, ALTER requests SET STORAGE EXTERNAL;
"""


def load(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    using = editor.connection.alias
    model = {m.__name__: m.objects.using(using) for m in apps.get_app_config("tracking").get_models()}
    with (ROOM / "data" / "kecamatan_kelurahan.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kecamatan = {int(row["kecamatan_code"][-2:]): row for row in rows}
    for key, row in kecamatan.items():
        model["Kecamatan"].create(
            id=key, code=row["kecamatan_code"], name=row["kecamatan"], slug=slugify(row["kecamatan"])
        )
    for row in rows:
        key = int(row["kecamatan_code"][-2:])
        model["Kelurahan"].create(
            id=key * 10000 + int(row["kelurahan_code"][-4:]),
            code=row["kelurahan_code"],
            name=row["kelurahan"],
            kecamatan_id=key,
        )
    for step in STEPS:
        model["Step"].create(**step._asdict())
    model["OfficeRule"].create()
    model["LetterRule"].create(
        valid_from="2017-01-01", letters="ABC", decree="Aturan Kementerian selama blanko langka"
    )
    for key, letter in product(kecamatan, Letter.values):
        model["QueueHead"].create(kecamatan_id=key, letter=letter)
    for key, stage, outside in product(kecamatan, Stage.values, (False, True)):
        model["StageCount"].create(kecamatan_id=key, stage=stage, outside=outside)


class Migration(migrations.Migration):
    dependencies = [("tracking", "0001_initial"), ("staff", "0001_initial")]

    operations = [
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL((ROOM / "sql" / "functions.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
