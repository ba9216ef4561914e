"""The cards that staff see. Lists, search, popups, history and exports all start from visible_to()."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, OrderBy, QuerySet

from staff.models import User
from staff.scope import scope_of

from .. import nik
from ..models import Block, Card, Kecamatan, Ticket

MOST = 100  # results of one search; more of them call for more letters


class ByBytes(OrderBy):
    """Order of the index for prefixes, whatever collation the server has."""

    template = "%(expression)s USING ~<~ /* ASC */"  # Django looks for the word


def visible_to(user: User) -> QuerySet[Card]:
    """The whole city; for an officer the cards that count for, are held by or are to come to one kecamatan."""
    scope = scope_of(user)
    return Card.objects.all() if scope.kecamatan is None else Card.objects.filter(place=scope.kecamatan)


def by_nik(user: User, text: str) -> list[int]:
    """Cards of one citizen; NikError for what cannot be a NIK."""
    indexes = nik.indexes(nik.parse(text))
    found = visible_to(user).filter(citizen__nik_index__in=indexes)
    return list(found.order_by("-pk").values_list("pk", flat=True))


def by_number(user: User, letter: str, number: int, kecamatan: int | None) -> list[int]:
    """Cards with a queue number, in one kecamatan or in each."""
    places = [kecamatan] if kecamatan else list(Kecamatan.objects.values_list("pk", flat=True))
    tickets = Ticket.objects.filter(kecamatan__in=places, letter=letter, number=number)
    cards = list(tickets.values_list("card_id", flat=True))
    return list(visible_to(user).filter(pk__in=cards).order_by("place").values_list("pk", flat=True))


def by_name(user: User, prefix: str) -> list[int]:
    """Cards of citizens whose name begins so; one more than MOST if there are more."""
    found = visible_to(user).filter(citizen__name__startswith=prefix.upper())
    return list(found.order_by(ByBytes(F("citizen__name"))).values_list("pk", flat=True)[: MOST + 1])


def blocks_visible_to(user: User) -> QuerySet[Block]:
    """Blocks of the cards that this person sees."""
    blocks = Block.objects.all()
    return blocks if scope_of(user).whole_city else blocks.filter(card_id__in=visible_to(user).values("pk"))


def with_tickets(cards: Iterable[Card]) -> list[Card]:
    """The cards, each with its queue number as `ticket` (or None)."""
    known = list(cards)
    tickets = Ticket.objects.in_bulk([card.pk for card in known])
    for card in known:
        completed: Any = card
        completed.ticket = tickets.get(card.pk)
    return known
