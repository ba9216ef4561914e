"""Fills a database with people and their whole history, set by set, with the triggers off and the counters right.

The people come as rows of a feed, so that a feed about them later says nothing new, and are written by the
superuser in a few statements: a tenth of the time that the door would take, and the same rows.
"""

import csv
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings

from bekasi_ektp import server
from integration.feed import open_feed
from integration.feed.copyformat import COLUMNS, ChunkFile
from tracking.models.queue import BUCKETS_A_SUPERBUCKET, NUMBERS_A_BUCKET
from tracking.stages import CENTRAL_STAGE, LED_BY_LEDGER, Stage

from . import cluster, ledger, people
from .people import Plan

S = Stage
_TO_WAITING = (S.RECORDED, S.DEDUPLICATING, S.WAITING_FOR_BLANK)
_TO_KECAMATAN = (*_TO_WAITING, S.BLANK_ALLOCATED, S.PRINTED, S.AT_KECAMATAN)
HISTORIES = ("tracking/sql/turns.sql", "delivery/sql/history.sql")
"""What the turn log and custody would have said of cards that are there: the same SQL as for an older database."""
# How a card that our own ledger knows came to its stage; HELD and RETURNED with the reason of their last step.
WAYS: dict[str, tuple[tuple[str, ...], str]] = {
    S.RECORDED: ((S.RECORDED,), ""),
    S.DEDUPLICATING: (_TO_WAITING[:2], ""),
    S.HELD: ((*_TO_WAITING[:2], S.HELD), "ADJUDICATE_RECORD"),
    S.WAITING_FOR_BLANK: (_TO_WAITING, ""),
    S.BLANK_ALLOCATED: (_TO_KECAMATAN[:4], ""),
    S.PRINTED: (_TO_KECAMATAN[:5], ""),
    S.AT_KECAMATAN: (_TO_KECAMATAN, ""),
    S.OUT_FOR_DELIVERY: ((*_TO_KECAMATAN, S.OUT_FOR_DELIVERY), ""),
    S.RETURNED: ((*_TO_KECAMATAN, S.OUT_FOR_DELIVERY, S.RETURNED), "not_home"),
    S.DELIVERED: ((*_TO_KECAMATAN, S.OUT_FOR_DELIVERY, S.DELIVERED), ""),
}

_STAGING = f"""
CREATE UNLOGGED TABLE bench_row ({", ".join(f"{name} {kind}" for name, kind in COLUMNS)});
CREATE UNLOGGED TABLE bench_life (id bigint, stage text, outside boolean);
CREATE TABLE bench_way (stage text, n int, of int, from_stage text, to_stage text, reason text);
"""
# Cards are ready on the day that the centre says. Who was served got a blank in the evening of that day, so nobody
# better waited then; who still waits came to us after all of them.
_SINCE = """CASE WHEN w.n > 3 THEN (date_trunc('day', status_lo AT TIME ZONE 'Asia/Jakarta')
    + interval '20 hours' + (w.n - 4) * interval '6 days') AT TIME ZONE 'Asia/Jakarta'
    ELSE status_lo - coalesce(least(w.of, 3) - w.n, 0) * interval '6 days' END"""
