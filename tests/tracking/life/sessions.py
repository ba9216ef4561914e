"""Other people's connections beside the test's own, with real commits."""

import time
from contextlib import closing
from typing import Any

import psycopg2

from tests import cluster


class Session:
    """One connection of the site, on which somebody acts."""

    def __init__(self, actor: str = "test:office", role: str = "ektp_site") -> None:
        self.actor = actor
        self.raw = cluster.connect(role)
        self.raw.autocommit = False

    def begin(self, reason: str = "", corrects: int | str = "") -> None:
        """Say who acts and why, for the transaction that begins."""
        self.run(
            "SELECT set_config('ektp.actor', %s, true), set_config('ektp.source', 'test', true), "
            "set_config('ektp.reason', %s, true), set_config('ektp.corrects', %s, true)",
            [self.actor, reason, str(corrects)],
        )

    def run(self, sql: str, params: Any = None) -> int:
        """How many rows."""
        with self.raw.cursor() as cursor:
            cursor.execute(sql, params)
            count: int = cursor.rowcount
            return count

    def refused(self, sql: str, params: Any = None) -> str:
        """The SQLSTATE with which this is refused; empty if it is not."""
        try:
            self.run(sql, params)
        except psycopg2.DatabaseError as error:
            self.raw.rollback()
            return error.pgcode or "?"
        return ""

    def commit(self) -> None:
        self.raw.commit()

    def rollback(self) -> None:
        self.raw.rollback()

    def close(self) -> None:
        self.raw.close()

    def wait_until_somebody_waits(self, seconds: float = 5) -> None:
        """Until another session waits for a lock."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if somebody_waits():
                return
            time.sleep(0.02)
        raise AssertionError("nobody waits for a lock")


def somebody_waits() -> bool:
    with closing(cluster.connect("postgres")) as watch, watch.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])
