"""How old the data of each kecamatan is."""

from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone


def data_came(kecamatan: int | None = None, *, at: datetime | None = None, using: str | None = None) -> None:
    """Note that usable data came just now, or `at`, from a sender who speaks for a kecamatan (None: for the city).

    To the second.
    """
    with connections[using or DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT tracking_data_came(%s::smallint, %s)", [kecamatan, at or timezone.now()])
