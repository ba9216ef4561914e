"""Receipts: given at a counter, renewed, revoked."""

from staff.models import User

from ..actor import acting
from ..models import Receipt
from ..models.public import DISDUKCAPIL
from ..once import draw, hash_of
from ..refusals import action
from .steps import SOURCE


@action
def give_receipt(card_id: int, *, by: User, shown: str) -> str:
    """A receipt after an identity check; one that was there is dead. Answers its token, which nobody sees again."""
    token = draw()
    with acting(by=by, source=SOURCE):
        _revoke(card_id)
        Receipt.objects.create(
            card_id=card_id,
            token_hash=hash_of(token),
            office_id=by.kecamatan_id or DISDUKCAPIL,
            shown=shown,
        )
    return token


@action
def revoke_receipt(card_id: int, *, by: User) -> bool:
    """The card's receipt opens nothing any more; whether there was one."""
    with acting(by=by, source=SOURCE):
        return _revoke(card_id)


def _revoke(card_id: int) -> bool:
    # the trigger signs it; any change of a receipt in force is its end
    return Receipt.objects.filter(card_id=card_id, ended_at__isnull=True).update(ended_by="") == 1
