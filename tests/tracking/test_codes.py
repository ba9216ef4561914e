"""Codes of cards: what is typed wrong is found, what only looks otherwise is understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.codes import SIGNS, NoCode, decode, encode

cards = st.integers(1, 2**63 - 1)


@given(cards)
def test_a_code_means_its_card(card: int) -> None:
    assert decode(encode(card)) == card


def test_codes_of_the_city_are_seven_signs() -> None:
    assert {len(encode(card)) for card in (1, 1_800_000, 28_000_000)} == {7}


@given(cards, st.data())
def test_one_wrong_sign_is_found(card: int, data: st.DataObject) -> None:
    code = encode(card)
    place = data.draw(st.integers(1, len(code) - 1))
    wrong = data.draw(st.sampled_from([sign for sign in SIGNS if sign != code[place]]))
    with pytest.raises(NoCode):
        decode(code[:place] + wrong + code[place + 1 :])


@given(cards, st.data())
def test_two_signs_that_changed_places_are_found(card: int, data: st.DataObject) -> None:
    code = encode(card)
    place = data.draw(st.integers(1, len(code) - 2))
    if code[place] != code[place + 1]:
        with pytest.raises(NoCode):
            decode(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


def test_it_is_read_as_people_type_it() -> None:
    code = encode(1_234_567)
    assert decode(f" {code[:3].lower()} - {code[3:].lower()} ") == 1_234_567
    assert decode(encode(31).replace("0", "o").replace("1", "l")) == 31


@pytest.mark.parametrize(
    "text", ["", "K", "K0", "00001", "A-412", "3275014107900001", "K" + "0" * 20, "K٠٠٠٠١2", "\0"]
)
def test_anything_else_is_no_code(text: str) -> None:
    with pytest.raises(NoCode):
        decode(text)


def test_no_serial_is_taken_for_a_code() -> None:
    for serial in range(10_000):
        with pytest.raises(NoCode):
            decode(f"{serial:07}")
