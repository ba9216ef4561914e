"""What every paper has: letterhead, text, tables whose head repeats, signatures, page numbers, a date in words.

The same content gives the same bytes: no clock and no chance goes into the file.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from io import BytesIO
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

CITY = "Pemerintah Kota Bekasi"
OFFICE = "Dinas Kependudukan dan Pencatatan Sipil Kota Bekasi"

FONT, BOLD = "Helvetica", "Helvetica-Bold"
TEXT = ParagraphStyle("text", fontName=FONT, fontSize=10, leading=14)
SMALL = ParagraphStyle("small", TEXT, fontSize=8.5, leading=11)
CELL = ParagraphStyle("cell", TEXT, fontSize=9, leading=11.5)
HEAD = ParagraphStyle("head", CELL, fontName=BOLD)
NUMBER = ParagraphStyle("number", CELL, alignment=TA_RIGHT)
CENTRED = ParagraphStyle("centred", TEXT, alignment=TA_CENTER)
TITLE = ParagraphStyle("title", CENTRED, fontName=BOLD, fontSize=13, leading=17, spaceBefore=6)
MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN - 12  # less the padding of the frame, so that tables and text begin on one line


class Signature(NamedTuple):
    """Who signs: in what capacity, name and NIP where they are known (else room for them); no NIP: None."""

    role: str
    name: str = ""
    nip: str | None = ""


def paper(title: str, parts: Iterable[Flowable], *, number: str = "") -> bytes:
    """The file: letterhead, title, its number, then the parts."""
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=14 * mm,
        bottomMargin=18 * mm,
        title=f"{title} {number}".strip(),
        author=OFFICE,
        lang="id",
        invariant=1,
    )
    heading = [*_letterhead(), Paragraph(escape(_capitals(title)), TITLE)]
    if number:
        heading.append(Paragraph(f"Nomor: {escape(number)}", CENTRED))
    footer = f"{title} {number}".strip()
    document.build([*heading, Spacer(1, 5 * mm), *parts], canvasmaker=partial(_Numbered, footer=footer))
    return out.getvalue()


def text(words: str, style: ParagraphStyle = TEXT) -> Flowable:
    """A paragraph; what looks like mark-up in it is text."""
    return Paragraph(escape(words).replace("\n", "<br/>"), ParagraphStyle("spaced", style, spaceAfter=6))


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    widths: Sequence[float] | None = None,
    numbers: Sequence[int] = (),
    least_height: float | None = None,
) -> Flowable:
    """A table whose head repeats on every page. `widths` are shares of the page, `numbers` the columns set right.

    A cell may be a Flowable (a bar code); `least_height` leaves room to write by hand.
    """
    styles = [NUMBER if column in numbers else CELL for column in range(len(head))]
    cells = [[_cell(word, HEAD) for word in head]]
    cells += [[_cell(value, style) for value, style in zip(row, styles, strict=True)] for row in rows]
    shares = widths or [1] * len(head)
    heights = [None] + [least_height] * (len(cells) - 1) if least_height else None
    return Table(
        cells,
        colWidths=[WIDTH * share / sum(shares) for share in shares],
        rowHeights=heights,
        repeatRows=1,
        spaceBefore=4,
        spaceAfter=8,
        style=[
            ("GRID", (0, 0), (-1, -1), 0.5, colors.HexColor("#6f7c88")),
            ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#f2f5f7")),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ],
    )


def facts(rows: Iterable[tuple[str, str]]) -> Flowable:
    """Names and values, one below the other, without lines."""
    cells = [[_cell(name, TEXT), _cell(":", TEXT), _cell(value, TEXT)] for name, value in rows]
    style = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
    style += [(side, (0, 0), (-1, -1), 1) for side in ("TOPPADDING", "BOTTOMPADDING")]
    return Table(cells, colWidths=[WIDTH * 0.3, 4 * mm, WIDTH * 0.7 - 4 * mm], style=style, spaceAfter=6)


def signatures(who: Sequence[Signature], *, place_and_date: str = "") -> Flowable:
    """Room to sign, three side by side, never torn from each other by the end of a page."""
    line = "." * 36
    columns = [
        [
            Paragraph(escape(one.role), CENTRED),
            Spacer(1, 20 * mm),
            Paragraph(escape(one.name or line), CENTRED),
            *([] if one.nip is None else [Paragraph(f"NIP {escape(one.nip) or '.' * 30}", CENTRED)]),
        ]
        for one in who
    ]
    rows = [columns[n : n + 3] for n in range(0, len(columns), 3)]
    blocks = [
        Table([row], colWidths=[WIDTH / len(row)] * len(row), style=[("VALIGN", (0, 0), (-1, -1), "TOP")])
        for row in rows
    ]
    parts: list[Flowable] = [Spacer(1, 8 * mm)]
    if place_and_date:
        parts.append(
            Paragraph(escape(place_and_date), ParagraphStyle("where", TEXT, alignment=TA_RIGHT, spaceAfter=6))
        )
    return KeepTogether([*parts, *blocks])


MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli"),
    *("Agustus", "September", "Oktober", "November", "Desember"),
)
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_WORDS = (
    *("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"),
    *("sepuluh", "sebelas"),
)


def tanggal(day: date) -> str:
    """5 Oktober 2017."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def tanggal_terbilang(day: date) -> str:
    """Kamis tanggal lima bulan Oktober tahun dua ribu tujuh belas, as a signed record has it."""
    words = f"tanggal {terbilang(day.day)} bulan {MONTHS[day.month - 1]} tahun {terbilang(day.year)}"
    return f"{DAYS[day.weekday()]} {words}"


