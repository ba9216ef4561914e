"""What staff write down about a card without moving it."""

from django.db.models import F
from django.utils.translation import gettext as _

from staff.models import User

from ..actor import acting
from ..models import Card, Note
from ..refusals import NothingToConfirm, action
from ..stages import LED_BY_LEDGER
from .steps import SOURCE

LAST_VERSION = 32767


@action
def confirm_found(card_id: int, *, by: User) -> None:
    """A card outside the ledger is really there: it is the office's own from now on."""
    with acting(by=by, source=SOURCE):
        there = Card.objects.filter(
            pk=card_id, outside_ledger=True, outside_confirmed=False, closed=False, stage__in=LED_BY_LEDGER
        )
        if not there.update(outside_confirmed=True):
            raise NothingToConfirm
        _write(card_id, by, _("Kartu di luar buku sudah ditemukan."))


@action
def renew_link(card_id: int, *, by: User) -> None:
    """Give the card another public address; the old one is dead at once."""
    with acting(by=by, source=SOURCE):
        Card.objects.filter(pk=card_id).update(token_version=F("token_version") % LAST_VERSION + 1)
        _write(card_id, by, _("Tautan publik diganti."))


@action
def note(card_id: int, *, by: User, text: str) -> None:
    """A free note, apart from the history."""
    with acting(by=by, source=SOURCE):
        _write(card_id, by, text)


def _write(card_id: int, by: User, text: str) -> None:
    Note.objects.create(card_id=card_id, text=text, actor=by.actor)
