"""Closing a day beside much or little history; the hashes of a day; the checker over a month of a full queue."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from tools import check_publication as tool

from .. import cluster, sizes
from ..results import Row, middle, row

OLDER, FEW_OLDER = 10_000_000 // (10 if sizes.QUICK else 1), 100_000 // (10 if sizes.QUICK else 1)
A_DAY = 10_000
HASHED = 1_000_000 // (10 if sizes.QUICK else 1)
DAYS = 30

# Cards that came in long ago, with so many events; all of it belongs to a day before yesterday.
_PAST = """
SET session_replication_role = replica;
INSERT INTO tracking_citizen (id, nik_index, nik_sealed, name, kelurahan_id, recorded_at, address_digest, phone_digest)
OVERRIDING SYSTEM VALUE
SELECT n, gen_random_uuid(), '', 'ANI', 11001, now() - interval '300 days', 0, 0 FROM generate_series(1, {cards}) n;
INSERT INTO tracking_card (id, citizen_id, kind, stage, since, requested_at, kecamatan_id, outside_ledger, outside_confirmed,
    blocked, token_version, draws) OVERRIDING SYSTEM VALUE
SELECT n, n, 'BARU', 'RECORDED', now() - interval '300 days', now() - interval '300 days', 1, false, false, false, 1, false
FROM generate_series(1, {cards}) n;
UPDATE tracking_stagecount SET n = {cards} WHERE kecamatan_id = 1 AND stage = 'RECORDED' AND NOT outside;
INSERT INTO tracking_event (id, card_id, from_stage, to_stage, at, since, actor, reason, source)
SELECT n, 1 + n % {cards}, 'RECORDED', 'DEDUPLICATING', now() - interval '9 days', now() - interval '9 days', 'source:bench', '',
    'bench' FROM generate_series(1, {older}) n;
SELECT setval('tracking_event_id', {older});
UPDATE tracking_installation SET day = current_date - 9;
INSERT INTO tracking_publication (day, until, events, lines, public_root, private_root, secret)
SELECT current_date - {days}, now() - interval '{days} days', {older}, 0, sha256('a'), sha256('b'), sha256('c');
INSERT INTO tracking_publishedset (source, day, reach, taken, missing, newest_xid)
VALUES ('event', current_date - {days}, {older}, int8multirange(int8range(1, {older} + 1)), '{{}}', 0),
       ('movement', current_date - {days}, 0, '{{}}', '{{}}', 0);
SET session_replication_role = origin
"""
_A_DAY = """
SET session_replication_role = replica;
INSERT INTO tracking_event (card_id, from_stage, to_stage, at, since, actor, reason, source)
SELECT n, 'RECORDED', 'DEDUPLICATING', now() - interval '{days} days', now() - interval '{days} days', 'source:bench', '', 'bench'
FROM generate_series(1, {n}) n;
SET session_replication_role = origin
"""


def publish_growth() -> Iterator[Row]:
    """A day of 10,000 events, with much history before it and with little; five days of it each."""
    seconds: dict[int, list[float]] = {OLDER: [], FEW_OLDER: []}
    for older in seconds:
        with cluster.cloned(cluster.EMPTY, f"bench_publish_{older}") as database:
            cluster.run(database, *_statements(_PAST.format(cards=A_DAY, older=older, days=6)))
            cluster.calm(database)
            with cluster.using(database):
                for days in range(5, 0, -1):
                    cluster.run(database, *_statements(_A_DAY.format(n=A_DAY, days=days)))
                    seconds[older].append(_publish())
    yield row(
        "publish_growth",
        middle(seconds[OLDER]),
        middle(seconds[FEW_OLDER]),
        "s",
        "≤ 1.2",
        f"{A_DAY} events, after {OLDER} beside {FEW_OLDER}",
    )


def _statements(text: str) -> list[str]:
    return [statement for statement in text.split(";\n") if statement.strip()]


def _publish() -> float:
    from tracking.publication.closing import next_day, publish

    started = time.perf_counter()
    closed = publish(next_day())
    took = time.perf_counter() - started
    if len(closed) != 1:
        raise RuntimeError("one day is closed at a time here")
    return took


def publish_hash() -> Iterator[Row]:
    """The private root over a day's events from their table, beside a bare SHA-256 call for each leaf and node."""
    from tracking.publication.private import Chunks, leaves_into

    ours: list[float] = []
    with cluster.cloned(cluster.EMPTY, "bench_hash") as database:
        cluster.run(database, *_statements(_PAST.format(cards=A_DAY, older=HASHED, days=6)))
        cluster.calm(database)
        with cluster.using(database):
            for _ in range(sizes.REPETITIONS):
                tree = Chunks(bytes(32), bytes(32))
                started = time.perf_counter()
                with transaction.atomic(), connection.cursor() as cursor:
                    leaves_into(tree, cursor, date.today() - timedelta(days=6))
                    root = tree.root()
                ours.append(time.perf_counter() - started)
            if tree.events != HASHED or len(root) != 32:
                raise RuntimeError("not all events were hashed")
    leaf = (
        b"\x00"
        + bytes(32)
        + (
            b'{"at":"2026-11-16 10:00:00.123456+00","card":1234567,"code":null,"corrects":null,"event":12345678,'
            b'"from":"RECORDED","reason":"","since":"2026-11-16 10:00:00.123456+00","to":"DEDUPLICATING"}'
        )
    )
    peer = [_bare(leaf) for _ in range(sizes.REPETITIONS)]
    yield row(
        "publish_hash",
        middle(ours),
        middle(peer),
        "s",
        "≤ 10",
        f"{HASHED} events read, written as JSON and hashed",
    )


