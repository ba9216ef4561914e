"""Papers about stock: the sheet to count with, and the record of each document. Made from what is stored alone."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import slugify
from reportlab.platypus import Flowable

from ..ledger import DocumentKind
from ..models import Account, Document
from ..queries.documents import Papers
from ..spans import Span
from .base import (
    CITY,
    OFFICE,
    Signature,
    facts,
    paper,
    signatures,
    table,
    tanggal,
    tanggal_terbilang,
    terbilang,
    text,
    thousands,
)

Kind = DocumentKind
TITLES = {
    Kind.SHIPMENT: "Berita Acara Penerimaan Blanko KTP-el",
    Kind.DIVISION: "Daftar Pembagian Blanko KTP-el",
    Kind.RETURN: "Daftar Penarikan Jatah Blanko KTP-el",
    Kind.COUNT: "Berita Acara Stock Opname Blanko KTP-el",
    Kind.LOSS: "Catatan Blanko KTP-el Rusak atau Hilang",
    Kind.SENDING_BACK: "Berita Acara Pengembalian Blanko KTP-el",
    Kind.DESTRUCTION: "Berita Acara Pemusnahan Blanko KTP-el",
}
SIGNED_BY = {
    Kind.SHIPMENT: ("Yang menyerahkan", "Yang menerima", "Mengetahui"),
    Kind.SENDING_BACK: ("Yang menyerahkan", "Yang menerima", "Mengetahui"),
    Kind.COUNT: ("Yang menghitung", "Mengetahui"),
    Kind.DESTRUCTION: ("Yang memusnahkan", "Mengetahui"),
}
_OPENING = {
    Kind.SHIPMENT: "telah diterima blanko KTP-el dengan rincian sebagai berikut.",
    Kind.COUNT: "telah dihitung fisik blanko KTP-el dengan hasil sebagai berikut.",
    Kind.DESTRUCTION: "telah dimusnahkan {n} ({words}) keping blanko KTP-el rusak yang nomor serinya disebut di bawah ini.",
    Kind.SENDING_BACK: "telah dikembalikan {n} ({words}) keping blanko KTP-el kepada pemasok.",
}


def as_response(content: bytes, name: str) -> HttpResponse:
    """A PDF that opens in the browser."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{slugify(name) or "blanko"}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def count_sheet(accounts: Iterable[Account], at: datetime) -> bytes:
    """To be filled in by hand: what the books say, room for what was counted."""
    rows = [(n, account, thousands(account.balance), "", "", "") for n, account in enumerate(accounts, 1)]
    head = ("No.", "Tempat", "Menurut buku", "Dihitung", "Selisih", "Sebab selisih")
    moment = f"{tanggal(at.date())} pukul {at:%H.%M} WIB"
    return paper(
        "Lembar Hitung Blanko KTP-el",
        [
            text(
                f"Saldo buku per {moment}. Hitung keping yang belum dicetak; yang rusak dihitung tersendiri."
            ),
            table(head, rows, widths=(1, 5, 2.4, 2.4, 2, 5), numbers=(0, 2), least_height=24),
            signatures(
                [Signature("Yang menghitung"), Signature("Saksi"), Signature("Mengetahui")],
                place_and_date="Bekasi, ....................................",
            ),
        ],
    )


def record(papers: Papers) -> bytes:
    """The record of a document, the same bytes whenever it is asked for."""
    document = papers.document
    kind = Kind(document.kind)
    basis = document.basis if isinstance(document.basis, dict) else {}
    parts: list[Flowable] = [text(_opening(document))] if kind in _OPENING else []
    parts.append(facts(_facts(papers, basis)))
    if counts := basis.get("counts"):
        parts.append(_counts(counts))
    if papers.ranges:
        parts += [text("Nomor seri yang diterima:"), _spans(papers.ranges)]
    if papers.lines:
        parts += [text("Mutasi dalam buku blanko:"), _movements(papers)]
    for line in papers.lines:
        if line.named:
            parts += [text(f"Nomor seri: {line.movement.get_cause_display()}"), _spans(line.named)]
    parts.append(_signatures(document, basis))
    return paper(TITLES[kind], parts, number=document.number)


