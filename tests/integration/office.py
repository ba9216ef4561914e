"""What the office does itself between two files of the centre."""

from staff.models import User
from tests import builders
from tracking.actor import acting
from tracking.models import Block

from .feeds import SITI, card, said, send

FEB, MAR, APR, MAY, JUN = (f"2017-0{month}-01 09:00:00" for month in range(2, 7))


def step(stage: str, reason: str = "", number: str = SITI) -> None:
    """Our own ledger moves the card."""
    builders.step(card(number), stage, reason, by="test:ledger")


def lift(supervisor: User) -> None:
    with acting(by=supervisor, source="test"):
        assert Block.objects.filter(lifted_at=None).update(lift_reason="checked")
    builders.settle()


def delivered_by_us() -> None:
    """Siti's card went the whole way through our own ledger."""
    send(said("PRINT_READY_RECORD", FEB))
    for stage in ("BLANK_ALLOCATED", "PRINTED", "AT_KECAMATAN", "OUT_FOR_DELIVERY", "DELIVERED"):
        step(stage)
