"""Packing: cards of one destination are put into a hand-over, and whoever is to collect them is called."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from blanks.models import BatchCard
from staff.models import User
from staff.scope import scope_of
from tracking.actor import acting
from tracking.models import Kecamatan, Kelurahan
from tracking.refusals import Refused, action

from ..calls import call
from ..handovers import Leg
from ..models import Handover

SOURCE = "admin"
_CLASS = 0x686F76  # "hov"


class NothingToPack(Refused):
    """Tidak ada kartu yang dapat dikemas: belum ada yang dicetak, semuanya sudah dikemas, atau diblokir."""


@action
def pack(
    kecamatan: int,
    *,
    by: User | str,
    cards: Sequence[int] | None = None,
    batch: int | None = None,
    request: UUID | None = None,
    source: str = SOURCE,
) -> Handover:
    """Printed cards whose citizens live in a kecamatan: all of them, those of a print batch, or these.

    NothingToPack if there are none; asked twice with one `request`, the same hand-over.
    """
    if batch is not None:
        cards = list(BatchCard.objects.filter(batch_id=batch).values_list("card_id", flat=True))
    fields: dict[str, Any] = {"leg": Leg.TO_KECAMATAN, "to_kecamatan_id": kecamatan}
    return _packed(fields, cards, by=by, request=request, source=source)


@action
def pack_at_kecamatan(
    by: User, *, to: Kelurahan | Kecamatan, cards: Sequence[int] | None = None, request: UUID | None = None
) -> Handover:
    """Cards that lie at the officer's kecamatan: for one of its kelurahan offices, or for where their citizens moved."""
    own = scope_of(by).kecamatan
    leg = Leg.TO_KELURAHAN if isinstance(to, Kelurahan) else Leg.BETWEEN
    fields: dict[str, Any] = {"leg": leg, "from_kecamatan_id": own}
    if isinstance(to, Kelurahan):
        fields |= {"to_kecamatan_id": own, "to_kelurahan_id": to.pk}
    else:
        fields |= {"to_kecamatan_id": to.pk}
    return _packed(fields, cards, by=by, request=request, source="petugas")


def _packed(
    fields: dict[str, Any],
    cards: Sequence[int] | None,
    *,
    by: User | str,
    request: UUID | None,
    source: str,
) -> Handover:
    with acting(by=by, source=source):
        hold(fields["to_kecamatan_id"])
        if request and (made := Handover.objects.filter(request=request).first()):
            return made
        made = Handover.objects.create(request=request, **fields)
        if not _fill(made, cards):
            raise NothingToPack
        call(made)
        return made


def hold(kecamatan: int) -> None:
    """Whoever packs for a kecamatan waits for the others; the unique index holds without it too."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '20s'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_CLASS, kecamatan])


_FILL = """
INSERT INTO delivery_handovercard (handover_id, line, card_id, outcome, settled, open, piece_id)
SELECT %(handover)s, row_number() OVER (ORDER BY z.kelurahan_id, z.rw NULLS LAST, z.rt NULLS LAST, z.name, c.id), c.id,
    '', '', true, p.id
FROM delivery_piece p JOIN tracking_card c ON c.id = p.card_id JOIN tracking_citizen z ON z.id = c.citizen_id
WHERE p.current AND (p.holder, p.holder_id) = (%(holder)s, %(which)s) AND c.kecamatan_id = %(to)s AND NOT c.blocked
    AND c.stage = ANY (%(stages)s) AND (%(kelurahan)s IS NULL OR z.kelurahan_id = %(kelurahan)s)
    AND (%(cards)s::bigint[] IS NULL OR c.id = ANY (%(cards)s))
    AND NOT EXISTS (SELECT FROM delivery_handovercard l WHERE l.card_id = c.id AND l.open)
    AND NOT EXISTS (SELECT FROM delivery_roundcard r WHERE r.card_id = c.id AND r.ended = '')
"""


def _fill(made: Handover, cards: Sequence[int] | None) -> int:
    ours = made.from_kecamatan_id is None
    with connection.cursor() as cursor:
        cursor.execute(
            _FILL,
            {
                "handover": made.pk,
                "holder": "operator" if ours else "kecamatan",
                "which": made.from_kecamatan_id or 0,
                "to": made.to_kecamatan_id,
                "kelurahan": made.to_kelurahan_id,
                "stages": ["PRINTED"] if ours else ["AT_KECAMATAN", "RETURNED"],
                "cards": None if cards is None else list(cards),
            },
        )
        return int(cursor.rowcount)