def _opening(document: Document) -> str:
    counted = document.counted or 0
    what = _OPENING[Kind(document.kind)].format(n=thousands(counted), words=terbilang(counted))
    return f"Pada hari ini, {tanggal_terbilang(document.dated)}, di {OFFICE}, {CITY}, {what}"


def _facts(papers: Papers, basis: dict[str, Any]) -> list[tuple[str, str]]:
    document = papers.document
    at = timezone.localtime(document.at)
    rows = [("Tanggal dokumen", tanggal(document.dated))]
    if document.kind == Kind.SHIPMENT and document.on_paper is not None and document.counted is not None:
        rows += [
            ("Menurut surat jalan", f"{thousands(document.on_paper)} keping"),
            ("Dihitung", f"{thousands(document.counted)} keping"),
            ("Selisih", f"{_signed(document.counted - document.on_paper)} keping"),
            ("Rusak", f"{thousands(papers.spoiled)} keping"),
        ]
    elif document.counted is not None and document.kind != Kind.COUNT:
        rows.append(("Jumlah", f"{thousands(document.counted)} keping"))
    if where := basis.get("where"):
        rows.append(("Tempat", where))
    if document.why:
        rows.append(("Cara pemusnahan" if document.kind == Kind.DESTRUCTION else "Sebab", document.why))
    rows.append(("Dicatat", f"{tanggal(at.date())} pukul {at:%H.%M} WIB, dokumen {document.pk}"))
    return rows


def _counts(counts: Sequence[dict[str, Any]]) -> Flowable:
    rows = [
        (
            n,
            one["account"],
            thousands(one["book"]),
            thousands(one["counted"]),
            _signed(one["counted"] - one["book"]),
            one["why"],
        )
        for n, one in enumerate(counts, 1)
    ]
    head = ("No.", "Tempat", "Menurut buku", "Dihitung", "Selisih", "Sebab selisih")
    return table(head, rows, widths=(1, 5, 2.4, 2.4, 2, 5), numbers=(0, 2, 3, 4))


def _movements(papers: Papers) -> Flowable:
    moves = [line.movement for line in papers.lines]
    rows = [
        (n, m.get_cause_display(), m.from_account, m.to_account, thousands(m.quantity))
        for n, m in enumerate(moves, 1)
    ]
    return table(("No.", "Sebab", "Dari", "Ke", "Keping"), rows, widths=(1, 4.5, 4, 4, 2), numbers=(0, 4))


def _spans(spans: Sequence[Span]) -> Flowable:
    rows = [(n, str(span), thousands(span.quantity)) for n, span in enumerate(spans, 1)]
    return table(("No.", "Nomor seri", "Keping"), rows, widths=(1, 10, 2), numbers=(0, 2))


def _signatures(document: Document, basis: dict[str, Any]) -> Flowable:
    roles = SIGNED_BY.get(Kind(document.kind), ("Yang mencatat", "Mengetahui"))
    who = [Signature(role) for role in roles]
    if document.kind != Kind.SHIPMENT and basis.get("by"):
        who[0] = Signature(roles[0], basis["by"])
    witnesses = [Signature(f"Saksi {n}", name) for n, name in enumerate(basis.get("witnesses", ()), 1)]
    if document.kind == Kind.DESTRUCTION and not witnesses:
        witnesses = [Signature("Saksi 1"), Signature("Saksi 2")]
    who[1:1] = witnesses
    return signatures(who, place_and_date=f"Bekasi, {tanggal(document.dated)}")


def _signed(number: int) -> str:
    return f"{'+' if number > 0 else '-' if number < 0 else ''}{thousands(abs(number))}"