def _bare(leaf: bytes) -> float:
    node = b"\x01" + bytes(64)
    started = time.perf_counter()
    for _ in range(HASHED):
        sha256(leaf).digest()
        sha256(node).digest()
    return time.perf_counter() - started


def check_month() -> Iterator[Row]:
    """The checker as anyone starts it, on thirty days of the city's whole queue; peer: the csv module reads all rows."""
    with TemporaryDirectory(dir=settings.VAR_DIR) as folder:
        lines = _month(Path(folder))
        ours, memory = [], 0
        for _ in range(sizes.REPETITIONS):
            said = _child(
                "import sys; sys.path.insert(0, '.'); from tools.check_publication import main; code = main(sys.argv[1:])",
                folder,
            )
            ours.append(said["seconds"])
            memory = max(memory, said["memory"])
        peer = [
            _child(
                "import csv, pathlib, sys\n"
                "for path in sorted(pathlib.Path(sys.argv[1]).rglob('*.csv')):\n"
                "    for row in csv.reader(path.open()): pass\n"
                "code = 0",
                folder,
            )["seconds"]
            for _ in range(sizes.REPETITIONS)
        ]
    yield row(
        "check_month",
        middle(ours),
        middle(peer),
        "s",
        "≤ 10",
        f"{lines} lines of {DAYS} days; at most {memory} MB (goal 100)",
        holds=memory <= 100,
    )


def _child(code: str, folder: str) -> Any:
    """A process of its own: its seconds without the interpreter's start, and the most memory it had."""
    timed = (
        "import json, re, time\nstarted = time.perf_counter()\n"
        f"{code}\n"
        # (getrusage would tell of the process that it was forked from)
        "most = int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) // 1024\n"
        "print(json.dumps({'code': code, 'seconds': time.perf_counter() - started, 'memory': most}))"
    )
    run = subprocess.run(
        [sys.executable, "-c", timed, folder],
        capture_output=True,
        text=True,
        cwd=settings.BASE_DIR,
        check=True,
    )
    said = json.loads(run.stdout.splitlines()[-1])
    if said["code"]:
        raise RuntimeError(run.stdout[:500])
    return said


class _Queue:
    """One kecamatan's log: all numbers enter on the first day; then some are served, held and come back."""

    def __init__(self, numbers: int, chance: Random) -> None:
        self.no = self.front = self.last = 0
        self.numbers, self.chance = numbers, chance

    def day(self, day: str, first: bool) -> tuple[list[str], tuple[int, int, int]]:
        acts: list[tuple[int, str]] = []
        entering = self.numbers if first else self.numbers // 200
        acts += [(self.last + n, "masuk") for n in range(1, entering + 1)]
        self.last += entering
        held = self.chance.sample(range(self.front + 1, self.last + 1), min(50, self.last - self.front))
        acts += [(n, act) for act in ("keluar", "kembali") for n in held]
        served = min(self.numbers // 40, self.last - self.front)
        acts += [(self.front + n, "dicetak") for n in range(1, served + 1)]
        self.front += served
        rows = [f"{self.no + n},{day},A,{number},{act}" for n, (number, act) in enumerate(acts, 1)]
        self.no += len(rows)
        return rows, (self.last, self.last - self.front, served)


def _month(folder: Path) -> int:
    """Write thirty honest days; how many lines they have."""
    from tracking.models import Kecamatan

    with cluster.using(cluster.EMPTY):
        places = list(Kecamatan.objects.order_by("code").values_list("code", "name", "slug"))
        connection.close()
    chance = Random(7)
    queues = {code: _Queue(sizes.QUEUE // len(places), chance) for code, _, _ in places}
    said: list[dict[str, Any]] = []
    lines = 0
    for n in range(DAYS):
        day = str(date(2026, 10, 1) + timedelta(days=n))
        files: dict[str, list[str]] = {name: [] for name in tool.FIXED}
        files["hari"] = [f"{day},{datetime.now(UTC).isoformat()},0,{'ab' * 32}"]
        files["aturan"] = ["2017-01-01,ABC,Aturan"]
        for code, name, slug in places:
            rows, (last, waiting, served) = queues[code].day(day, n == 0)
            files[f"antrean/{slug}"] = rows
            files["antrean"] += [f"{day},{code},{name},A,{last},{waiting},{served},0"]
            files["antrean"] += [f"{day},{code},{name},{letter},0,0,0,0" for letter in "BC"]
            files["progres"].append(f"{day},{code},{name},WAITING_FOR_BLANK,{waiting},0")
        tree = tool.Tree()
        previous = said[-1]["public_root"] if said else None
        tree.add(sha256(b"\x00" + bytes.fromhex(previous or tool.NOTHING)).digest())
        for name, rows in files.items():
            path = folder / day / f"{name}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(["judul", *rows]) + "\n")
            lines += len(rows)
            for line in rows:
                tree.add(sha256(b"\x00" + f"{name},{line}".encode()).digest())
        said.append(
            {
                "date": day,
                "public_root": tree.root().hex(),
                "private_root": "ab" * 32,
                "events": 0,
                "previous": previous,
            }
        )
    (folder / "integritas.json").write_text(json.dumps({"days": said}))
    return lines
