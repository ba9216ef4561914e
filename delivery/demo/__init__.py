"""The demo's hand-overs and custody, made from what its cards went through."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connections, transaction
from django.utils import timezone

from tracking.codes import encode
from tracking.models import Kecamatan
from tracking.seed import staff
from tracking.seed.clock import Clock

from ..actions.numbers import code, number
from ..models import Handover
from ..papers.bast import content_of
from ..queries.pieces import NAMED_SERIAL, SERIALS_OF_PIECES

SQL = Path(__file__).parent.parent / "sql"
WRITTEN = ("piece", "custody", "handover", "handovercard")
RELEASED = ("handover", "handovercard")


def custody_of_cards(*, today: date) -> None:
    """Write custody and hand-overs anew, for the cards and serials that are there. Asks for the owner's role."""
    actors, clock = staff.actors(), Clock(today)
    told = {
        "operator": actors["operator"],
        "officers": json.dumps(
            {str(k): actors[f"kecamatan {k}"] for k in Kecamatan.objects.values_list("pk", flat=True)}
        ),
        "yesterday": clock.moment(clock.at(-1, 14 * 3600)),
    }
    with transaction.atomic(using="owner"), connections["owner"].cursor() as wrapped:
        cursor = wrapped.cursor  # psycopg2's own
        cursor.execute(
            f"TRUNCATE {', '.join(f'delivery_{table}' for table in WRITTEN)} RESTART IDENTITY CASCADE"
        )
        for table in RELEASED:
            cursor.execute(f"ALTER TABLE delivery_{table} DISABLE TRIGGER USER")
        cursor.execute((SQL / "demo_handovers.sql").read_text(), told)
        cursor.execute((SQL / "history.sql").read_text())
        cursor.execute((SQL / "demo_lines.sql").read_text())
        _records(cursor)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in RELEASED:
            cursor.execute(f"ALTER TABLE delivery_{table} ENABLE TRIGGER USER")
    with connections["owner"].cursor() as wrapped:
        for table in WRITTEN:
            wrapped.execute(f"VACUUM (ANALYZE) delivery_{table}")


def _records(cursor: Any) -> None:
    """Number and record of each closed hand-over."""
    cursor.execute(
        f"""SELECT l.handover_id, l.line, l.card_id, coalesce(t.letter || '-' || t.number, ''), {NAMED_SERIAL}, l.outcome
        FROM delivery_handovercard l JOIN delivery_handover h ON h.id = l.handover_id AND h.state = 'closed'
        JOIN delivery_piece p ON p.id = l.piece_id LEFT JOIN tracking_ticket t ON t.card_id = l.card_id {SERIALS_OF_PIECES}
        ORDER BY l.handover_id, l.line"""
    )
    lists: dict[int, list[list[Any]]] = {}
    for handover, line, card, *rest in cursor.fetchall():
        lists.setdefault(handover, []).append([line, encode(card), *rest])
    closed = Handover.objects.using("owner").filter(state="closed").select_related("officer", "to_kecamatan")
    made = []
    for one in closed:
        assert one.ended_at and one.officer
        day = timezone.localdate(one.ended_at)
        one.number = number(one.serial or 0, day.month, day.year, one.to_kecamatan.code)
        one.check_code = code()
        one.paper = content_of(one, lists.get(one.pk, []), by=one.officer, closed=one.ended_at)
        made.append(one)
    Handover.objects.using("owner").bulk_update(made, ["number", "check_code", "paper"], batch_size=500)
