"""What models declare is in the database: a migration may take away more than it says."""

import pytest
from django.apps import apps
from django.db import connection

MODELS = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_constraint_and_index_of_a_model_is_there(model):
    declared = {one.name for one in (*model._meta.constraints, *model._meta.indexes)}
    with connection.cursor() as cursor:
        there = set(connection.introspection.get_constraints(cursor, model._meta.db_table))
    assert declared <= there


@pytest.mark.django_db
def test_every_trigger_of_a_model_is_there_and_enabled():
    declared = {
        trigger.get_pgid(model)
        for model in apps.get_models()
        for trigger in getattr(model._meta, "triggers", [])
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'")
        there = {name for (name,) in cursor.fetchall()}
    assert declared <= there
