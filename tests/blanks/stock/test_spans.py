"""Serials as people write many of them."""

import pytest

from blanks.spans import NoSpans, each, joined, quantity, read, without


def written(text: str) -> list[str]:
    return [str(span) for span in read(text)]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("101, 105-110", ["101", "105–110"]),
        ("0100 s.d. 0120; 0200", ["0100–0120", "0200"]),
        ("A101 - A110\nA200–205", ["A101–A110", "A200–A205"]),
        ("AB-101", ["AB-101"]),
        ("AB-101 - AB-105", ["AB-101–AB-105"]),
        ("5 sampai 9", ["5–9"]),
        (" ", []),
    ],
)
def test_what_people_write_is_understood(text: str, meant: list[str]) -> None:
    assert written(text) == meant


@pytest.mark.parametrize("text", ["x", "110-101", "A1-B2", "101, 101", "100-110, 105", "101 102", "1" * 19])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(NoSpans):
        read(text)


def test_what_is_missing_is_cut_out() -> None:
    left = without(read("100-199"), read("100, 150-151, 199"))
    assert [str(one) for one in left] == ["101–149", "152–198"]
    assert quantity(left) == 96
    with pytest.raises(NoSpans):
        without(read("100-199"), read("99-100"))


def test_serials_in_a_row_are_said_together() -> None:
    assert [str(one) for one in joined(each(read("5, 3, 4, 9, B1, B2")))] == ["3–5", "9", "B1–B2"]
