"""Dates and numbers in words, as a signed record has them."""

from datetime import date

import pytest

from blanks.papers.base import tanggal, tanggal_terbilang, terbilang


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"),
        (11, "sebelas"),
        (17, "tujuh belas"),
        (20, "dua puluh"),
        (37, "tiga puluh tujuh"),
        (100, "seratus"),
        (119, "seratus sembilan belas"),
        (1000, "seribu"),
        (2017, "dua ribu tujuh belas"),
        (100_000, "seratus ribu"),
        (1_800_000, "satu juta delapan ratus ribu"),
    ],
)
def test_numbers_are_said_in_words(number: int, words: str) -> None:
    assert terbilang(number) == words


def test_dates_are_said_in_words() -> None:
    assert tanggal(date(2017, 9, 1)) == "1 September 2017"
    assert (
        tanggal_terbilang(date(2017, 9, 1)) == "Jumat tanggal satu bulan September tahun dua ribu tujuh belas"
    )
