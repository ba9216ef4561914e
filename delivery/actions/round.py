"""Writes about rounds: made, begun, taken over, ended, counted and closed. Each is one transaction, or Refused."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone

from staff.models import User
from tracking.actor import acting
from tracking.models import Card
from tracking.refusals import action

from .. import keys
from ..models import Courier, End, How, Link, Round, RoundCard, State
from ..refusals_of_rounds import NoSuchWay

OFFICE, PHONE, PAPER, ADMIN = "petugas", "kurir", "petugas:daftar", "admin"
"""Where a write came from: an officer's page, a courier's phone, the signed list, Disdukcapil's page."""


class Opening(NamedTuple):
    """A link and its PIN, shown once."""

    link: Link
    token: str
    pin: str


@action
def add_courier(
    *,
    by: User,
    kecamatan: int,
    name: str,
    phone: str,
    letter_number: str,
    valid_from: date,
    valid_until: date,
    kelurahan: int | None = None,
    rw: int | None = None,
    rt: int | None = None,
) -> Courier:
    """Write down a courier with their letter of assignment."""
    with acting(by=by, source=OFFICE):
        return Courier.objects.create(
            kecamatan_id=kecamatan,
            kelurahan_id=kelurahan,
            rw=rw,
            rt=rt,
            name_sealed=keys.seal_text(name, keys.COURIER),
            phone_sealed=keys.seal_text(phone, keys.COURIER),
            letter_number=letter_number,
            valid_from=valid_from,
            valid_until=valid_until,
        )


@action
def make_round(*, by: User, request: UUID, courier: Courier, cards: Sequence[int]) -> Round:
    """A round of these cards, in the order of walking. The same request again: the same round."""
    with acting(by=by, source=OFFICE):
        made = Round.objects.filter(request=request).first()
        if made:
            return made
        made = Round.objects.create(request=request, kecamatan_id=courier.kecamatan_id, courier=courier)
        RoundCard.objects.bulk_create(
            RoundCard(round=made, card_id=card, position=place) for place, card in enumerate(cards, 1)
        )
        return made


@action
def open_link(its_round: Round, *, by: User) -> Opening:
    """A new address and PIN for the courier of a round; an older one is dead at once."""
    with acting(by=by, source=OFFICE):
        Round.objects.select_for_update(no_key=True).get(pk=its_round.pk)
        current = _lock(its_round)
        Link.objects.filter(round=current, ended_at__isnull=True).update(ended_at=timezone.now())
        drawn = keys.draw()
        link = Link.objects.create(
            round=current,
            courier_id=current.courier_id,
            token_hash=drawn.token_hash,
            pin_hash=drawn.pin_hash,
            key_sealed=drawn.key_sealed,
        )
        return Opening(link, drawn.token, drawn.pin)


@action
def unlock_link(its_round: Round, *, by: User) -> None:
    """Let the courier try the PIN again."""
    with acting(by=by, source=OFFICE):
        Link.objects.filter(round=its_round, ended_at__isnull=True).update(tries=0)


@action
def revoke_link(its_round: Round, *, by: User) -> None:
    """The link is dead at once; the courier keeps the cards and brings them back, or gets a new link."""
    with acting(by=by, source=OFFICE):
        Link.objects.filter(round=its_round, ended_at__isnull=True).update(ended_at=timezone.now())


@action
def take_over(its_round: Round, *, by: User | Courier, counted: int, how: str) -> list[int]:
    """The courier of the round has the cards in hand and has counted them; those who have begun go out.

    What may no longer go out (blocked, or not here any more) is left out first; the answer lists it, and the
    count is of the rest. Raises CountDiffers.
    """
    source = PHONE if isinstance(by, Courier) else PAPER
    with acting(by=by.actor_name if isinstance(by, Courier) else by, source=source):
        current = _lock(its_round)
        if not current.waits_for_take_over:
            return []
        left_out = leave_out_what_stays(current) if current.state == State.READY else []
        Round.objects.filter(pk=current.pk).update(
            state=State.OUT, taken_by_id=current.courier_id, taken_how=how, counted=counted
        )
        return left_out


