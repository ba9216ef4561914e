"""What a courier's phone is told: of each card what the door needs, and how far the round has come."""

from typing import Any, NamedTuple

from django.db.models import QuerySet

from tracking import sealing
from tracking.models import Card, Citizen, Office
from tracking.stages import Kind

from .. import keys
from ..actions.round import what_stays
from ..models import Link, Round, RoundCard
from ..models.round import TRIES

TAKE_BACK = {Kind.DAMAGED: ("ktp",), Kind.CHANGED: ("ktp",), Kind.LOST: ("surat",), Kind.FIRST: ()}
"""What the citizen keeps ready, by kind of card: the old card, or the police's letter."""
NAMES = {"ktp": "KTP lama", "surat": "surat kehilangan dari polisi", "suket": "suket"}


class Door(NamedTuple):
    """One card as the courier sees it. Once it is done, nothing but its name is left."""

    id: int
    n: int
    name: str
    address: str
    place: str
    phone: str
    take: tuple[str, ...]
    tries: int
    done: str

    @property
    def take_words(self) -> str:
        return ", ".join(NAMES[one] for one in self.take)


def doors(its_round: Round) -> list[Door]:
    """The cards of a round that the courier has or had in hand, in the order of walking."""
    places = list(_carried(its_round))
    cards = {card.pk: card for card in _cards([place.card_id for place in places])}
    return [_door(place, cards[place.card_id]) for place in places]


def door(its_round: Round, place: int) -> Door | None:
    """One of them, if it is in the round."""
    return next((one for one in doors(its_round) if one.id == place), None)


def held_back(its_round: Round) -> list[Door]:
    """Cards on a list not yet begun that must stay with the officer."""
    if its_round.state != "ready":
        return []
    stays = what_stays(its_round)
    cards = {card.pk: card for card in _cards([place.card_id for place in stays])}
    return [_door(place, cards[place.card_id]) for place in stays]


def package(link: Link) -> dict[str, Any]:
    """All that the phone keeps for a round: its key, whom to call, and the doors once the cards are taken over."""
    its_round = link.round
    office = Office.objects.filter(pk=its_round.kecamatan_id).first()
    waits = its_round.waits_for_take_over
    return {
        "key": keys.signing_key(keys.opened(link.key_sealed or b"")).hex(),
        "round": its_round.pk,
        "office": office.name if office else str(its_round.kecamatan),
        "phone": office.phone if office else "",
        "waits": waits,
        "held_back": [{"n": one.n, "name": one.name} for one in held_back(its_round)] if waits else [],
        "cards": [] if waits else [one._asdict() for one in doors(its_round)],
    }


def progress(its_round: Round) -> list[dict[str, Any]]:
    """How far each card has come, without a name: what the phone puts right in its list."""
    places = list(_carried(its_round))
    return [{"id": place.pk, "tries": TRIES - place.tries, "done": _done(place)} for place in places]


def _carried(its_round: Round) -> QuerySet[RoundCard]:
    return RoundCard.objects.filter(round=its_round).exclude(ended="left_out").order_by("position")


def _cards(ids: list[int]) -> QuerySet[Card]:
    return Card.objects.filter(pk__in=ids).select_related("citizen__kelurahan")


def _done(place: RoundCard) -> str:
    return place.ended if place.ended in ("back", "lost") else place.result


def _door(place: RoundCard, card: Card) -> Door:
    done = _done(place)
    citizen = card.citizen
    return Door(
        id=place.pk,
        n=place.position,
        name=citizen.name.title(),
        address="" if done else _opened(citizen.address_sealed, sealing.ADDRESS),
        place=_place(citizen),
        phone="" if done else _opened(citizen.phone_sealed, sealing.PHONE),
        take=TAKE_BACK[Kind(card.kind)],
        tries=TRIES - place.tries,
        done=done,
    )


def _place(citizen: Citizen) -> str:
    rt = f"RT {citizen.rt:03}" if citizen.rt else "RT ?"
    rw = f"RW {citizen.rw:03}" if citizen.rw else "RW ?"
    return f"{rt} / {rw}, {citizen.kelurahan.name}"


def _opened(blob: bytes | memoryview | None, field: bytes) -> str:
    return sealing.unseal(blob, field).decode() if blob else ""
