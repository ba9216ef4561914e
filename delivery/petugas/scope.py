"""What an officer sees: the own kecamatan's cards, those it holds and those it is to get. Every page starts here."""

from django.db.models import Q, QuerySet
from django.http import Http404

from staff.models import User
from staff.scope import scope_of
from tracking.models import Card, Kelurahan

from ..custody import Holder
from ..handovers import State
from ..models import Handover, HandoverCard, Piece


def kecamatan_of(user: User) -> int:
    """The officer's kecamatan; 0, which nothing belongs to, for anybody else."""
    return scope_of(user).kecamatan or 0


def cards(user: User) -> QuerySet[Card]:
    """Cards of citizens of the kecamatan (or of its queue), in its hands, or on the way to it."""
    own = kecamatan_of(user)
    offices = Kelurahan.objects.filter(kecamatan=own).values("id")
    held = Piece.objects.filter(current=True).filter(
        Q(holder=Holder.KECAMATAN, holder_id=own) | Q(holder=Holder.KELURAHAN, holder_id__in=offices)
    )
    coming = HandoverCard.objects.filter(open=True, handover__to_kecamatan=own)
    return Card.objects.filter(
        Q(place=own) | Q(pk__in=held.values("card_id")) | Q(pk__in=coming.values("card_id"))
    )


def handovers(user: User) -> QuerySet[Handover]:
    """Hand-overs that the kecamatan gives or gets."""
    own = kecamatan_of(user)
    return Handover.objects.filter(Q(to_kecamatan=own) | Q(from_kecamatan=own))


def handover(user: User, key: int) -> Handover:
    """One of them; 404 for another's."""
    found = handovers(user).select_related("to_kecamatan", "from_kecamatan", "to_kelurahan").filter(pk=key)
    one = found.first()
    if one is None:
        raise Http404
    return one


def arriving(user: User, key: int) -> Handover:
    """One that the kecamatan gets, and that was released; 404 for anything else."""
    one = handover(user, key)
    if one.to_kecamatan_id != kecamatan_of(user) or one.state in (State.CALLED, State.WITHDRAWN):
        raise Http404
    return one


def leaving(user: User, key: int) -> Handover:
    """One that the kecamatan gives; 404 for anything else."""
    one = handover(user, key)
    if one.from_kecamatan_id != kecamatan_of(user):
        raise Http404
    return one


def card(user: User, key: int) -> Card:
    """One card that the officer sees; 404 for another's."""
    one = cards(user).select_related("citizen__kelurahan__kecamatan").filter(pk=key).first()
    if one is None:
        raise Http404
    return one
