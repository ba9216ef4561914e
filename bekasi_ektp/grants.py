"""What the site's role may do with each table, said by its model: `site_may = "SELECT, INSERT"`.

A model of ours that says nothing gets SELECT, INSERT, UPDATE; nobody but the owner ever gets TRUNCATE.
Rights are set anew after every `migrate`, so they cannot drift.
"""

from typing import Any

from django.apps import apps
from django.db import models

ORDINARY = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"
# Tables of the libraries we use. Rows that only repeat what migrations made are read alone.
OTHERS = {
    "contenttypes.ContentType": "SELECT",
    "auth.Permission": "SELECT",
    "auth.Group": "SELECT",
    "auth.Group_permissions": "SELECT",
    "admin.LogEntry": "SELECT, INSERT",
    "sessions.Session": ALL,
    "axes.AccessAttempt": ALL,
    "axes.AccessAttemptExpiration": ALL,
    "axes.AccessFailureLog": "SELECT, INSERT",
    "axes.AccessLog": "SELECT, INSERT, UPDATE",
    "django_tasks_database.DBTaskResult": ALL,
}


def site_may(model: type[models.Model]) -> str:
    """The rights on a model's table; link tables of many-to-many fields are emptied and filled."""
    said: str | None = getattr(model, "site_may", None)
    if said is not None:
        return said
    known = OTHERS.get(model._meta.label)
    if known is not None:
        return known
    return "SELECT, INSERT, DELETE" if model._meta.auto_created else ORDINARY


def statements(site: str) -> list[str]:
    """The grants for the role `site`, as the owner runs them."""
    role = _name(site)
    tables = {"django_migrations": "SELECT"}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            tables[model._meta.db_table] = site_may(model)
    sql = [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}, PUBLIC",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}, PUBLIC",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
    ]
    for table, rights in sorted(tables.items()):
        if rights:
            sql.append(f"GRANT {rights} ON {_name(table)} TO {role}")
    return sql


def apply(cursor: Any, site: str) -> None:
    """Set the rights of every table that exists (a partial migration may lack some)."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    present = {_name(table) for (table,) in cursor.fetchall()}
    for sql in statements(site):
        table = sql.split(" ON ")[1].split(" TO ")[0]
        if table.startswith('"') and table not in present:
            continue
        cursor.execute(sql)


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
