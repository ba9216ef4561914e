"""A place in the queue that is further back than when the day began: the page says from where, and why."""

import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests import people
from tests.builders import block, lift, many_cards, position, sql, step
from tests.tracking.public.cards import a_card, status_of, text_of
from tracking.actor import acting
from tracking.models import Block, Card, LetterRule
from tracking.stages import Kind, Stage

pytestmark = pytest.mark.usefixtures("committed")
Sql = Callable[..., list[tuple[Any, ...]]]
CAN = "Urutan bisa mundur jika"
HAS = "Urutan berubah dari"


@pytest.fixture
def night(superuser_sql: Sql) -> Iterator[Callable[[], None]]:
    """Whatever has happened so far happened yesterday."""

    def pass_() -> None:
        superuser_sql("SET session_replication_role = replica")
        superuser_sql("UPDATE tracking_turn SET at = at - interval '1 day'")
        superuser_sql("UPDATE tracking_ticket SET drawn_at = drawn_at - interval '1 day'")

    yield pass_
    superuser_sql("SET session_replication_role = DEFAULT")


def waiting(count: int, kind: str = Kind.FIRST) -> list[Card]:
    return [Card.objects.get(pk=pk) for pk in sorted(many_cards(count, Stage.WAITING_FOR_BLANK, kind=kind))]


def hold(card: Card) -> None:
    step(card, Stage.HELD, "ADJUDICATE_RECORD", code="ADJUDICATE_RECORD")


def hint(card: Card) -> str:
    found = re.search(rf"(?:{CAN}|{HAS})[^<]+", text_of(status_of(card)))
    assert found
    return found[0]


def test_cards_that_come_back_are_told(night: Callable[[], None]) -> None:
    first, _second = waiting(2)
    card = a_card("WAITING_FOR_BLANK")
    hold(first)
    night()
    step(first, Stage.WAITING_FOR_BLANK)
    assert hint(card) == "Urutan berubah dari 2 ke 3: ada kartu yang kembali ke antrean."
    assert "Your position changed from 2 to 3: cards returned to the queue." in text_of(status_of(card, "en"))


def test_better_letters_are_told(night: Callable[[], None]) -> None:
    card = a_card("WAITING_FOR_BLANK", kind=Kind.LOST)
    night()
    waiting(1100)
    assert hint(card) == "Urutan berubah dari 1 ke 1.101: ada kartu baru yang didahulukan aturan."


def test_both_are_told(night: Callable[[], None]) -> None:
    (first,) = waiting(1, Kind.LOST)
    card = a_card("WAITING_FOR_BLANK", kind=Kind.LOST)
    block(first)
    night()
    lift(Block.objects.get(card_id=first.pk), by=people.supervisor())
    waiting(1)
    assert hint(card) == (
        "Urutan berubah dari 1 ke 3: ada kartu yang didahulukan aturan, dan yang kembali ke antrean."
    )


def test_nothing_is_told_where_as_many_left(night: Callable[[], None]) -> None:
    first, second = waiting(2)
    card = a_card("WAITING_FOR_BLANK")
    hold(first)
    night()
    hold(second)
    step(first, Stage.WAITING_FOR_BLANK)
    assert hint(card).startswith(CAN)


def test_nothing_is_told_of_later_numbers_and_other_kecamatan(night: Callable[[], None]) -> None:
    card = a_card("WAITING_FOR_BLANK")
    night()
    waiting(3)
    many_cards(3, Stage.WAITING_FOR_BLANK, kecamatan=2)
    assert hint(card).startswith(CAN)


def test_nothing_is_told_to_who_came_back_today(night: Callable[[], None]) -> None:
    card, first = a_card("WAITING_FOR_BLANK", kind=Kind.LOST), None
    hold(card)
    night()
    first = waiting(1)
    step(card, Stage.WAITING_FOR_BLANK)
    assert first and hint(card).startswith(CAN)


def test_nothing_is_told_to_who_drew_a_number_today() -> None:
    card = a_card("WAITING_FOR_BLANK", kind=Kind.LOST)
    waiting(1)
    assert hint(card).startswith(CAN)


def test_places_by_another_order_of_letters_are_not_compared(night: Callable[[], None]) -> None:
    card = a_card("WAITING_FOR_BLANK", kind=Kind.LOST)
    night()
    with acting(by=people.supervisor(), source="test"):
        today = sql("SELECT (now() AT TIME ZONE 'Asia/Jakarta')::date")[0][0]
        LetterRule.objects.create(valid_from=today, letters="BAC", decree="Keputusan 9")
    waiting(1)
    assert hint(card).startswith(CAN)


@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_place_of_the_morning(night: Callable[[], None], seed: int) -> None:
    """Whatever happens in a day: who reads of a better place had it when the day began."""
    luck = random.Random(seed)
    cards = [card for kind in (Kind.FIRST, Kind.CHANGED, Kind.LOST) for card in waiting(6, kind)]
    for card in luck.sample(cards, 6):
        hold(card)
    night()
    began = {card.pk: position(card) for card in cards if card.stage == Stage.WAITING_FOR_BLANK}
    moved = set()
    for card in luck.choices(cards, k=14):
        moved.add(card.pk)
        step(card, Stage.WAITING_FOR_BLANK) if card.stage == Stage.HELD else hold(card)
        if luck.random() < 0.3:
            waiting(luck.randint(1, 2), luck.choice([Kind.FIRST, Kind.CHANGED]))
    told = 0
    for card in cards:
        if card.stage != Stage.WAITING_FOR_BLANK or card.pk in moved:
            continue
        now = position(card)
        if now > began[card.pk]:
            assert hint(card).startswith(f"{HAS} {began[card.pk]} ke {now}: ")
            told += 1
        else:
            assert hint(card).startswith(CAN)
    assert told
