"""Rounds for tests, in the words of the domain."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from delivery.actions import attempt as attempts
from delivery.actions import round as rounds
from delivery.actions.attempt import Answer, Said
from delivery.models import Courier, How, Link, Outcome, Recipient, Round, RoundCard
from staff.models import User
from tests import people
from tests.builders import OFFICE, many_cards, settle
from tracking.actor import acting
from tracking.models import Card, Citizen
from tracking.stages import Stage


def the_officer(kecamatan: int = 1) -> User:
    return User.objects.filter(username=f"petugas-{kecamatan}").first() or people.officer(kecamatan)


def cards_at_kecamatan(count: int, kecamatan: int = 1) -> list[int]:
    """Cards that the officer has in hand."""
    made = many_cards(count, Stage.AT_KECAMATAN, kecamatan)
    with acting(by=OFFICE, source="test"):
        Card.objects.filter(pk__in=made).update(outside_confirmed=True)
    settle()
    return made


def a_courier(kecamatan: int = 1, name: str = "Pak Darto", **fields: Any) -> Courier:
    today = timezone.localdate()
    told = {
        "letter_number": "474/12/ST",
        "valid_from": today - timedelta(days=1),
        "valid_until": today + timedelta(days=30),
        "phone": "081200000001",
    } | fields
    return rounds.add_courier(by=the_officer(kecamatan), kecamatan=kecamatan, name=name, **told)


def a_round(count: int = 3, *, kecamatan: int = 1, courier: Courier | None = None) -> Round:
    """A round that waits for its courier."""
    return rounds.make_round(
        by=the_officer(kecamatan),
        request=uuid.uuid4(),
        courier=courier or a_courier(kecamatan),
        cards=cards_at_kecamatan(count, kecamatan),
    )


def on_the_way(count: int = 3, *, kecamatan: int = 1) -> Link:
    """A round whose courier took it over by phone; its link."""
    its_round = a_round(count, kecamatan=kecamatan)
    link = rounds.open_link(its_round, by=the_officer(kecamatan)).link
    rounds.begin_by_phone(link, counted=count)
    settle()
    return link


def by_signed_list(its_round: Round) -> None:
    count = RoundCard.objects.filter(round=its_round, ended="").count()
    rounds.take_over(its_round, by=the_officer(its_round.kecamatan_id), counted=count, how=How.PAPER)
    settle()


def places(its_round: Round) -> list[RoundCard]:
    return list(RoundCard.objects.filter(round=its_round).order_by("position"))


def card_of(place: RoundCard) -> Card:
    return Card.objects.get(pk=place.card_id)


def said(place: RoundCard | None, outcome: str, at: datetime | None = None, **fields: Any) -> Said:
    """One attempt at a door; delivered to the holder if nobody says otherwise."""
    if outcome == Outcome.DELIVERED:
        fields = {"recipient": Recipient.HOLDER, "data_confirmed": True} | fields
    uid = fields.pop("uid", None) or uuid.uuid4()
    return Said(uid, place.pk if place else None, outcome, at or timezone.now(), **fields)


def send(link: Link, *said: Said, sent_at: datetime | None = None) -> list[Answer]:
    """What the phone gets as an answer, in order."""
    answers = attempts.book_from_phone(link, said, sent_at=sent_at or timezone.now())
    settle()
    return [answers[one.uid] for one in said]


def verdicts(answers: Sequence[Answer]) -> list[str]:
    return [one.verdict for one in answers]


def named(card: int, name: str) -> None:
    """Give a card's citizen a name."""
    Citizen.objects.filter(pk=Card.objects.get(pk=card).citizen_id).update(name=name)
