"""Many tries at the same moment, really committed."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from staff.second_step import actions
from tests.staff.cast import staff

from .phones import Clock, with_phone


def test_the_same_code_from_many_at_once_lets_one_in(committed: None, clock: Clock) -> None:
    user = staff("operator")
    phone, _paper = with_phone(user, clock)
    code = phone.next()

    def try_(_n: int) -> Any:
        try:
            return actions.is_right(user, code)
        except actions.Paused:
            return "paused"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(try_, range(8)))
    assert answers.count(True) == 1


def test_a_thousand_guesses_at_once_are_five(committed: None, clock: Clock) -> None:
    user = staff("operator")
    phone, _paper = with_phone(user, clock)

    def try_(_n: int) -> Any:
        try:
            return actions.is_right(user, phone.wrong())
        except actions.Paused:
            return "paused"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(try_, range(40)))
    assert answers.count(False) == 5
    assert answers.count("paused") == 35
