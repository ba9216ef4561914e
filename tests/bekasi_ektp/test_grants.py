"""The site's role owns nothing and has on each table what its model says."""

import re
from collections.abc import Callable

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, models, transaction

from bekasi_ektp import grants

RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
MODELS = [
    model
    for model in apps.get_models(include_auto_created=True)
    if model._meta.managed and not model._meta.proxy
]


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_each_table_has_the_rights_its_model_says(model: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r FROM unnest(%s) r WHERE has_table_privilege(%s, r)",
            [list(RIGHTS), f'public."{model._meta.db_table}"'],
        )
        has = {right for (right,) in cursor.fetchall()}
    # a right on some columns is none on the table
    assert has == set(filter(None, re.sub(r", \w+ \([^)]*\)", "", grants.site_may(model)).split(", ")))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_rows_of_ours_are_never_deleted_by_default(model: type[models.Model]) -> None:
    rooms = {"staff", "tracking", "blanks", "delivery", "integration"}
    if model._meta.app_label in rooms and not hasattr(model, "site_may") and not model._meta.auto_created:
        assert grants.site_may(model) == grants.ORDINARY


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "TRUNCATE django_session",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (id int)",
        "ALTER TABLE staff_user DISABLE TRIGGER ALL",
        "DELETE FROM django_migrations",
        "SET ROLE ektp_owner",
    ],
)
def test_the_site_cannot(sql: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db
def test_the_site_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relowner = current_user::regrole "
            "AND relnamespace <> pg_my_temp_schema()"
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT proname FROM pg_proc WHERE proowner = current_user::regrole")
        assert cursor.fetchall() == []


def test_rights_that_drifted_are_set_anew(committed: None, owner_sql: Callable[..., object]) -> None:
    owner_sql("GRANT DELETE ON staff_user TO ektp_site")
    for statement in grants.statements(settings.DATABASES["default"]["USER"]):
        owner_sql(statement)
    assert owner_sql("SELECT has_table_privilege('ektp_site', 'staff_user', 'DELETE')") == [(False,)]
