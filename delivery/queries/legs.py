"""Where the cards that lie at a kecamatan could go next: its kelurahan offices, and where citizens have moved."""

from typing import NamedTuple

from django.db import connection

_LYING = """
    FROM delivery_piece p JOIN tracking_card c ON c.id = p.card_id JOIN tracking_citizen z ON z.id = c.citizen_id
    WHERE p.current AND (p.holder, p.holder_id) = ('kecamatan', %(own)s) AND NOT c.blocked
        AND c.stage IN ('AT_KECAMATAN', 'RETURNED')
        AND NOT EXISTS (SELECT FROM delivery_handovercard l WHERE l.card_id = c.id AND l.open)
        AND NOT EXISTS (SELECT FROM delivery_roundcard r WHERE r.card_id = c.id AND r.ended = '')
"""


class Destination(NamedTuple):
    """An office that so many cards could go to; `key` as the form sends it."""

    key: str
    name: str
    cards: int


def destinations(kecamatan: int) -> list[Destination]:
    """Kelurahan offices of the kecamatan, then other kecamatan: those with cards for them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT 'kelurahan:' || k.id, 'Kelurahan ' || k.name, x.n
            FROM (SELECT z.kelurahan_id, count(*) AS n {_LYING} AND c.kecamatan_id = %(own)s GROUP BY 1) x
            JOIN tracking_kelurahan k ON k.id = x.kelurahan_id AND k.kecamatan_id = %(own)s
            UNION ALL
            SELECT 'kecamatan:' || k.id, 'Kecamatan ' || k.name, x.n
            FROM (SELECT c.kecamatan_id, count(*) AS n {_LYING} AND c.kecamatan_id <> %(own)s GROUP BY 1) x
            JOIN tracking_kecamatan k ON k.id = x.kecamatan_id
            ORDER BY 1""",
            {"own": kecamatan},
        )
        return [Destination(*row) for row in cursor.fetchall()]
