"""Feed files for tests, and sending them through the command as the office does."""

import csv
import io
import json
import tempfile
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

from tracking import nik
from tracking.models import Card, Citizen

SITI = "3275014107900001"
BUDI = "3275010203850002"
DEWI = "3275024512950003"


def row(**given: Any) -> dict[str, str]:
    """One good row about Siti, recorded in January; whatever is given is different."""
    return {
        "NIK": SITI,
        "NAMA_LGKP": "SITI AMINAH",
        "NO_KEC": "01",
        "NO_KEL": "1001",
        "NO_RW": "003",
        "NO_RT": "007",
        "CURRENT_STATUS_CODE": "BIO_CAPTURED",
        "TGL_STATUS": "2017-02-01 09:00:00",
        "TGL_REKAM": "2017-01-10 08:00:00",
        **{key: str(value) for key, value in given.items()},
    }


def said(code: str, at: str = "2017-02-01 09:00:00", **given: Any) -> dict[str, str]:
    """A row in which the centre says this code of that time."""
    return row(CURRENT_STATUS_CODE=code, TGL_STATUS=at, **given)


def as_csv(*rows: dict[str, str]) -> str:
    text = io.StringIO()
    names = list(dict.fromkeys(name for one in rows for name in one))
    writer = csv.DictWriter(text, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def send(*rows: dict[str, str], dry_run: bool = False, rejects: Path | None = None) -> dict[str, Any]:
    """Import these rows as one file and settle at once; the summary."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8", newline="") as file:
        file.write(as_csv(*rows))
        file.flush()
        return send_files(file.name, dry_run=dry_run, rejects=rejects)


def send_files(*paths: str, dry_run: bool = False, rejects: Path | None = None) -> dict[str, Any]:
    out = io.StringIO()
    call_command(
        "import_cards",
        *paths,
        source="siak",
        json=True,
        dry_run=dry_run,
        rejects=str(rejects) if rejects else None,
        stdout=out,
    )
    with connection.cursor() as cursor:  # a test's transaction never commits, so settle as a commit would
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    summary: dict[str, Any] = json.loads(out.getvalue())
    return summary


def outcomes(summary: dict[str, Any]) -> dict[str, int]:
    """The outcomes that came up."""
    names = ("created", "updated", "unchanged", "stale", "rejected")
    found = {name: summary[name] for name in names if summary[name]}
    assert sum(found.values()) == summary["read"]
    return found


def citizen(number: str = SITI) -> Citizen:
    return Citizen.objects.get(nik_index__in=nik.indexes(number))


def card(number: str = SITI) -> Card:
    """The newest card."""
    return citizen(number).cards.order_by("-id")[0]