_AT = f"{_SINCE} + CASE WHEN w.n = 3 AND l.stage = 'WAITING_FOR_BLANK' THEN interval '200 days' ELSE interval '0' END"
# Row `line` of the file is person line - 2; ids begin after those that are there.
_FILL = f"""
INSERT INTO tracking_citizen (id, nik_index, nik_sealed, name, kelurahan_id, rw, rt, recorded_at, address_sealed,
    address_digest, phone_sealed, phone_digest)
OVERRIDING SYSTEM VALUE
SELECT line - 1, nik_index, nik_sealed, name, kelurahan_id, rw, rt, recorded_at, address_sealed, address_digest,
    phone_sealed, phone_digest
FROM bench_row;
INSERT INTO tracking_centralword (citizen_id, code, central_from, central_until, row_digest, written_digest)
SELECT line - 1, code, status_lo, status_hi, row_digest, written_digest FROM bench_row;
INSERT INTO tracking_card (id, citizen_id, kind, stage, since, code, requested_at, kecamatan_id, ticket_kecamatan_id,
    outside_ledger, outside_confirmed, blocked, token_version, draws)
OVERRIDING SYSTEM VALUE
SELECT line - 1, line - 1, kind, l.stage, {_SINCE}, CASE WHEN w.n IS NULL OR w.n < 4 THEN code END, requested_at,
    kecamatan_id, CASE WHEN NOT outside AND w.n > 2 AND l.stage <> 'HELD' THEN kecamatan_id END,
    outside, false, false, 1, false
FROM bench_row r JOIN bench_life l ON l.id = r.line - 1
LEFT JOIN bench_way w ON w.stage = l.stage AND w.n = w.of AND NOT l.outside;
INSERT INTO tracking_event (card_id, from_stage, to_stage, at, since, code, actor, reason, source)
SELECT line - 1, w.from_stage, coalesce(w.to_stage, l.stage), {_AT}, {_SINCE},
    CASE WHEN w.n IS NULL OR w.n < 4 THEN r.code END,
    'source:bench', coalesce(w.reason, ''), 'batch:bench'
FROM bench_row r JOIN bench_life l ON l.id = r.line - 1
LEFT JOIN bench_way w ON w.stage = l.stage AND NOT l.outside
ORDER BY line, w.n;
INSERT INTO tracking_ticket (card_id, kecamatan_id, letter, number, drawn_at)
SELECT c.id, ticket_kecamatan_id, letter,
    row_number() OVER (PARTITION BY ticket_kecamatan_id, letter ORDER BY e.at, requested_at, c.id), e.at
FROM tracking_card c JOIN tracking_event e ON e.card_id = c.id AND e.to_stage = 'WAITING_FOR_BLANK'
WHERE ticket_kecamatan_id IS NOT NULL;
"""
_COUNT = f"""
UPDATE tracking_stagecount s SET n = c.n
FROM (SELECT place_id, stage, outside_ledger, count(*) AS n FROM tracking_card GROUP BY 1, 2, 3) c
WHERE (s.kecamatan_id, s.stage, s.outside) = (c.place_id, c.stage, c.outside_ledger);
INSERT INTO tracking_queuebucket (kecamatan_id, letter, bucket, waiting_bits, blocked_bits)
SELECT t.kecamatan_id, t.letter, (number - 1) / {NUMBERS_A_BUCKET},
    bit_or(CASE WHEN c.stage = 'WAITING_FOR_BLANK' THEN set_bit(none, (number - 1) % {NUMBERS_A_BUCKET}, 1) ELSE none END),
    B'0'::bit({NUMBERS_A_BUCKET})
FROM tracking_ticket t JOIN tracking_card c ON c.id = t.card_id, (SELECT B'0'::bit({NUMBERS_A_BUCKET}) AS none) z
GROUP BY 1, 2, 3;
INSERT INTO tracking_queuesuperbucket (kecamatan_id, letter, superbucket, waiting)
SELECT kecamatan_id, letter, bucket / {BUCKETS_A_SUPERBUCKET}, sum(waiting) FROM tracking_queuebucket GROUP BY 1, 2, 3;
UPDATE tracking_queuehead h SET last_number = q.last, waiting = q.waiting
FROM (SELECT kecamatan_id, letter, max(number) AS last, count(*) FILTER (WHERE stage = 'WAITING_FOR_BLANK') AS waiting
      FROM (SELECT t.*, c.stage FROM tracking_ticket t JOIN tracking_card c ON c.id = t.card_id) x GROUP BY 1, 2) q
WHERE (h.kecamatan_id, h.letter) = (q.kecamatan_id, q.letter);
INSERT INTO tracking_freshness (id, at) SELECT id, now() FROM tracking_kecamatan ON CONFLICT (id) DO UPDATE SET at = excluded.at;
SELECT setval(pg_get_serial_sequence('tracking_citizen', 'id'), (SELECT max(id) FROM tracking_citizen)),
       setval(pg_get_serial_sequence('tracking_card', 'id'), (SELECT max(id) FROM tracking_card));
DROP TABLE bench_row, bench_life, bench_way;
"""


