"""The backend's connection. The driver's errors keep their first line alone; diag still has every field."""

import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg2
from django.db.backends.postgresql import base, client
from django.db.utils import DatabaseErrorWrapper
from django.utils.functional import cached_property

from .. import server
from ..server.places import binaries


class FirstLineOnly(DatabaseErrorWrapper):
    """DETAIL, CONTEXT and LINE repeat values of rows and parameters, which must reach no log."""

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(exc_value, psycopg2.Error) and exc_value.args:
            first, *_ = str(exc_value.args[0]).split("\n", 1)
            exc_value.args = (first,)
        super().__exit__(exc_type, exc_value, traceback)


class Shell(client.DatabaseClient):
    """`dbshell`, with the embedded server's own psql."""

    def runshell(self, parameters: Iterable[str]) -> None:
        if self.connection.settings_dict.get("EMBEDDED"):
            self.connection.ensure_connection()
            os.environ["PATH"] = f"{binaries()}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection as that role, to the city's own server or the embedded one."""

    client_class = Shell

    @cached_property
    def wrap_database_errors(self) -> FirstLineOnly:
        return FirstLineOnly(self)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        var = self.settings_dict.get("EMBEDDED")
        if var:
            server.use(Path(var), tests=bool(self.settings_dict.get("EMBEDDED_TESTS")))
        return super().get_new_connection(conn_params)
