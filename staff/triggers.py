"""How a trigger is declared beside its model: django-pgtrigger without its switch to ignore triggers.

The library lets a session variable skip triggers, which anybody with raw SQL could set; ours can't be skipped.
"""

import pgtrigger
from django.db import models
from pgtrigger import compiler


class DoorSql(compiler.UpsertTriggerSql):
    """The trigger's SQL. Migrations refer to this template: add a new class rather than edit it."""

    rights = ""
    closed_to = ""

    def get_template(self) -> str:
        return (
            """
            CREATE OR REPLACE FUNCTION {pgid}() RETURNS TRIGGER AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$ LANGUAGE plpgsql """
            + self.rights
            + """;
            """
            + self.closed_to
            + """
            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE {constraint} TRIGGER {pgid}
                {when} {operation} ON {table}
                {timing}
                {referencing}
                FOR EACH {level} {condition}
                EXECUTE PROCEDURE {execute};
            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """
        )


class OwnerDoorSql(DoorSql):
    """The same, run with the owner's rights: what it writes the site's role can't write by itself."""

    rights = "SECURITY DEFINER SET search_path = public, pg_temp"
    # else anybody could hang it on a temporary table of their own and have rows of their making believed
    closed_to = "REVOKE ALL ON FUNCTION {pgid}() FROM PUBLIC;"


class Door(pgtrigger.Trigger):
    """A row trigger that only looks at or completes the row itself; runs with the caller's rights."""

    sql_class: type[DoorSql] = DoorSql

    def compile(self, model: type[models.Model]) -> compiler.Trigger:  # type: ignore[override]
        return compiler.Trigger(
            name=self.name,
            sql=self.sql_class(
                pgid=self.get_pgid(model),  # type: ignore[arg-type]
                declare=self.render_declare(model),  # type: ignore[arg-type]
                func=self.render_func(model),  # type: ignore[arg-type]
                table=model._meta.db_table,
                constraint="CONSTRAINT" if self.timing else "",
                when=self.when,
                operation=self.operation,
                timing=f"DEFERRABLE INITIALLY {self.timing}" if self.timing else "",
                referencing=self.referencing or "",
                level=self.level,
                condition=self.render_condition(model),  # type: ignore[arg-type]
                execute=self.render_execute(model),  # type: ignore[arg-type]
            ),
        )


class OwnerDoor(Door):
    """A trigger that writes events, tickets or counters, which only the owner may write."""

    sql_class = OwnerDoorSql
