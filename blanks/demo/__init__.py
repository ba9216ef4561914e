"""The demo's ledger of blanks, made from what its cards went through: shipments, divisions, batches, serials.

First what each kecamatan needed at each round of printing (a few hundred figures, reckoned here), then the
papers behind it, then every batch, serial and movement, set by set in the database.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connections, transaction
from psycopg2.extras import Json

from tracking.models import Kecamatan
from tracking.seed import plan, staff
from tracking.seed.clock import INSTALLED, SHORTAGE, Clock

from ..division import Strategy, largest_remainder
from ..ledger import ACCOUNT, QUOTAS, Cause, DocumentKind, Place
from .ledger import Ledger

SQL = Path(__file__).parent.parent / "sql"
WRITTEN = (
    "account", "document", "movement", "range", "serial", "serialmove", "printbatch", "batchcard", "result", "priority",
)  # fmt: skip
STOCK = 900
"""Blanks left in store and quotas of the whole city; a smaller demo has its share, but something to try."""
LEAST_STOCK = 24
IN_QUOTAS = 0.4
BETWEEN_ROUNDS = timedelta(days=2.5)
ROUNDS_A_SHIPMENT = 4
SHORT, DAMAGED, SENT_BACK = 1, 2, 4
"""Which shipments came short or damaged, and of which the damaged were sent back."""
SERIALS_APART = 10_000_000
WIDTH = 10
DESTROYED_ON, COUNTED_ON = -60, -20
LETTERS = "ABC"
S, Q = ACCOUNT[Place.STORE], QUOTAS
SUPPLIER, SPOILED, LOST = ACCOUNT[Place.SUPPLIER], ACCOUNT[Place.SPOILED], ACCOUNT[Place.LOST]


class Use(NamedTuple):
    """How many blanks a kecamatan took or gave back at a moment."""

    at: datetime
    kecamatan: int
    took: int
    gave_back: int


@dataclass
class Round:
    """One division, and the prints that it was for."""

    at: datetime
    uses: list[Use]
    quotas: dict[int, int] = field(default_factory=dict)  # before
    gets: dict[int, int] = field(default_factory=dict)
    waiting: dict[int, int] = field(default_factory=dict)
    store: int = 0


class Shipment(NamedTuple):
    """What came, of which so many were damaged or missing."""

    at: datetime
    good: int
    damaged: int
    short: int
    first: int


def blanks_of_cards(cards: int, *, today: date) -> None:
    """Write the whole ledger anew, for the cards that are there. Asks for the owner's role."""
    clock = Clock(today)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as wrapped:
        cursor = wrapped.cursor  # psycopg2's own: many rows a statement
        for table in WRITTEN:
            cursor.execute(f"ALTER TABLE blanks_{table} DISABLE TRIGGER USER")
        cursor.execute((SQL / "demo_steps.sql").read_text())
        ledger = Ledger(cursor, clock, staff.actors())
        _papers(ledger, max(LEAST_STOCK, STOCK * cards // plan.CITY))
        cursor.execute(
            (SQL / "demo_ledger.sql").read_text(),
            {
                "series": ledger.series,
                "supervisor": ledger.actors["supervisor"],
                "shortage": ledger.moment(SHORTAGE + 3, 0),
                "yesterday": ledger.moment(-1, 14.2),
                "destroyed": ledger.moment(DESTROYED_ON - 15, 0),
                "health": "Operasi di rumah sakit, kartu diminta untuk jaminan kesehatan",
                "travel": "Berangkat umrah bulan ini, paspor diurus dengan kartu",
            },
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in WRITTEN:
            cursor.execute(f"ALTER TABLE blanks_{table} ENABLE TRIGGER USER")
    with connections["owner"].cursor() as wrapped:
        for table in WRITTEN:
            wrapped.execute(f"VACUUM (ANALYZE) blanks_{table}")


def _papers(ledger: Ledger, stock: int) -> None:
    """Documents with their ranges and movements; and which serials each kecamatan got."""
    places = [kecamatan.pk for kecamatan in Kecamatan.objects.order_by("code")]
    uses = _uses(ledger.cursor)
    rounds = _rounds(uses, places)
    _who_waited(ledger.cursor, rounds)
    left = _quotas_after(uses, rounds, places)
    if rounds:  # what is in stock today lies partly in the quotas; some of them are empty
        few = {k: rounds[-1].waiting.get(k, 0) if k % 4 else 0 for k in places}
        for kecamatan, n in largest_remainder(int(stock * IN_QUOTAS), few).items():
            rounds[-1].gets[kecamatan] += n
            left[kecamatan] += n
    store = max(stock - sum(left.values()), LEAST_STOCK // 3)
    shipments = list(_shipments(ledger, rounds, store + 1, stock))
    for number, shipment in enumerate(shipments):
        _receive(ledger, number, shipment)
    _divide(ledger, rounds, shipments, places)
    _sent_back(ledger, shipments)
    _destroyed(ledger)
    _counted(ledger, rounds, shipments)
    ledger.write()
    passed = accumulate((shipment.good for shipment in shipments), initial=0)
    ledger.table("demo_piece", "place bigint, quantity bigint, first bigint",
                 [(place, s.good, s.first) for place, s in zip(passed, shipments, strict=False)])  # fmt: skip


def _uses(cursor: Any) -> list[Use]:
    cursor.execute("""
        SELECT at, kecamatan_id, count(*) FILTER (WHERE effect = 'take'), count(*) FILTER (WHERE effect = 'give_back')
        FROM demo_step WHERE effect IN ('take', 'give_back') AND corrects IS NULL GROUP BY 1, 2 ORDER BY 1, 2""")
    return [Use(*row) for row in cursor.fetchall()]


def _rounds(uses: list[Use], places: list[int]) -> list[Round]:
    """Prints that lie close together share a division, made in the morning of their first day."""
    rounds: list[Round] = []
    before: datetime | None = None
    for use in (use for use in uses if use.took):
        if before is None or use.at - before > BETWEEN_ROUNDS:
            local = use.at + timedelta(hours=7)
            rounds.append(Round(use.at - timedelta(hours=local.hour - 8, minutes=local.minute - 5), []))
        before = use.at
        rounds[-1].uses.append(use)
    back = [use for use in uses if use.gave_back]
    quotas: Counter[int] = Counter()
    for this in rounds:
        while back and back[0].at < this.at:
            use = back.pop(0)
            quotas[use.kecamatan] += use.gave_back
        this.quotas = {k: quotas[k] for k in places}
        took = Counter({use.kecamatan: use.took for use in this.uses})
        this.gets = {k: max(took[k] - quotas[k], 0) for k in places}
        quotas.update(this.gets)
        quotas.subtract(took)
    return rounds


def _quotas_after(uses: list[Use], rounds: list[Round], places: list[int]) -> dict[int, int]:
    """What the quotas hold today."""
    left = dict.fromkeys(places, 0)
    for this in rounds:
        for k, n in this.gets.items():
            left[k] += n
    for use in uses:
        left[use.kecamatan] += use.gave_back - use.took
    return left


def _who_waited(cursor: Any, rounds: list[Round]) -> None:
    """How many waited, and were not blocked, when each division was made."""
    if not rounds:
        return
    cursor.execute(
        """
        SELECT width_bucket(e.at, %(moments)s::timestamptz[]) AS later, t.kecamatan_id,
            count(*) FILTER (WHERE e.to_stage = 'WAITING_FOR_BLANK') - count(*) FILTER (WHERE e.from_stage = 'WAITING_FOR_BLANK')
        FROM tracking_event e JOIN tracking_ticket t ON t.card_id = e.card_id
        WHERE 'WAITING_FOR_BLANK' IN (e.to_stage, e.from_stage) GROUP BY 1, 2 ORDER BY 1""",
        {"moments": [this.at for this in rounds]},
    )
    changes = cursor.fetchall()
    cursor.execute(
        """
        SELECT m.n - 1, b.kecamatan_id, count(*) FROM unnest(%(moments)s::timestamptz[]) WITH ORDINALITY m (at, n)
        JOIN demo_blocked b ON b.since < m.at AND coalesce(b.until, 'infinity') > m.at GROUP BY 1, 2""",
        {"moments": [this.at for this in rounds]},
    )
    blocked = {(n, kecamatan): count for n, kecamatan, count in cursor.fetchall()}
    for n, this in enumerate(rounds):
        waiting: Counter[int] = Counter()
        for later, kecamatan, change in changes:
            if later <= n:
                waiting[kecamatan] += change
        this.waiting = {k: waiting[k] - blocked.get((n, k), 0) for k in this.gets}


def _shipments(ledger: Ledger, rounds: list[Round], store: int, stock: int) -> Iterator[Shipment]:
    """An opening stock, then one for every few rounds; as much as they need, and at first what stays in store."""
    groups = [rounds[:2]] + [
        rounds[n : n + ROUNDS_A_SHIPMENT] for n in range(2, len(rounds), ROUNDS_A_SHIPMENT)
    ]
    for number, group in enumerate(groups):
        good = sum(sum(this.gets.values()) for this in group) + (0 if number else store)
        if not good:
            continue
        at = ledger.moment(INSTALLED + 2, 9.5) if not number else group[0].at - timedelta(days=1, hours=-2)
        share = max(2, stock // 24)
        damaged = share if number in (DAMAGED, SENT_BACK) else 0
        first = (number + 1) * SERIALS_APART + 1
        yield Shipment(at, good, damaged, share if number == SHORT else 0, first)


def _receive(ledger: Ledger, number: int, came: Shipment) -> None:
    counted, at = came.good + came.damaged, came.at
    local = ledger.local(at)
    if number:
        document = ledger.document(
            DocumentKind.SHIPMENT,
            at,
            f"SJ/{number:03}/{local:%m/%Y}",
            counted=counted,
            on_paper=counted + came.short,
        )
        ledger.move(document, at, Cause.RECEIVED, (SUPPLIER, S), counted + came.short)
    else:
        document = ledger.stock_count(at, 0, counted, "Stok awal")
        ledger.move(
            document, at, Cause.FOUND_MORE, (SUPPLIER, S), counted, by="supervisor", reason="Stok awal"
        )
    if came.short:
        ledger.move(document, at, Cause.SHORT, (S, SUPPLIER), came.short)
    last = came.first + counted - 1
    middle = came.first + counted // 2
    boxes = [(came.first, middle - 1), (middle, last)] if number and counted > 1 else [(came.first, last)]
    ledger.ranges += [(document, ledger.series, *box, WIDTH) for box in boxes]
    if came.damaged:
        wet = range(last - came.damaged + 1, last + 1)
        ledger.move(
            document, at, Cause.SPOILED, (S, SPOILED), len(wet), serials=wet, reason="Basah di perjalanan"
        )


def _divide(ledger: Ledger, rounds: list[Round], shipments: list[Shipment], places: list[int]) -> None:
    """Divisions with all that they were made from; the order of the store's blanks is that of the divisions."""
    blocks: list[tuple[int, int, int, int]] = []
    place, had = 0, Counter[int]()
    name = {kecamatan.pk: kecamatan for kecamatan in Kecamatan.objects.all()}
    for this in rounds:
        quantity = sum(this.gets.values())
        if not quantity:
            continue
        this.store = sum(s.good for s in shipments if s.at < this.at) - place
        this.store -= this.at > ledger.moment(COUNTED_ON, 15)  # one was missing then
        need = {k: max(this.waiting[k] - this.quotas[k], 0) for k in places}
        proposed = largest_remainder(quantity, need)
        total = sum(need.values())
        basis = {
            "strategy": str(Strategy.PROPORTIONAL), "quantity": quantity, "store": this.store, "letters": LETTERS,
            "shares": [
                {
                    "kecamatan_id": k, "code": name[k].code, "slug": name[k].slug, "name": name[k].name,
                    "waiting": this.waiting[k], "quota": this.quotas[k], "need": need[k],
                    "exact": round(need[k] * min(quantity / total, 1.0), 3) if total else 0.0,
                    "gets": proposed[k], "reaches": "", "given": this.gets[k],
                }
                for k in places
            ],
        }  # fmt: skip
        changed = proposed != this.gets
        document = ledger.document(
            DocumentKind.DIVISION, this.at, f"BAGI-{ledger.local(this.at):%Y%m%d}-1", "supervisor", counted=quantity,
            basis=Json(basis), why="Disesuaikan dengan jadwal cetak kecamatan" if changed else "",
        )  # fmt: skip
        for k in places:
            if n := this.gets[k]:
                ledger.move(document, this.at, Cause.DIVIDED, (S, Q + k), n, by="supervisor")
                blocks.append((k, had[k], place, n))
                place += n
                had[k] += n
    ledger.table("demo_block", "kecamatan_id smallint, before bigint, place bigint, quantity bigint", blocks)


def _sent_back(ledger: Ledger, shipments: list[Shipment]) -> None:
    for came in (came for n, came in enumerate(shipments) if n == SENT_BACK and came.damaged):
        at = came.at + timedelta(days=9, hours=3)
        document = ledger.document(
            DocumentKind.SENDING_BACK, at, f"KEMBALI-{ledger.local(at):%Y%m%d}-1", "supervisor", counted=came.damaged,
            why="Diganti pemasok", basis=Json({"by": ledger.supervisor}),
        )  # fmt: skip
        last = came.first + came.good + came.damaged - 1
        ledger.move(
            document, at, Cause.SENT_BACK, (SPOILED, ACCOUNT[Place.SENT_BACK]), came.damaged, by="supervisor",
            serials=range(last - came.damaged + 1, last + 1), places=(Place.SPOILED, Place.SENT_BACK),
        )  # fmt: skip


def _destroyed(ledger: Ledger) -> None:
    """Cards that were spoiled until two weeks before."""
    at, until = ledger.moment(DESTROYED_ON, 10.5), ledger.moment(DESTROYED_ON - 15, 0)
    ledger.cursor.execute(
        "SELECT count(*) FROM demo_step WHERE effect = 'spoil' AND corrects IS NULL AND at < %s", [until]
    )
    (n,) = ledger.cursor.fetchone()
    if n:
        document = ledger.document(
            DocumentKind.DESTRUCTION, at, f"BA-MUSNAH/{ledger.local(at):%m/%Y}", "supervisor", counted=n,
            why="Dipotong dan dibakar", basis=Json({"by": ledger.supervisor, "where": "Halaman kantor dinas", "witnesses": []}),
        )  # fmt: skip
        ledger.move(document, at, Cause.DESTROYED, (SPOILED, ACCOUNT[Place.DESTROYED]), n, by="supervisor")


def _counted(ledger: Ledger, rounds: list[Round], shipments: list[Shipment]) -> None:
    """The store is counted between two prints, and one blank is missing."""
    at = ledger.moment(COUNTED_ON, 15)
    came = sum(s.good for s in shipments if s.at < at)
    book = came - sum(sum(this.gets.values()) for this in rounds if this.at < at)
    why = "Tidak ditemukan saat dihitung"
    document = ledger.stock_count(at, book, book - 1, why)
    ledger.move(document, at, Cause.FOUND_LESS, (S, LOST), 1, by="supervisor", reason=why)
