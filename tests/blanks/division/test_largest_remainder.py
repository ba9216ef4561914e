"""Whole blanks in proportion to the need: nothing is lost, nobody gets more than needed, ties go by code."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from blanks.division import largest_remainder

needs = st.lists(st.integers(0, 100_000), min_size=1, max_size=12).map(lambda ns: dict(enumerate(ns)))
quantities = st.integers(0, 1_500_000)


@given(quantities, needs)
def test_all_of_it_is_divided_or_all_need_is_met(quantity: int, need: dict[int, int]) -> None:
    assert sum(largest_remainder(quantity, need).values()) == min(quantity, sum(need.values()))


@given(quantities, needs)
def test_nobody_gets_more_than_they_need(quantity: int, need: dict[int, int]) -> None:
    gets = largest_remainder(quantity, need)
    assert gets.keys() == need.keys()
    assert all(0 <= gets[key] <= need[key] for key in need)


@given(quantities, needs)
def test_nobody_is_a_whole_blank_away_from_their_exact_share(quantity: int, need: dict[int, int]) -> None:
    total = sum(need.values())
    share = Fraction(min(quantity, total), total) if total else Fraction(0)
    for key, n in largest_remainder(quantity, need).items():
        assert abs(n - need[key] * share) < 1


@given(quantities, needs)
def test_whoever_needs_more_never_gets_less(quantity: int, need: dict[int, int]) -> None:
    gets = largest_remainder(quantity, need)
    for a in need:
        for b in need:
            if need[a] > need[b]:
                assert gets[a] >= gets[b]


@given(quantities, st.integers(1, 100_000), st.integers(2, 12))
def test_of_equals_the_first_code_gets_the_odd_blank(quantity: int, each: int, many: int) -> None:
    gets = list(largest_remainder(quantity, dict.fromkeys(range(many), each)).values())
    assert gets == sorted(gets, reverse=True)


def test_the_largest_remainder_is_rounded_up() -> None:
    assert largest_remainder(10, {1: 55, 2: 33, 3: 12}) == {1: 6, 2: 3, 3: 1}
