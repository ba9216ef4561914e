"""How long a single write waits while the whole city is imported."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from .. import city, cluster, people, sizes
from ..results import Row, row
from ..writing import READY_IN, Writers

WRITERS, PAUSE = 4, 0.02
LONGEST = 3_600.0  # seconds; they end with the import
WAY = {
    "AT_KECAMATAN": "DELIVERED// .",
    "OUT_FOR_DELIVERY": "RETURNED//not_home DELIVERED// .",
    "RETURNED": "DELIVERED// .",
}
DAYS_LATER = 3


def import_wait() -> Iterator[Row]:
    """The nightly dump, in which a part of the city moves; meanwhile couriers and officers write."""
    with (
        cluster.cloned(city.filled(sizes.CITY, people.city), "bench_wait") as database,
        TemporaryDirectory(dir=settings.VAR_DIR) as folder,
    ):
        path = people.write(
            Path(folder) / "dump.csv",
            ((i, _tonight(i)) for i in range(sizes.CITY)),
            city.kelurahan(),
            DAYS_LATER,
        )
        end = Path(folder) / "end"
        writing = Writers(database, _lines(database), LONGEST, 1, pause=PAUSE, end=end)
        time.sleep(READY_IN)
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "bench.child", "take_in", str(path)],
            env=cluster.child_environ(database),
            cwd=settings.BASE_DIR,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        took = time.perf_counter() - began
        end.touch()
        written = writing.result()
    if written.errors:
        raise RuntimeError(f"{len(written.errors)} writes failed, such as: {written.errors[0]}")
    waits = written.waits
    note = (
        f"{sizes.CITY} rows in {took:.0f} s, {written.done} single writes meanwhile; "
        f"the next longest {', '.join(f'{wait:.2f}' for wait in waits[1:4])} s"
    )
    yield row("import_wait", waits[0], None, "s", "≤ 1", note)


def _tonight(i: int) -> str:
    """What the centre says now: those in matching have passed."""
    code = people.city(i).code
    return {"RECEIVED_AT_CENTRAL": "PRINT_READY_RECORD", "PROCESSING": "SENT_FOR_ENROLLMENT"}.get(code, code)


def _lines(database: str) -> list[list[str]]:
    known = "', '".join(WAY)
    cards = cluster.run(
        database,
        f"SELECT id, stage FROM tracking_card WHERE stage IN ('{known}') AND NOT outside_ledger"
        " ORDER BY md5(id::text) LIMIT 40000",
    )
    lines: list[list[str]] = [[] for _ in range(WRITERS)]
    for number, (card, stage) in enumerate(cards):
        lines[number % WRITERS].append(f"{card} {WAY[stage]}")
    return lines
