"""The demo's custody and hand-overs, made from what its cards went through."""

from pathlib import Path

from django.db import connections, transaction

SQL = Path(__file__).parent.parent / "sql"
WRITTEN = ("piece", "custody")


def custody_of_cards() -> None:
    """Write custody anew, for the cards and serials that are there. Asks for the owner's role."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(
            f"TRUNCATE {', '.join(f'delivery_{table}' for table in WRITTEN)} RESTART IDENTITY CASCADE"
        )
        cursor.execute((SQL / "history.sql").read_text())
    with connections["owner"].cursor() as cursor:
        for table in WRITTEN:
            cursor.execute(f"VACUUM (ANALYZE) delivery_{table}")
