"""The demo's rounds: who carries the cards that are on their way, by neighbourhood."""

from datetime import date
from pathlib import Path
from random import Random

from django.db import connections, transaction

from tracking.sealing import seal

from .. import keys

SQL = Path(__file__).parent.parent / "sql" / "demo_rounds.sql"
WRITTEN = ("courier", "round", "link", "roundcard", "attempt", "review")
CALLED = ("Pak", "Bu", "Mas", "Mbak")
NAMED = (
    "Darto",
    "Sukirman",
    "Tini",
    "Wati",
    "Ujang",
    "Maman",
    "Yanti",
    "Slamet",
    "Endang",
    "Rohmat",
    "Lilis",
    "Asep",
)


def rounds_of_cards(*, today: date) -> None:
    """Write couriers and rounds anew, for the cards that couriers have. Asks for the owner's role; after custody."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(
            f"TRUNCATE {', '.join(f'delivery_{table}' for table in WRITTEN)} RESTART IDENTITY CASCADE"
        )
        cursor.execute(SQL.read_text(), {"today": today})
        cursor.execute("SELECT id FROM delivery_courier ORDER BY id")
        for (courier,) in cursor.fetchall():
            chance = Random(courier)  # noqa: S311 invented names
            name = f"{chance.choice(CALLED)} {chance.choice(NAMED)}"
            phone = f"0812000{courier:05}"
            cursor.execute(
                "UPDATE delivery_courier SET name_sealed = %s, phone_sealed = %s WHERE id = %s",
                [seal(name.encode(), keys.COURIER), seal(phone.encode(), keys.COURIER), courier],
            )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("courier", "round", "link", "roundcard", "custody"):
            cursor.execute(f"ALTER TABLE delivery_{table} ENABLE TRIGGER USER")
    with connections["owner"].cursor() as cursor:
        for table in WRITTEN:
            cursor.execute(f"VACUUM (ANALYZE) delivery_{table}")
