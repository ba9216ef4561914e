"""What staff read about one card beside its history."""

from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from .. import sealing, tokens
from ..models import Block, Card, Kecamatan, Ticket
from ..stages import STEPS, Stage


@dataclass(frozen=True)
class Facts:
    """A card's place in things: queue, position, next steps, residence, public address."""

    stage: str
    place: str
    queue_number: str
    position: int | None
    next_stages: list[str]
    blocks: list[str]
    address: str
    phone: str
    token: str


def facts_about(card: Card, blocks: list[Block]) -> Facts:
    ticket = Ticket.objects.filter(card_id=card.pk).first()
    place = Kecamatan.objects.filter(pk=card.place).values_list("name", flat=True).first()
    reachable = dict.fromkeys(step.to_stage for step in STEPS if step.from_stage == card.stage)
    waits = ticket and card.stage == Stage.WAITING_FOR_BLANK and not card.blocked
    return Facts(
        stage=str(Stage(card.stage).label),
        place=place or "",
        queue_number=str(ticket or ""),
        position=_position(ticket) if ticket and waits else None,
        next_stages=[str(stage.label) for stage in reachable],
        blocks=[str(block) for block in blocks],
        address=_opened(card.citizen.address_sealed, sealing.ADDRESS),
        phone=_opened(card.citizen.phone_sealed, sealing.PHONE),
        token=tokens.token(card.pk, card.token_version),
    )


def _position(ticket: Ticket) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tracking_position(%s::smallint, %s, %s)",
            [ticket.kecamatan_id, ticket.letter, ticket.number],
        )
        return int(cursor.fetchone()[0])


def _opened(blob: bytes | memoryview | None, field: bytes) -> str:
    if blob is None:
        return ""
    try:
        return sealing.unseal(blob, field).decode()
    except sealing.CannotUnseal:
        return _("tidak terbaca: kuncinya tidak ada")
