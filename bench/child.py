"""What is measured in a process of its own: `python -m bench.child VERB ARGUMENT…`; prints one JSON object."""

import io
import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django

django.setup()


def upsert(path: str) -> dict[str, Any]:
    """The bare peer of an import: COPY into a temporary table, and one upsert."""
    from django.db import connection

    started = time.perf_counter()
    with connection.cursor() as cursor, open(path, "rb") as file:
        cursor.execute("BEGIN")
        cursor.execute("CREATE TEMP TABLE arrived (LIKE peer_plain INCLUDING DEFAULTS) ON COMMIT DROP")
        cursor.copy_expert("COPY arrived FROM STDIN (FORMAT csv, HEADER)", file, 1 << 18)
        cursor.execute(UPSERT)
        cursor.execute("COMMIT")
    return {"seconds": time.perf_counter() - started}


# The names of the feed, so that the file goes in as it is.
PLAIN_TABLE = """
CREATE TABLE IF NOT EXISTS peer_plain (nik char(16) PRIMARY KEY, nama_lgkp text, no_kec smallint, no_kel smallint, no_rw smallint,
    no_rt smallint, current_status_code text, tgl_status timestamptz, tgl_rekam timestamptz,
    tgl_permohonan timestamptz, jenis text, alamat text, no_hp text)
"""
UPSERT = """
INSERT INTO peer_plain SELECT * FROM arrived
ON CONFLICT (nik) DO UPDATE SET nama_lgkp = excluded.nama_lgkp, no_kec = excluded.no_kec, no_kel = excluded.no_kel,
    no_rw = excluded.no_rw, no_rt = excluded.no_rt, current_status_code = excluded.current_status_code,
    tgl_status = excluded.tgl_status, tgl_rekam = excluded.tgl_rekam, tgl_permohonan = excluded.tgl_permohonan,
    jenis = excluded.jenis, alamat = excluded.alamat, no_hp = excluded.no_hp
"""


def take_in(path: str) -> dict[str, Any]:
    """import_cards, timed without the start of its process."""
    from django.core.management import call_command
    from django.db import connection

    connection.ensure_connection()
    said = io.StringIO()
    started = time.perf_counter()
    with redirect_stdout(io.StringIO()):
        call_command("import_cards", path, "--source", "bench", "--json", stdout=said)
    return {"seconds": time.perf_counter() - started, "summary": json.loads(said.getvalue())}


def wait_and_take_in(path: str) -> dict[str, Any]:
    """The same after a word on standard input, so that the idle process can be looked at."""
    from django.core.management import load_command_class
    from django.db import connection

    load_command_class("integration", "import_cards")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    print("ready", flush=True)
    sys.stdin.readline()
    summary: dict[str, Any] = take_in(path)["summary"]
    return summary


def import_export(path: str, loader: str) -> dict[str, Any]:
    """django-import-export, timed without the start of its process; with the `cached` loader nothing is kept."""
    import tablib
    from django.db import connection, transaction

    from .resource import CachedCardResource, CardResource

    connection.ensure_connection()
    resource = CachedCardResource() if loader == "cached" else CardResource()
    started = time.perf_counter()
    with open(path, encoding="utf-8") as file:
        dataset = tablib.Dataset().load(file.read(), format="csv")
    with transaction.atomic():
        result = resource.import_data(dataset, raise_errors=True)
        transaction.set_rollback(loader == "cached")
    return {"seconds": time.perf_counter() - started, "totals": result.totals}


def save(first: str, count: str) -> dict[str, Any]:
    """Cards that a loop moves one by one, in one transaction, with the door's guarantees."""
    from django.utils import timezone

    from tracking.actor import acting
    from tracking.models import Card

    ids = range(int(first), int(first) + int(count))
    cards = list(Card.objects.filter(pk__in=ids).order_by("pk"))
    started = time.perf_counter()
    with acting(by="source:bench", source="bench"):
        for card in cards:
            card.stage, card.code, card.since = "HELD", "ADJUDICATE_RECORD", timezone.now()
            card.save(update_fields=["stage", "code", "since"])
    return {"seconds": time.perf_counter() - started, "cards": len(cards)}


def ask_staff(count: str) -> dict[str, Any]:
    """Pages of the admin as a supervisor gets them, through the whole site without its sockets: seconds each."""
    from .staff_pages import asked

    return asked(int(count))


def work_ledger(number: str, start: str, seconds: str) -> dict[str, Any]:
    """One who divides, prints and records in turns, until the time is over: transactions, and what went wrong."""
    from random import Random

    from blanks.actions import Line, divide, print_batch, record_lines
    from blanks.actions.printing import NoBlanks, NobodyWaits
    from blanks.models import Range
    from tracking.refusals import Refused

    by, chance, done = f"source:worker-{number}", Random(number), 0
    first = Range.objects.get(series_id=1).first + int(number) * 20_000
    troubles: list[str] = []
    batch = None
    time.sleep(max(float(start) - time.time(), 0))
    end = time.monotonic() + float(seconds)
    serial = first + int(time.time()) % 1000 * 20
    while time.monotonic() < end:
        try:
            if batch is not None:
                cards = list(batch.cards.filter(open=True).values_list("card_id", flat=True))
                lines = []
                for card in cards:
                    serial += 1
                    lines.append(
                        Line(card, chance.choice(["printed"] * 8 + ["misprint", "not_printed"]), str(serial))
                    )
                record_lines(batch, lines, by=by, source="bench", keep_rejects=False)
                batch = None
            elif chance.random() < 0.2:
                divide(chance.randint(12, 60), by=by, strategy="proportional", source="bench")
            else:
                batch = print_batch(chance.randint(1, 12), size=chance.randint(1, 5), by=by, source="bench")
            done += 1
        except (NoBlanks, NobodyWaits):
            try:
                divide(60, by=by, strategy="proportional", source="bench")
                done += 1
            except Refused as refused:
                troubles.append(type(refused).__name__)
        except Refused as refused:
            troubles.append(type(refused).__name__)
            batch = None
    return {"done": done, "troubles": troubles}


VERBS: dict[str, Callable[..., dict[str, Any]]] = {
    "upsert": upsert,
    "take_in": take_in,
    "wait_and_take_in": wait_and_take_in,
    "ask_staff": ask_staff,
    "import_export": import_export,
    "save": save,
    "work_ledger": work_ledger,
}

if __name__ == "__main__":
    print(json.dumps(VERBS[sys.argv[1]](*sys.argv[2:])))
