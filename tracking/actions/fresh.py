"""How old the data of each kecamatan is."""

from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

# Who finds it said within this second says nothing: a row that each little batch wrote would make it wait for all others.
_CAME = """
INSERT INTO tracking_freshness (id, at)
SELECT k.id, %(at)s FROM tracking_kecamatan k
WHERE (%(kecamatan)s IS NULL OR k.id = %(kecamatan)s) AND NOT EXISTS (
    SELECT FROM tracking_freshness f WHERE f.id = k.id AND f.at BETWEEN %(at)s - interval '1 second' AND %(at)s)
ORDER BY k.id
ON CONFLICT (id) DO UPDATE SET at = excluded.at
"""


def data_came(kecamatan: int | None = None, *, at: datetime | None = None, using: str | None = None) -> None:
    """Note that usable data came just now, or `at`, from a sender who speaks for a kecamatan (None: for the city).

    To the second.
    """
    with connections[using or DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(_CAME, {"kecamatan": kecamatan, "at": at or timezone.now()})
