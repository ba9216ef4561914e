"""Whichever door a feed comes through, the same becomes of it: one table over API, folder, admin and command."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integration import dropfolder
from integration.intake import rejects_of
from integration.models import Batch, Token
from tests.integration.admin.uploading import confirm, previewed, work
from tests.integration.feeds import BUDI, DEWI, as_csv, row, said
from tests.integration.feeds import send as by_command
from tests.staff.cast import as_
from tracking.models import Block, Card, Event

from .partner import Partner

pytestmark = pytest.mark.usefixtures("committed")
FEB, MAR, APR = "2017-02-01 09:00:00", "2017-03-01 09:00:00", "2017-04-01 09:00:00"
Rows = list[dict[str, str]]

# name: files one after another, and what becomes of the last: created, updated, unchanged, stale, rejected with its reasons
TABLE: dict[str, tuple[list[Rows], tuple[int, ...], dict[str, int]]] = {
    "new": ([[row(), row(NIK=BUDI)]], (2, 0, 0, 0, 0), {}),
    "again": ([[row()], [row()]], (0, 0, 1, 0, 0), {}),
    "a step": ([[said("BIO_CAPTURED", FEB)], [said("PRINT_READY_RECORD", MAR)]], (0, 1, 0, 0, 0), {}),
    "older": ([[said("PRINT_READY_RECORD", MAR)], [said("BIO_CAPTURED", FEB)]], (0, 0, 0, 1, 0), {}),
    "moved": ([[row()], [row(NO_KEL="1002")]], (0, 1, 0, 0, 0), {}),
    "twice in one": ([[said("BIO_CAPTURED", FEB), said("PRINT_READY_RECORD", MAR)]], (1, 0, 0, 1, 0), {}),
    "printed elsewhere": (
        [[said("PRINT_READY_RECORD", FEB)], [said("CARD_PRINTED", MAR)]], (0, 0, 0, 0, 1), {"printed_elsewhere": 1}),
    "another regency": (
        [[row()], [said("PRINT_READY_RECORD", MAR, NO_KEC="32.73.01")]], (0, 0, 0, 0, 1), {"region_unknown": 1}),
    "no step": (
        [[said("PRINT_READY_RECORD", FEB)], [said("BIO_CAPTURED", APR)]], (0, 0, 0, 0, 1), {"illegal_transition": 1}),
    "all wrong": (
        [[row(NIK="3,27501E+15"), row(NAMA_LGKP=""), row(NIK=BUDI, NO_RT="xx"), row(NIK=DEWI, TGL_STATUS="2099-01-01")]],
        (0, 0, 0, 0, 4), {"nik_invalid": 1, "name_missing": 1, "rt_rw_invalid": 1, "date_in_future": 1}),
    "good beside bad": ([[row(), row(NIK="1"), row(NIK=BUDI, JENIS="X")]], (1, 0, 0, 0, 2),
        {"nik_invalid": 1, "kind_unknown": 1}),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path: Path) -> None:
    settings.DROP_FOLDER = str(tmp_path / "drop")
    (tmp_path / "drop" / "siak").mkdir(parents=True)


def through_the_command(rows: Rows, settings: Any) -> dict[str, Any]:
    return by_command(*rows)


def through_the_api(rows: Rows, settings: Any) -> dict[str, Any]:
    Token.objects.update(slot=None)  # each file of a case with a token of its own
    said: dict[str, Any] = Partner.made().send(*rows).json()
    return said


def through_ndjson(rows: Rows, settings: Any) -> dict[str, Any]:
    Token.objects.update(slot=None)
    said: dict[str, Any] = Partner.made().send_lines(*rows).json()
    return said


def through_the_folder(rows: Rows, settings: Any) -> dict[str, Any]:
    before = set(Path(settings.DROP_FOLDER).rglob("*.laporan.json"))
    file = Path(settings.DROP_FOLDER) / "siak" / "harian.csv"
    file.write_text(as_csv(*rows))
    Path(f"{file}.done").touch()
    assert dropfolder.look() == 1
    (report,) = set(Path(settings.DROP_FOLDER).rglob("*.laporan.json")) - before
    said: dict[str, Any] = json.loads(report.read_text())
    return {key: value for key, value in said.items() if key not in ("state", "message", "again")}


def through_the_admin(rows: Rows, settings: Any) -> dict[str, Any]:
    client = as_("operator")
    batch = previewed(client, *rows)
    confirm(client, batch)
    work()
    return Batch.objects.get(pk=batch.pk).summary()


Door = Callable[[Rows, Any], dict[str, Any]]
DOORS: dict[str, Door] = {
    "command": through_the_command,
    "api": through_the_api,
    "ndjson": through_ndjson,
    "folder": through_the_folder,
    "admin": through_the_admin,
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("case", TABLE)
def test_the_same_becomes_of_it(door: str, case: str, settings) -> None:
    if door == "folder" and case == "again":
        pytest.skip("the same file again is known there and not read")
    files, expected, reasons = TABLE[case]
    for rows in files:
        summary = DOORS[door](rows, settings)
    names = ("created", "updated", "unchanged", "stale", "rejected")
    assert tuple(summary[name] for name in names) == expected
    assert (summary["read"], summary["reasons"]) == (len(files[-1]), reasons)
    assert set(summary) == {"batch", "source", "read", *names, "seconds", "reasons"}
    batch = Batch.objects.get(pk=summary["batch"])
    assert batch.state == "applied"
    assert _reasons(batch) == sorted(code for code, n in reasons.items() for _ in range(n))
    assert Block.objects.count() == (1 if case in ("printed elsewhere", "another regency") else 0)
    assert Event.objects.filter(source=f"batch:{batch.pk}").count() == _moved(case, expected)
    assert Card.objects.count() <= 2


def _reasons(batch: Batch) -> list[str]:
    """Of the rejects as they come back."""
    rows = list(csv.DictReader(io.StringIO("".join(rejects_of(batch)), newline="")))
    return sorted(row["REASON"] for row in rows)


def _moved(case: str, expected: tuple[int, ...]) -> int:
    return expected[0] + (1 if case == "a step" else 0)