def terbilang(number: int) -> str:
    """A whole number in Indonesian words."""
    if number < 12:
        return _WORDS[number]
    if number < 20:
        return f"{_WORDS[number - 10]} belas"
    for size, name in (
        (10**12, "triliun"),
        (10**9, "miliar"),
        (10**6, "juta"),
        (1000, "ribu"),
        (100, "ratus"),
        (10, "puluh"),
    ):
        if number >= size:
            many, rest = divmod(number, size)
            # one thousand and one hundred have a word of their own
            first = f"se{name}" if many == 1 and size in (100, 1000) else f"{terbilang(many)} {name}"
            return f"{first} {terbilang(rest)}" if rest else first
    raise AssertionError("unreachable")


def thousands(number: int) -> str:
    """98.213."""
    return f"{number:,}".replace(",", ".")


def _capitals(title: str) -> str:
    """A title in capitals; the card's own name is written as everywhere."""
    return title.upper().replace("E-KTP", "e-KTP").replace("KTP-EL", "KTP-el")


def _letterhead() -> list[Flowable]:
    rule = Table(
        [[""]],
        colWidths=[WIDTH],
        rowHeights=[2 * mm],
        style=[("LINEABOVE", (0, 0), (-1, 0), 1.5, colors.black)],
    )
    return [
        Paragraph(CITY.upper(), CENTRED),
        Paragraph(
            f"<b>{OFFICE}</b>", ParagraphStyle("office", CENTRED, fontSize=12, leading=16, spaceAfter=4)
        ),
        rule,
    ]


def _cell(value: Any, style: ParagraphStyle) -> Any:
    return value if isinstance(value, Flowable) else Paragraph(escape(str(value)), style)


class _Numbered(Canvas):  # type: ignore[misc]
    """Pages that say which they are and how many there are, known only at the end."""

    def __init__(self, *args: Any, footer: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._footer = footer
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for page in self._kept:
            self.__dict__.update(page)
            self.setFont(FONT, 8)
            self.drawString(MARGIN, 10 * mm, self._footer)
            self.drawRightString(
                A4[0] - MARGIN, 10 * mm, f"Halaman {self._pageNumber} dari {len(self._kept)}"
            )
            super().showPage()
        super().save()