def leave_out_what_stays(current: Round) -> list[int]:
    """Close the places of cards that must not go out; their positions on the list."""
    places = RoundCard.objects.filter(round=current, ended="")
    cards = Card.objects.filter(pk__in=places.values("card_id")).order_by("pk")
    list(cards.select_for_update(no_key=True).values_list("pk"))  # nobody blocks one of them meanwhile
    stays = what_stays(current)
    RoundCard.objects.filter(pk__in=[place.pk for place in stays]).update(ended=End.LEFT_OUT)
    return [place.position for place in stays]


def what_stays(current: Round) -> list[RoundCard]:
    """Cards on the list of a round not yet begun that must not go out."""
    places = RoundCard.objects.filter(round=current, ended="").order_by("position")
    may_go = models.Func(
        "card_id",
        models.F("round__kecamatan_id"),
        function="delivery_may_go_out",
        output_field=models.BooleanField(),
    )
    return list(places.annotate(may_go=may_go).filter(may_go=False))


@action
def replace_courier(its_round: Round, *, by: User, courier: Courier) -> None:
    """Another courier is to carry the rest: the old link is dead at once, no card takes a step."""
    with acting(by=by, source=OFFICE):
        _lock(its_round)
        alive = Q(state__in=(State.READY, State.OUT), kecamatan_id=courier.kecamatan_id)
        if not Round.objects.filter(alive, pk=its_round.pk).update(courier=courier):
            raise NoSuchWay


@action
def leave_out(its_round: Round, *, by: User, places: Sequence[int]) -> None:
    """Take cards out of a round that has not begun."""
    with acting(by=by, source=OFFICE):
        _lock(its_round)
        RoundCard.objects.filter(round=its_round, pk__in=places, ended="").update(ended=End.LEFT_OUT)


@action
def end_round(its_round: Round, *, by: User) -> None:
    """The round is over, its link dead at once; what comes back is counted next. One not begun is dropped."""
    with acting(by=by, source=OFFICE):
        current = _lock(its_round)
        if current.state == State.READY:
            RoundCard.objects.filter(round=current, ended="").update(ended=End.LEFT_OUT)
            Round.objects.filter(pk=current.pk).update(state=State.CLOSED)
        elif current.state == State.OUT:
            Round.objects.filter(pk=current.pk).update(state=State.ENDED)


@action
def resume_round(its_round: Round, *, by: User) -> None:
    """A round ended by mistake goes on, with a new link."""
    with acting(by=by, source=OFFICE):
        current = _lock(its_round)
        if current.state != State.ENDED or current.courier_id != current.taken_by_id:
            raise NoSuchWay
        held = RoundCard.objects.filter(round=current, ended="").count()
        Round.objects.filter(pk=current.pk).update(state=State.OUT, taken_how=current.taken_how, counted=held)


@action
def count_back(its_round: Round, *, by: User, counted: Mapping[int, bool]) -> None:
    """Cards that came back (True) or did not (False), by their place; a missing one that is found comes back."""
    came = [place for place, there in counted.items() if there]
    missing = [place for place, there in counted.items() if not there]
    with acting(by=by, source=OFFICE):
        current = _lock(its_round)
        places = RoundCard.objects.filter(round=current, ended="")
        places.filter(pk__in=missing, missing_at__isnull=True).update(missing_at=timezone.now())
        places.filter(pk__in=came).update(ended=End.BACK)


@action
def settle_missing(place: int, *, by: User, found: bool) -> None:
    """A card that was not there at the count: found at the kecamatan, or given up by a supervisor and printed again."""
    with acting(by=by, source=ADMIN):
        missing = RoundCard.objects.filter(pk=place, ended="", missing_at__isnull=False)
        if not missing.update(ended=End.BACK if found else End.LOST):
            raise NoSuchWay


@action
def close_round(its_round: Round, *, by: User) -> None:
    """Every card is counted. Raises NotCounted."""
    with acting(by=by, source=OFFICE):
        if not Round.objects.filter(pk=its_round.pk, state=State.ENDED).update(state=State.CLOSED):
            raise NoSuchWay


def begin_by_phone(link: Link, *, counted: int) -> list[int]:
    """The first PIN and a confirmed count."""
    return take_over(link.round, by=link.courier, counted=counted, how=How.PHONE)


def _lock(its_round: Round) -> Round:
    """The round as it is now, held until the end of the transaction."""
    return Round.objects.select_for_update(no_key=True).get(pk=its_round.pk)
