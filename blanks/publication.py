"""What this room adds to the daily publication: balances, movements, divisions, and exceptions by the week.

A queue number is public, and many know whose it is; so nothing published may say why one number was let go first.
Categories appear once a week, for the whole city, in groups of at least five, and only if there are two such groups:
one group alone would tell the category of each exception of the week. All else is one figure without categories.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

from django.db import connection

from tracking.publication.files import Day, File, register

from .ledger import Category

LEAST = 5
MERGED = "gabungan"
SUNDAY = 6

# Exceptions whose lines are in the logs of the week that ends today, with the category that held at that moment.
_OF_THE_WEEK = """
SELECT coalesce(p.category, 'other'), count(*)
FROM tracking_publishedqueue q
LEFT JOIN tracking_publishedqueue b ON b.kecamatan_id = q.kecamatan_id AND b.letter = q.letter AND b.day = (
    SELECT max(x.day) FROM tracking_publication x WHERE x.day <= %(sunday)s)
JOIN tracking_turn t ON t.kecamatan_id = q.kecamatan_id AND t.letter = q.letter AND t.act = 'exception'
    AND t.moment > coalesce(b.reach, 0) AND t.moment <= q.reach
CROSS JOIN unnest(t.numbers) n
JOIN tracking_ticket k ON k.kecamatan_id = t.kecamatan_id AND k.letter = t.letter AND k.number = n
LEFT JOIN LATERAL (
    SELECT category FROM blanks_priority p
    WHERE p.card_id = k.card_id AND coalesce(p.ended_at, 'infinity') >= t.at ORDER BY p.id LIMIT 1) p ON true
WHERE q.day = %(day)s GROUP BY 1
"""


def groups(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Categories as they may be published: each of at least five and beside another such group, or one sum."""
    small = {name: n for name, n in counts.items() if n < LEAST}
    large = sorted((n, name) for name, n in counts.items() if n >= LEAST)
    merged = sum(small.values())
    while large and 0 < merged < LEAST:
        merged += large.pop(0)[0]
    if len(large) + (merged > 0) < 2:
        total = sum(counts.values())
        return [(MERGED, total)] if total else []
    rest = [(MERGED, merged)] if merged else []
    return [*((name, n) for n, name in sorted(large, key=lambda one: one[1])), *rest]


def _exceptions(day: Day) -> Iterable[Iterable[object]]:
    if day.day.weekday() != SUNDAY:
        return []
    sunday: date = day.day - timedelta(days=7)
    with connection.cursor() as cursor:
        cursor.execute(_OF_THE_WEEK, {"day": day.day, "sunday": sunday})
        counts = dict(cursor.fetchall())
    return [(sunday + timedelta(days=1), day.day, name, n) for name, n in groups(counts)]


def join() -> None:
    """Have these files published with the others."""
    assert MERGED not in Category.values
    register(
        Path(__file__).with_name("publication.sql"),
        File("pengecualian", "dari,sampai,golongan,jumlah", _exceptions),
        sets=[("movement", "blanks_movement")],
    )
