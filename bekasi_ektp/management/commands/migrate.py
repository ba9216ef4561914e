"""`migrate` as the owner, and the site's rights on every table after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from ... import grants


@contextmanager
def one_connection(alias: str) -> Iterator[None]:
    """Data migrations of libraries name no database; on the site's connection they'd wait for us for ever."""
    site = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connections[alias]
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = site


def _user(alias: str) -> str:
    return str(settings.DATABASES[alias]["USER"])


class Command(migrate.Command):
    """Django's migrate, run by the owner of the tables unless another database is named."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def execute(self, *args: Any, **options: Any) -> Any:
        # before the system checks, some of which ask the database
        if options["database"] == "owner" and _user("owner") == _user(DEFAULT_DB_ALIAS):
            raise CommandError(
                "DATABASE_OWNER_URL must name the role that owns the tables, not the site's in DATABASE_URL."
            )
        return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        alias = options["database"]
        site, owner = _user(DEFAULT_DB_ALIAS), _user(alias)
        planned = options.get("plan") or options.get("check_unapplied")
        try:
            with one_connection(alias):
                super().handle(*args, **options)
        finally:
            if owner != site and not planned:
                self.grant(alias, site)

    def grant(self, alias: str, site: str) -> None:
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            grants.apply(cursor, site)
