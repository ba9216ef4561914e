"""Whoever is served out of turn is found by the look back at history: the door is taken off its hinges to try it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from blanks.actions.priority import serve_first
from tests import people
from tests.blanks.life.ways import take, waiting
from tests.builders import block, stock
from tracking.models import Card

from .order import passed_over

OwnerSql = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def cards(committed: None) -> list[int]:
    stock(1, 10)
    return waiting(4)


@pytest.fixture
def no_door(cards: list[int], owner_sql: OwnerSql) -> Iterator[None]:
    """Nobody checks the turn: neither where the queue is settled nor where the blanks move."""
    name = owner_sql("SELECT tgname FROM pg_trigger WHERE tgname LIKE '%%movement_in_turn%%'")[0][0]
    check = owner_sql("SELECT pg_get_functiondef('tracking_check_turn'::regproc)")[0][0]
    owner_sql(f"ALTER TABLE blanks_movement DISABLE TRIGGER {name}")
    owner_sql(
        "CREATE OR REPLACE FUNCTION tracking_check_turn(its_moment bigint) RETURNS void LANGUAGE sql AS 'SELECT'"
    )
    yield
    owner_sql(f"ALTER TABLE blanks_movement ENABLE TRIGGER {name}")
    owner_sql(check)


def test_a_later_number_before_an_earlier(cards: list[int], no_door: None) -> None:
    take(cards[0], cards[2])
    take(cards[1], cards[3])
    assert passed_over() == (4, ["A-2 waited when A-3 was served"])


def test_a_worse_letter_before_a_better(cards: list[int], no_door: None) -> None:
    take(*waiting(1, "HILANG"))
    served, wrong = passed_over()
    assert (served, sorted(wrong)) == (1, [f"A-{n} waited when C-1 was served" for n in range(1, 5)])


def test_who_is_blocked_or_an_exception_passes_nobody(cards: list[int]) -> None:
    serve_first(cards[2], by=people.supervisor(), category="health", why="operasi")
    take(cards[2])
    block(Card.objects.get(pk=cards[0]))
    take(cards[1])
    assert passed_over() == (1, [])
