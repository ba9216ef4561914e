"""What the printer made of a batch: card by card, all at once, or from the printer's file."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from staff.models import User
from tracking.actions.steps import SOURCE
from tracking.actor import acting
from tracking.refusals import going_again

from .. import serials
from ..ledger import Outcome
from ..locks import be_patient
from ..models import PrintBatch, Reject, Series
from ..models.serial import on_one_line
from ..refusals import NotEnough, NotThere

_DAMAGED = re.compile(
    r"[0-9]+([.,][0-9]+)?E\+[0-9]+|[0-9]+[.,]0", re.IGNORECASE
)  # 1,23E+17, by a spreadsheet


class Fault(TextChoices):
    """Why a result is not booked; its card stays open."""

    NOT_IN_BATCH = "not_in_batch", _("kartu ini tidak ada di tumpukan")
    OUTCOME_UNKNOWN = "outcome_unknown", _("hasil tidak dikenal")
    SERIAL_INVALID = "serial_invalid", _("nomor seri tidak terbaca")
    SERIAL_DAMAGED = "serial_damaged", _("nomor seri dirusak spreadsheet; ekspor kolomnya sebagai teks")
    SERIAL_MISSING = "serial_missing", _("nomor seri belum diisi")
    SERIAL_NOT_RECEIVED = "never_received", _("nomor seri tidak ada di kiriman mana pun")
    SERIAL_USED = "serial_used", _("nomor seri sudah dipakai atau dipindah")
    SERIAL_TWICE = "serial_twice", _("nomor seri dua kali di kiriman ini")
    CARD_TWICE = "card_twice", _("kartu dua kali di kiriman ini")
    NO_BLANK_LEFT = (
        "no_blank_left",
        _("kartu sudah keluar dari tumpukan, dan tidak ada blanko di jatah maupun gudang"),
    )


def fault(reason: str) -> str:
    """A reason for a person."""
    return str(Fault(reason).label) if reason in Fault.values else reason


@dataclass(frozen=True)
class Line:
    """One result as it was typed or read. `card` is its line in the batch, its code or its queue number."""

    card_id: int | None
    outcome: str
    serial: str = ""
    line: int | None = None
    card: str = ""


@dataclass
class Recorded:
    """What became of the results, each line in one of: booked, known before, late (the card had left), refused.

    A late one is booked too, but moves no card.
    """

    booked: int = 0
    unchanged: int = 0
    late: int = 0
    rejects: list[tuple[Line, str]] = field(default_factory=list)

    @property
    def reasons(self) -> dict[str, int]:
        return dict(Counter(reason for _line, reason in self.rejects))


def record(
    batch: PrintBatch, card_id: int, outcome: str, serial: str = "", *, by: User | str, card: str = ""
) -> Recorded:
    """The result of one card; `card` is how it was named, for the list of what was refused."""
    return record_lines(batch, [Line(card_id, outcome, serial, card=card)], by=by)


@going_again(NotEnough, NotThere)  # a blank was taken, or its serial named, a moment ago: it is decided anew
def record_lines(
    batch: PrintBatch,
    lines: Sequence[Line],
    *,
    by: User | str,
    source: str = SOURCE,
    keep_rejects: bool = True,
) -> Recorded:
    """Book results, good ones together in one statement; what does not fit is listed with its reason, card open."""
    with acting(by=by, source=source), connection.cursor() as cursor:
        be_patient()
        recorded = Recorded()
        good = list(_read(lines, recorded))
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS printed_now (n int, card_id bigint, outcome text, series_id smallint, number bigint)"
            " ON COMMIT DELETE ROWS"
        )
        cursor.execute("DELETE FROM printed_now")
        cursor.execute(
            "INSERT INTO printed_now SELECT * FROM unnest(%s::int[], %s::bigint[], %s::text[], %s::smallint[], %s::bigint[])",
            [list(column) for column in zip(*good, strict=True)] if good else [[], [], [], [], []],
        )
        # as the trigger will: cards are held in one order, so that what is decided here is still so there
        cursor.execute(
            "SELECT FROM tracking_card WHERE id IN (SELECT card_id FROM printed_now) ORDER BY id FOR NO KEY UPDATE"
        )
        cursor.execute(_DECIDE, {"batch": batch.pk, "not_printed": Outcome.NOT_PRINTED})
        for n, verdict in cursor.fetchall():
            if verdict == "unchanged":
                recorded.unchanged += 1
            elif verdict == "booked":
                recorded.booked += 1
            elif verdict == "late":
                recorded.late += 1
            else:
                recorded.rejects.append((lines[n], verdict))
        if keep_rejects:
            Reject.objects.bulk_create(_reject(batch, line, reason) for line, reason in recorded.rejects)
        return recorded


def _reject(batch: PrintBatch, line: Line, reason: str) -> Reject:
    card, serial, outcome = (text.replace("\0", "\ufffd") for text in (line.card, line.serial, line.outcome))
    return Reject(
        batch=batch,
        card_id=line.card_id,
        line=line.line,
        card=card[:40],
        serial=serial[:60],
        outcome=outcome[:40],
        reason=reason,
    )


def _read(
    lines: Sequence[Line], recorded: Recorded
) -> Iterable[tuple[int, int, str, int | None, int | None]]:
    """The results that can be booked as far as they themselves say, for the database to look at."""
    seen_cards: set[int] = set()
    seen_serials: set[tuple[int, int]] = set()
    series = dict(Series.objects.values_list("prefix", "id"))
    for n, line in enumerate(lines):
        wrong, key = _key(line, series)
        if line.card_id is None:
            wrong = Fault.NOT_IN_BATCH
        elif line.outcome not in Outcome.values:
            wrong = Fault.OUTCOME_UNKNOWN
        elif not wrong and line.card_id in seen_cards:
            wrong = Fault.CARD_TWICE
        elif not wrong and key and key in seen_serials:
            wrong = Fault.SERIAL_TWICE
        if wrong or line.card_id is None:
            recorded.rejects.append((line, str(wrong)))
            continue
        seen_cards.add(line.card_id)
        if key:
            seen_serials.add(key)
        yield n, line.card_id, line.outcome, *(key or (None, None))


def _key(line: Line, series: dict[str, int]) -> tuple[Fault | None, tuple[int, int] | None]:
    """The serial that a result names, or what is wrong with it; what was not printed has none."""
    if line.outcome == Outcome.NOT_PRINTED:
        return None, None
    if not line.serial.strip():
        return Fault.SERIAL_MISSING, None
    if _DAMAGED.fullmatch(line.serial.strip()):
        return Fault.SERIAL_DAMAGED, None
    try:
        found = serials.read(line.serial)
    except serials.NoSerial:
        return Fault.SERIAL_INVALID, None
    if found.prefix not in series:
        return Fault.SERIAL_NOT_RECEIVED, None
    return None, (series[found.prefix], found.number)


# The first thing that is wrong with each result, or what it does; the good ones are inserted, which moves the cards.
_DECIDE = f"""
WITH decided AS MATERIALIZED (
    SELECT p.*, CASE
        WHEN b.card_id IS NULL THEN 'not_in_batch'
        WHEN said.id IS NOT NULL AND said.outcome = p.outcome AND (said.series_id, said.number)
             IS NOT DISTINCT FROM (p.series_id, p.number) AND NOT b.open THEN 'unchanged'
        WHEN NOT b.open AND p.outcome = %(not_printed)s THEN 'unchanged'
        WHEN p.number IS NOT NULL AND NOT EXISTS (
            SELECT FROM blanks_range r
            WHERE r.span @> ({on_one_line("p.series_id", "p.number")})) THEN 'never_received'
        WHEN s.place <> 'free' THEN 'serial_used'
        WHEN NOT b.open THEN 'late'
        ELSE 'booked' END AS verdict
    FROM printed_now p
    LEFT JOIN blanks_batchcard b ON b.batch_id = %(batch)s AND b.card_id = p.card_id
    LEFT JOIN LATERAL (
        SELECT r.* FROM blanks_result r WHERE r.batch_id = %(batch)s AND r.card_id = p.card_id
        ORDER BY r.id DESC LIMIT 1) said ON true
    LEFT JOIN blanks_serial s ON s.series_id = p.series_id AND s.number = p.number
), covered AS MATERIALIZED (
    SELECT d.n, d.card_id, d.outcome, d.series_id, d.number,
        CASE WHEN d.verdict = 'late' AND row_number() OVER (PARTITION BY d.verdict ORDER BY d.n) > (
            SELECT sum(a.balance) FROM blanks_account a JOIN blanks_printbatch p ON p.id = %(batch)s
            WHERE a.id IN (2, 100 + p.kecamatan_id)) THEN 'no_blank_left' ELSE d.verdict END AS verdict
    FROM decided d
), booked AS (
    INSERT INTO blanks_result (batch_id, card_id, outcome, series_id, number)
    SELECT %(batch)s, card_id, outcome, series_id, number FROM covered WHERE verdict IN ('booked', 'late') ORDER BY card_id
)
SELECT n, verdict FROM covered ORDER BY n
"""


def consecutive(
    cards: Sequence[tuple[int, int, str]],
    first: serials.SerialText,
    exceptions: dict[int, str],
    gaps: Sequence[int],
) -> list[Line]:
    """Results of cards (line, card, number) that were printed one after the other on consecutive serials.

    `exceptions` are lines with another outcome than printed: a misprint has used its serial, what was not
    printed none. `gaps` are numbers of the stack that no card is on.
    """
    missing = set(gaps)
    found, number = [], first.number
    for line, card_id, name in cards:
        outcome = exceptions.get(line, Outcome.PRINTED)
        serial = ""
        if outcome != Outcome.NOT_PRINTED:
            while number in missing:
                number += 1
            serial, number = f"{first.prefix}{number:0{first.width}}", number + 1
        found.append(Line(card_id, outcome, serial, line=line, card=name))
    return found
