"""At the counter: a card is handed over; what was taken back is listed, received and destroyed."""

from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.db.models import F
from django.utils import timezone

from staff.models import User
from tracking.actions import end_suket
from tracking.actor import acting
from tracking.models import Card, Suket
from tracking.refusals import Moved, NothingToConfirm, action
from tracking.stages import Reason, Stage

from ..keys import RECIPIENT, seal_text
from ..models.counter import Collection, PaperList
from ..queries import counter
from ..refusals import NoPapers, PaperListMovedOn

SOURCE = "loket"
NAMES_KEPT = timedelta(days=90)
COLLECTABLE = (Stage.AT_KECAMATAN, Stage.RETURNED)


@action
def hand_over(
    card_id: int,
    *,
    by: User,
    request: UUID,
    receiver: str,
    shown: str,
    name: str = "",
    took_old_card: bool = False,
    took_suket: bool = False,
    took_police_letter: bool = False,
) -> Collection:
    """Give a card to its holder or a family member. The same request again answers what was booked.

    Moved: the card is not there to collect; NotAtThisOffice: somebody else holds it; Blocked.
    """
    booked = Collection.objects.filter(request=request, card_id=card_id).first()
    if booked:
        return booked
    with acting(by=by, source=SOURCE, reason=receiver):
        if not Card.objects.filter(pk=card_id, stage__in=COLLECTABLE).update(stage=Stage.DELIVERED):
            raise Moved
        made = Collection.objects.create(
            request=request,
            card_id=card_id,
            receiver=receiver,
            name_sealed=seal_text(name.strip(), RECIPIENT),
            shown=shown,
            took_old_card=took_old_card,
            took_suket=took_suket,
            took_police_letter=took_police_letter,
        )
        if took_suket:
            end_suket(card_id, by=by, reason=Suket.End.TAKEN)
    return made


@action
def list_papers(*, by: User, kecamatan: int) -> PaperList:
    """Put all papers that this kecamatan has taken back on one list. NoPapers: there is none."""
    with acting(by=by, source=SOURCE), connection.cursor() as cursor:
        made = PaperList.objects.create(kecamatan_id=kecamatan, actor=by.actor)
        cursor.execute(counter.LIST_PAPERS, {"list": made.pk, "kecamatan": kecamatan})
        if not cursor.rowcount:
            raise NoPapers
    return made


@action
def receive_papers(list_id: int, *, by: User) -> None:
    """Disdukcapil has the papers of a list."""
    _move(list_id, by, received=False)


@action
def destroy_papers(list_id: int, *, by: User) -> None:
    """A supervisor has had the papers of a list destroyed."""
    _move(list_id, by, received=True)


def forget_names() -> None:
    """Who collected a card is known by name for 90 days."""
    Collection.objects.filter(at__lt=timezone.now() - NAMES_KEPT, name_sealed__isnull=False).update(
        name_sealed=None
    )


def _move(list_id: int, by: User, *, received: bool) -> None:
    with acting(by=by, source=SOURCE):
        waiting = PaperList.objects.filter(
            pk=list_id, received_at__isnull=not received, destroyed_at__isnull=True
        )
        # the trigger signs it; which of the two it is follows from how far the list was
        if not waiting.update(actor=F("actor")):
            raise PaperListMovedOn


@action
def not_found(card_id: int, *, by: User) -> None:
    """A card outside the ledger that is nowhere: its citizen joins the queue, and a ticket is drawn."""
    with acting(by=by, source=SOURCE, reason=Reason.NOT_FOUND):
        sought = Card.objects.filter(
            pk=card_id, stage=Stage.AT_KECAMATAN, outside_ledger=True, outside_confirmed=False
        )
        if not sought.update(stage=Stage.WAITING_FOR_BLANK):
            raise NothingToConfirm
