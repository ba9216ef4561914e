"""Dates and figures in two languages."""

from datetime import UTC, datetime

from tracking.public import dates

MOMENT = datetime(2017, 10, 5, 3, 42, tzinfo=UTC)


def test_a_moment_is_told_by_jakartas_clock() -> None:
    assert dates.full(dates.local(MOMENT), "id") == "5 Oktober 2017 pukul 10.42"
    assert dates.full(dates.local(MOMENT), "en") == "5 October 2017, 10:42"


def test_figures_are_grouped_as_the_language_does() -> None:
    assert dates.figure(98213, "id") == "98.213"
    assert dates.figure(98213, "en") == "98,213"
