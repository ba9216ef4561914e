"""A feed of 200,000 rows beside a bare COPY and upsert of the same file; both as whole processes."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from django.conf import settings

from bekasi_ektp import server

from .. import city, cluster, people, sizes
from ..child import PLAIN_TABLE
from ..results import Row, middle, row

GOALS = {"new": "≥ 0.25", "changed": "≥ 0.4", "unchanged": "≥ 1.0"}
DAYS_LATER = 30


class Timed(NamedTuple):
    """Rows a second of the whole process, and seconds without its start."""

    rate: float
    inner: float


def import_feeds() -> Iterator[Row]:
    """New people; the same number of people, spread over all, each a legal step further; the same file again."""
    rates: dict[tuple[str, str], list[Timed]] = {}
    with (
        cluster.cloned(city.filled(sizes.PRESENT, people.fresh_among_served), "bench_import") as database,
        TemporaryDirectory(dir=settings.VAR_DIR) as folder,
    ):
        fill_plain(database, Path(folder))
        cluster.calm(database)
        for repetition in range(sizes.REPETITIONS):
            for kind, path in _files(Path(folder), repetition).items():
                for who, time_it in (("peer", _upsert), ("ours", _take_in)):
                    cluster.settle()
                    rates.setdefault((kind, who), []).append(time_it(database, path, kind))
    for kind, goal in GOALS.items():
        ours, peer = (rates[kind, who] for who in ("ours", "peer"))
        inner = middle([timed.inner for timed in peer]) / middle([timed.inner for timed in ours])
        yield row(
            f"import_{kind}",
            middle([timed.rate for timed in ours]),
            middle([timed.rate for timed in peer]),
            "rows/s",
            goal,
            f"{sizes.FEED} rows, {sizes.PRESENT} cards present, whole processes; without their start {inner:.2f}",
        )


def fill_plain(database: str, folder: Path) -> None:
    """The peer's table, with the same people in it."""
    path = people.write(
        folder / "all.csv",
        ((i, people.fresh_among_served(i).code) for i in range(sizes.PRESENT)),
        city.kelurahan(),
    )
    connection = cluster.connect(database, server.OWNER)
    with connection.cursor() as cursor, path.open("rb") as file:
        cursor.execute(PLAIN_TABLE)
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE ON peer_plain TO {server.SITE}")
        cursor.copy_expert("COPY peer_plain FROM STDIN (FORMAT csv, HEADER)", file, 1 << 18)
    connection.close()
    path.unlink()


def _files(folder: Path, repetition: int) -> dict[str, Path]:
    kelurahan = city.kelurahan()
    first = sizes.PRESENT + repetition * sizes.FEED
    spread = range(repetition, sizes.PRESENT, 8)
    new = people.write(
        folder / "new.csv", ((i, "BIO_CAPTURED") for i in range(first, first + sizes.FEED)), kelurahan
    )
    changed = people.write(
        folder / "changed.csv", ((i, "SENT_FOR_ENROLLMENT") for i in spread), kelurahan, DAYS_LATER
    )
    return {"new": new, "changed": changed, "unchanged": changed}


def _upsert(database: str, path: Path, kind: str) -> Timed:
    return _timed(database, "upsert", path)[0]


def _take_in(database: str, path: Path, kind: str) -> Timed:
    timed, said = _timed(database, "take_in", path)
    outcome = {"new": "created", "changed": "updated", "unchanged": "unchanged"}[kind]
    if said["summary"][outcome] != sizes.FEED:
        raise RuntimeError(f"The feed did not do what it should: {said['summary']}")
    return timed


def _timed(database: str, verb: str, path: Path) -> tuple[Timed, Any]:
    started = time.perf_counter()
    done = child(database, verb, str(path))
    return Timed(sizes.FEED / (time.perf_counter() - started), done["seconds"]), done


def child(database: str, *words: str) -> Any:
    """What a process of its own answers."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.child", *words],
        env=cluster.child_environ(database),
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)
