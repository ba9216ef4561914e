"""The print sheet of a batch: what goes to the printer's desk. Queue number, name, the card's code; never a NIK."""

from collections.abc import Sequence

from django.utils import timezone

from tracking.codes import encode

from ..models import PrintBatch
from ..queries.printing import SheetLine
from . import bars
from .base import facts, paper, table, tanggal, text


def sheet(batch: PrintBatch, lines: Sequence[SheetLine]) -> bytes:
    """The PDF; each row has room for the serial of its blank."""
    rows = (
        [
            line.line,
            f"{line.number} *" if line.exception else line.number,
            line.name,
            bars.drawn(code),
            code,
            "",
        ]
        for line in lines
        for code in [encode(line.card_id)]
    )
    at = timezone.localtime(batch.at)
    parts = [
        facts(
            [
                ("Kecamatan", str(batch.kecamatan)),
                ("Dibuat", f"{tanggal(at.date())}, pukul {at:%H.%M}"),
                ("Kartu di lembar ini", f"{len(lines)} dari {batch.size}"),
            ]
        ),
        table(
            ["No.", "Antrean", "Nama", "Kode kartu", "", "Seri blanko"],
            rows,
            widths=[6, 11, 20, 22, 15, 22],
            numbers=[0],
            least_height=34,
        ),
    ]
    if any(line.exception for line in lines):
        parts.append(text("* didahulukan dengan pengecualian yang diumumkan"))
    return paper("Lembar cetak", parts, number=f"Tumpukan {batch.pk}")
