"""Published days for tests: a month of the invented city, its files in a folder, and days of one's own."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from tests.builders import sql
from tools import check_publication
from tracking.models import Publication, PublishedFile
from tracking.publication import queries
from tracking.publication.closing import publish
from tracking.publication.files import text_of

Sql = Callable[..., list[tuple[Any, ...]]]
# What the published sets are taken from, and the column that tells what is new.
TABLES = {"tracking_event": "id", "tracking_turn": "moment", "blanks_movement": "id"}


def mirror(folder: Path) -> Path:
    """What /data/ offers, as somebody would keep it."""
    for day in Publication.objects.values_list("day", flat=True):
        (folder / str(day) / "antrean").mkdir(parents=True)
        for file in PublishedFile.objects.filter(day=day):
            (folder / str(day) / f"{file.name}.csv").write_text("".join(text_of(file)))
    (folder / "integritas.json").write_text(json.dumps(queries.integrity()))
    return folder


def problems(folder: Path, **more: Any) -> list[str]:
    """What the checker finds."""
    found, looked = check_publication.check(str(folder), **more)
    assert looked or found
    return found


class Days:
    """Days that are played one after the other: what is done now is moved to a day before today, and published."""

    def __init__(self, superuser_sql: Sql, n: int) -> None:
        self._sql, self._left = superuser_sql, n
        self._done = {table: self._newest(table) for table in TABLES}
        self._sql("UPDATE tracking_installation SET day = %s", [self.day])

    @property
    def day(self) -> date:
        """The day that is played now."""
        return timezone.localdate() - timedelta(days=self._left)

    def end(self) -> date:
        """The day is over."""
        day = self.day
        for table, key in TABLES.items():
            self._sql(
                f"UPDATE {table} SET at = at - %s * interval '1 day' WHERE {key} > %s",
                [self._left, self._done[table]],
            )
            self._done[table] = self._newest(table)
        closed = publish(day)
        assert closed == [day], closed
        self._left -= 1
        return day

    def _newest(self, table: str) -> int:
        number: int = self._sql(f"SELECT coalesce(max({TABLES[table]}), 0) FROM {table}")[0][0]
        return number


def acts() -> set[str]:
    """Which acts the turn log has."""
    return {act for (act,) in sql("SELECT DISTINCT act FROM tracking_turn")}