def kelurahan() -> list[tuple[int, int]]:
    """Number of the kecamatan and last four digits of each kelurahan."""
    path = settings.BASE_DIR / "tracking" / "data" / "kecamatan_kelurahan.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [(int(r["kecamatan_code"][-2:]), int(r["kelurahan_code"][-4:])) for r in csv.DictReader(file)]


def filled(people_in_it: int, plan: Plan) -> str:
    """The name of a template with so many people living by that plan; filled if it is not there yet."""
    code = zlib.crc32(_code_of_schema())
    name = f"bench_{plan.__name__}_{people_in_it}_{code:08x}"
    if not cluster.exists(name):
        for (old,) in cluster.run(
            "postgres",
            f"SELECT datname FROM pg_database WHERE datname LIKE 'bench\\_{plan.__name__}\\_{people_in_it}\\_%'",
        ):
            cluster.drop(old)
        cluster.clone(cluster.EMPTY, "bench_filling")
        fill("bench_filling", people_in_it, plan)
        cluster.run("postgres", f"ALTER DATABASE bench_filling RENAME TO {name}")
    return name


def fill(database: str, people_in_it: int, plan: Plan) -> None:
    """Invent the people and write them."""
    with TemporaryDirectory(dir=settings.VAR_DIR) as folder:
        path = Path(folder) / "people.csv"
        people.write(path, ((i, plan(i).code) for i in range(people_in_it)), _villages_of(plan))
        connection = cluster.connect(database, server.SUPERUSER)
        connection.autocommit = False
        with connection, connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica; SET work_mem = '256MB'")
            cursor.execute(_STAGING)
            feed = open_feed([path])
            cursor.copy_expert(
                "COPY bench_row FROM STDIN (FORMAT binary)", ChunkFile(feed.copy_chunks()), 1 << 18
            )
            cursor.copy_expert(
                "COPY bench_life FROM STDIN", _Lines(_life(i, plan) for i in range(people_in_it))
            )
            for stage, (way, reason) in WAYS.items():
                for n, to_stage in enumerate(way, 1):
                    before, last = way[n - 2] if n > 1 else None, reason if n == len(way) else ""
                    cursor.execute(
                        "INSERT INTO bench_way VALUES (%s, %s, %s, %s, %s, %s)",
                        [stage, n, len(way), before, to_stage, last],
                    )
            cursor.execute("ANALYZE bench_row; ANALYZE bench_life")
            cursor.execute(_FILL)
            cursor.execute("ANALYZE tracking_card; ANALYZE tracking_ticket")
            cursor.execute(_COUNT)
            ledger.fill(cursor)
            for history in HISTORIES:
                cursor.execute((settings.BASE_DIR / history).read_text())
        connection.close()
    cluster.calm(database)


def _villages_of(plan: Plan) -> list[tuple[int, int]]:
    villages = kelurahan()
    if plan is people.waiting_in_one:
        return [village for village in villages if village[0] == villages[0][0]]
    return villages


def _life(i: int, plan: Plan) -> str:
    life = plan(i)
    stage = life.own_stage or CENTRAL_STAGE[life.code]
    outside = not life.own_stage and stage in LED_BY_LEDGER
    return f"{i + 1}\t{stage}\t{'t' if outside else 'f'}\n"


class _Lines:
    """Lines as the file that COPY reads from."""

    def __init__(self, lines: Any) -> None:
        self._lines = lines

    def read(self, size: int = 8192) -> str:
        some: list[str] = []
        for number, line in enumerate(self._lines):
            some.append(line)
            if number == 200:
                break
        return "".join(some)


def _code_of_schema() -> bytes:
    """All that decides what is in a template: a change of it fills a new one."""
    paths = sorted(settings.BASE_DIR.glob("*/migrations/*.py"))
    paths += sorted(settings.BASE_DIR.glob("*/**/sql/*.sql"))
    paths += [Path(people.__file__), Path(ledger.__file__), Path(__file__), settings.VAR_DIR / "demo.env"]
    return b"".join(path.read_bytes() for path in paths)
