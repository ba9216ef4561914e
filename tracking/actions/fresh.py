"""How old the data of each kecamatan is."""

from datetime import datetime

from django.utils import timezone

from ..models import Freshness, Kecamatan


def data_came(kecamatan: int | None = None, *, at: datetime | None = None, using: str | None = None) -> None:
    """Note that usable data came just now, or `at`, from a sender who speaks for a kecamatan (None: for the city)."""
    places = [kecamatan] if kecamatan else list(Kecamatan.objects.using(using).values_list("id", flat=True))
    Freshness.objects.using(using).bulk_create(
        [Freshness(id=place, at=at or timezone.now()) for place in places],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["at"],
    )
