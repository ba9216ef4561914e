"""What a batch does, in the operator's words: outcomes, moves, samples and reasons, with nothing personal."""

import csv
import io
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from tracking.stages import Stage

from ..feed.reasons import Reason
from ..feed.rejects import ADDED
from ..intake import SAMPLES_AN_OUTCOME, rejects_of
from ..models import Batch


@dataclass
class Sample:
    """One row as an example: where it is, and what would change."""

    file: str
    line: int | str
    what: str


@dataclass
class Outcome:
    """How many rows end so, and some of them."""

    name: str
    label: str
    hint: str
    n: int
    samples: list[Sample] = field(default_factory=list)


@dataclass
class Move:
    """How many cards go from one stage to another."""

    origin: str
    target: str
    n: int


@dataclass
class Summary:
    """All that the page shows of a batch that was read."""

    outcomes: list[Outcome]
    moves: list[Move]
    reasons: list[tuple[str, str, int]]  # code, label, how many
    to_apply: int
    rejects_there: bool


def summary(batch: Batch) -> Summary:
    hints = {
        "created": _("Warga atau kartu yang belum ada."),
        "updated": _("Tahap, kode, atau data pribadi berubah."),
        "unchanged": _("Sama seperti yang sudah tercatat; paling-paling tanggalnya baru."),
        "stale": _("Lebih lama daripada yang sudah tercatat; dilewati."),
        "rejected": _("Tidak dapat diterima; lihat sebabnya di bawah."),
    }
    outcomes = [
        Outcome(name, str(Batch._meta.get_field(name).verbose_name), hint, getattr(batch, name))  # type: ignore[union-attr]
        for name, hint in hints.items()
    ]
    several = len(batch.files) > 1
    for outcome in outcomes:
        rows = batch.samples.get(outcome.name, [])[:SAMPLES_AN_OUTCOME]
        outcome.samples = [_sample(batch.files, outcome.name, row, several) for row in rows]
    there = batch.reject_chunks.exists()
    if there:
        outcomes[-1].samples = _refused(batch)
    return Summary(
        outcomes=outcomes,
        moves=[
            Move(_stage(origin) or _("belum ada"), _stage(target), n) for origin, target, n in batch.moves
        ],
        reasons=sorted(
            ((code, _reason(code), n) for code, n in batch.reasons.items()), key=lambda row: (-row[2], row[0])
        ),
        to_apply=batch.created + batch.updated,
        rejects_there=there,
    )


def _sample(files: list[str], outcome: str, row: list[Any], several: bool) -> Sample:
    file_no, line, reason, origin, target, personal = row
    changes = []
    if target:
        changes.append(f"{_stage(origin) or _('kartu baru')} → {_stage(target)}")
    if personal:
        changes.append(_("data pribadi"))
    if reason:
        changes.append(_reason(reason))
    if not changes and outcome == "updated":
        changes.append(_("keterangan pusat"))
    file = files[file_no - 1] if several and file_no <= len(files) else ""
    return Sample(file, line, ", ".join(changes) or "–")


def _refused(batch: Batch) -> list[Sample]:
    """The first refused rows: their place and message, none of their cells."""
    text = next(rejects_of(batch), "")
    rows = csv.reader(io.StringIO(text, newline=""))
    header = next(rows, [])
    several = ADDED[0] in header[-4:-3] and len(batch.files) > 1
    return [
        Sample(row[-4] if several else "", row[-3], row[-1])
        for row in islice(rows, SAMPLES_AN_OUTCOME)
        if len(row) == len(header)
    ]


def _stage(stage: str) -> str:
    return str(Stage(stage).label) if stage in Stage.values else ""


def _reason(code: str) -> str:
    return Reason(code).label if code in set(Reason) else code
