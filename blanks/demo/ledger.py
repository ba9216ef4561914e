"""The pile of papers that the demo's ledger is made from, and its movements by hand."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from psycopg2.extras import Json, execute_values

from staff.models import User
from tracking.seed.clock import Clock

from ..ledger import FREE, DocumentKind, Place
from ..models import Series


class Ledger:
    """Writes the papers and the movements by hand, one after the other."""

    def __init__(self, cursor: Any, clock: Clock, actors: dict[str, str]) -> None:
        self.cursor, self.clock, self.actors = cursor, clock, actors
        self.series = Series.objects.get(prefix="").pk
        self.hand: list[tuple[Any, ...]] = []
        self.named: list[tuple[Any, ...]] = []
        self.documents: list[tuple[datetime, str, dict[str, Any]]] = []
        self.ranges: list[tuple[int, int, int, int, int]] = []
        self.supervisor = str(User.objects.get(pk=int(actors["supervisor"].partition(":")[2])))

    def moment(self, day: int, hour: float) -> datetime:
        return self.clock.moment(self.clock.at(day, int(hour * 3600)))

    def document(self, kind: str, at: datetime, number: str, by: str = "operator", **fields: Any) -> int:
        """Its place in the pile; numbers follow the time when all are written."""
        empty = {"on_paper": None, "counted": None, "why": "", "basis": None}
        row = {"kind": kind, "number": number, "dated": self.local(at).date(), **empty, **fields}
        self.documents.append((at, self.actors[by], row))
        return len(self.documents) - 1

    def stock_count(self, at: datetime, book: int, counted: int, why: str) -> int:
        basis = {
            "by": self.supervisor,
            "witnesses": [],
            "counts": [{"account": str(Place.STORE.label), "book": book, "counted": counted, "why": why}],
        }
        number = f"OPNAME-{self.local(at):%Y%m%d}-1"
        return self.document(
            DocumentKind.COUNT, at, number, "supervisor", on_paper=book, counted=counted, basis=Json(basis)
        )

    def move(
        self,
        document: int,
        at: datetime,
        cause: str,
        way: tuple[int, int],
        quantity: int,
        *,
        by: str = "operator",
        serials: Sequence[int] = (),
        places: tuple[str, str] = (FREE, Place.SPOILED),
        reason: str = "",
    ) -> None:
        hand = len(self.hand) + 1
        self.hand.append((hand, at, *way, quantity, cause, document, (reason, self.actors[by])))
        self.named += [(hand, number, *places) for number in serials]

    def local(self, at: datetime) -> datetime:
        return at + timedelta(hours=7)

    def write(self) -> None:
        in_time = sorted(range(len(self.documents)), key=lambda n: self.documents[n][0])
        number = {n: place for place, n in enumerate(in_time, 1)}
        rows = [(number[n], at, actor, *row.values()) for n, (at, actor, row) in enumerate(self.documents)]
        execute_values(
            self.cursor,
            "INSERT INTO blanks_document (id, at, actor, kind, number, dated, on_paper, counted, why, basis)"
            " OVERRIDING SYSTEM VALUE VALUES %s",
            sorted(rows, key=itemgetter(0)),
        )
        execute_values(
            self.cursor,
            "INSERT INTO blanks_range (document_id, series_id, first, last, width) VALUES %s",
            [(number[document], *rest) for document, *rest in self.ranges],
        )
        hand = [(*before, number[document], *after) for *before, document, after in self.hand]
        self.table(
            "demo_hand",
            "hand int, at timestamptz, from_id smallint, to_id smallint, quantity bigint, cause text,"
            " document_id bigint, reason text, actor text",
            hand,
        )
        self.table("demo_named", "hand int, number bigint, from_place text, to_place text", self.named)

    def table(self, name: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
        self.cursor.execute(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")
        if rows:
            execute_values(self.cursor, f"INSERT INTO {name} VALUES %s", rows, page_size=1000)
