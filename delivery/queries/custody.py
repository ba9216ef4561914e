"""Who holds a card, and through whose hands it went."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from tracking.models import Kecamatan, Kelurahan

from ..custody import Holder
from ..models import Custody, Piece


class Held(NamedTuple):
    """Who has a card, since when."""

    holder: str
    holder_id: int
    since: datetime


def delivery_holder(card_id: int) -> Held | None:
    """Who has the card that its citizen is to get or has got; None where there is none (or nobody has found it)."""
    found = Piece.objects.filter(card_id=card_id, current=True).values_list("holder", "holder_id", "since")
    row = found.first()
    return Held(*row) if row else None


def held_by(holder: Holder, holder_id: int = 0) -> QuerySet[Piece]:
    """The cards in one holder's hands that are to go on; a spoiled card that waits for its destruction is not."""
    return Piece.objects.filter(holder=holder, holder_id=holder_id, current=True)


def chain(card_id: int) -> QuerySet[Custody]:
    """Every change of hands of a card, spoiled pieces too, in order."""
    pieces = Piece.objects.filter(card_id=card_id)
    return Custody.objects.filter(piece__in=pieces).select_related("piece").order_by("piece_id", "number")


def names(holders: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Holders as people read them: `Kecamatan Rawalumbu`, `Kurir 12`."""
    wanted = set(holders)
    kecamatan = Kecamatan.objects.in_bulk([which for kind, which in wanted if kind == Holder.KECAMATAN])
    kelurahan = Kelurahan.objects.in_bulk([which for kind, which in wanted if kind == Holder.KELURAHAN])
    known: dict[str, dict[int, object]] = {Holder.KECAMATAN: {**kecamatan}, Holder.KELURAHAN: {**kelurahan}}
    return {
        (kind, which): " ".join(
            filter(
                None,
                [str(Holder(kind).label), str(known.get(kind, {}).get(which, "") or _number(kind, which))],
            )
        )
        for kind, which in wanted
    }


def _number(kind: str, which: int) -> str:
    return str(which) if which and kind in (Holder.COURIER, Holder.TRANSIT) else ""
