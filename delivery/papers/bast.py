"""The BAST, the signed record of a hand-over: what it says is fixed when the hand-over is closed."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from reportlab.graphics.barcode import qr
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.platypus import Flowable, Spacer, Table

from blanks.papers.base import (
    BOLD,
    FONT,
    SMALL,
    WIDTH,
    Signature,
    facts,
    paper,
    signatures,
    tanggal,
    tanggal_terbilang,
    text,
    thousands,
)
from staff.models import User
from tracking.codes import encode

from ..handovers import Leg, Outcome
from ..models import Handover
from ..queries.pieces import NAMED_SERIAL, SERIALS_OF_PIECES

TITLE = "Berita Acara Serah Terima e-KTP"


def content(handover: Handover, *, by: User) -> dict[str, Any]:
    """All that the record of a hand-over that is closed now says, as it is kept."""
    return content_of(handover, _lines(handover), by=by, closed=timezone.now())


def content_of(handover: Handover, lines: list[list[Any]], *, by: User, closed: datetime) -> dict[str, Any]:
    """Parties, list, and the code by which it is checked."""
    giver = _person(handover.released_by)
    taker = (
        {"name": handover.receiver, "position": "Penerima di kantor kelurahan", "nip": ""}
        if handover.leg == Leg.TO_KELURAHAN
        else _as_signed(handover.officer or by)
    )
    return {
        "number": handover.number,
        "closed": timezone.localtime(closed).isoformat(timespec="minutes"),
        "released": handover.released_at and timezone.localtime(handover.released_at).isoformat(timespec="minutes"),
        "from": handover.origin,
        "to": handover.destination,
        "giver": giver,
        "taker": taker,
        "closed_by": str(by),
        "code": handover.check_code,
        "lines": lines,
    }  # fmt: skip


def _lines(handover: Handover) -> list[list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT l.line, l.card_id, coalesce(t.letter || '-' || t.number, ''), {NAMED_SERIAL}, l.outcome
            FROM delivery_handovercard l JOIN delivery_piece p ON p.id = l.piece_id
            LEFT JOIN tracking_ticket t ON t.card_id = l.card_id {SERIALS_OF_PIECES}
            WHERE l.handover_id = %s AND l.outcome <> 'left' ORDER BY l.line""",
            [handover.pk],
        )
        return [[line, encode(card), *rest] for line, card, *rest in cursor.fetchall()]


def _person(actor: str) -> dict[str, str]:
    key = actor.removeprefix("staff:")
    found = User.objects.filter(pk=int(key)).first() if key.isdigit() else None
    return _as_signed(found) if found else {"name": actor, "position": "", "nip": ""}


def _as_signed(user: User) -> dict[str, str]:
    return {"name": str(user), "position": user.position, "nip": user.nip}


def bast(handover: Handover) -> bytes:
    """The PDF of a closed hand-over: the same bytes whenever it is asked for."""
    said: dict[str, Any] = handover.paper or {}
    return paper(TITLE, _parts(said), number=str(said["number"]))


def _parts(said: dict[str, Any]) -> Iterable[Flowable]:
    closed = datetime.fromisoformat(said["closed"])
    counts = counted(said["lines"])
    yield text(
        f"Pada hari ini {tanggal_terbilang(closed.date())}, pukul {closed:%H.%M}, yang bertanda tangan di bawah ini:"
    )
    for order, party, office in (
        ("Pihak Pertama", said["giver"], said["from"]),
        ("Pihak Kedua", said["taker"], said["to"]),
    ):
        yield facts(_party(order, party, office))
    yield text(
        f"Pihak Pertama menyerahkan kepada Pihak Kedua, dan Pihak Kedua memeriksa satu per satu, "
        f"{thousands(len(said['lines']))} e-KTP menurut daftar di bawah ini, dengan hasil:"
    )
    yield facts([(label, thousands(n)) for label, n in counts])
    if said["lines"]:
        yield _list(said["lines"])
    yield text(
        "Kartu yang hilang tetap tanggung jawab Pihak Pertama sampai ditemukan atau dibukukan hilang.", SMALL
    )
    yield text("Demikian berita acara ini dibuat dengan sebenarnya untuk dipergunakan sebagaimana mestinya.")
    yield signatures(
        [
            Signature(f"Pihak Kedua, {said['to']}", *_signed(said["taker"])),
            Signature(f"Pihak Pertama, {said['from']}", *_signed(said["giver"])),
        ],
        place_and_date=f"Bekasi, {tanggal(closed.date())}",
    )
    yield Spacer(1, 12)
    yield text(
        f"Kode periksa: {grouped(said['code'])}. Cocokkan di {settings.SITE_URL}/bast/{said['code']}/", SMALL
    )
    yield _qr(f"{settings.SITE_URL}/bast/{said['code']}/")


def _list(lines: list[list[Any]]) -> Flowable:
    """Plain words in the cells: a list of thousands is laid out in a second."""
    words = {str(one.value): str(one.label) for one in Outcome}
    rows = [(str(line), *rest, words[outcome]) for line, *rest, outcome in lines]
    return Table(
        [("No.", "Kode kartu", "Nomor antrean", "Nomor seri blanko", "Hasil"), *rows],
        colWidths=[WIDTH * share for share in (0.1, 0.2, 0.2, 0.3, 0.2)],
        repeatRows=1,
        spaceBefore=4,
        spaceAfter=8,
        style=[
            ("GRID", (0, 0), (-1, -1), 0.5, colors.HexColor("#6f7c88")),
            ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#f2f5f7")),
            ("FONT", (0, 0), (-1, 0), BOLD, 9),
            ("FONT", (0, 1), (-1, -1), FONT, 9),
            ("ALIGN", (0, 0), (0, -1), "RIGHT"),
        ],
    )


def counted(lines: Iterable[list[Any]]) -> list[tuple[str, int]]:
    """How many of each outcome, all of them named."""
    found = [line[4] for line in lines]
    return [
        (str(Outcome(one).label), found.count(one))
        for one in (Outcome.RECEIVED, Outcome.MISSING, Outcome.DAMAGED)
    ]


def grouped(code: str) -> str:
    """A code as it is read aloud."""
    return "-".join(re.findall("....", code))


def _party(order: str, who: dict[str, str], office: str) -> list[tuple[str, str]]:
    rows = [(order, who["name"]), ("Jabatan", who["position"]), ("NIP", who["nip"]), ("Kantor", office)]
    return [(name, value) for name, value in rows if value]


def _signed(who: dict[str, str]) -> tuple[str, str | None]:
    """Name and NIP; whoever has none signs without it."""
    return who["name"], who["nip"] or None


def _qr(address: str) -> Flowable:
    drawing = Drawing(80, 80)
    drawing.add(qr.QrCodeWidget(address, barWidth=80, barHeight=80, barLevel="M"))
    return drawing  # type: ignore[no-any-return]


def dated(said: dict[str, Any]) -> date:
    """The day of a record."""
    return datetime.fromisoformat(said["closed"]).date()
