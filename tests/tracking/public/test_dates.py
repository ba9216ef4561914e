"""Dates and figures in two languages."""

from datetime import UTC, date, datetime, timedelta

from tracking.public import dates

MOMENT = datetime(2017, 10, 5, 3, 42, tzinfo=UTC)


def test_a_moment_is_told_by_jakartas_clock() -> None:
    assert dates.full(dates.local(MOMENT), "id") == "5 Oktober 2017 pukul 10.42"
    assert dates.full(dates.local(MOMENT), "en") == "5 October 2017, 10:42"


def test_figures_are_grouped_as_the_language_does() -> None:
    assert dates.figure(98213, "id") == "98.213"
    assert dates.figure(98213, "en") == "98,213"


def test_a_moment_is_old_in_days() -> None:
    at, today = dates.local(MOMENT), date(2017, 10, 5)
    assert dates.ago(at, "id", today) == "hari ini pukul 10.42"
    assert dates.ago(at, "en", today + timedelta(days=1)) == "yesterday, 10:42"
    assert dates.ago(at, "id", today + timedelta(days=2)) == "5 Oktober 2017"


def test_what_two_days_share_is_said_once() -> None:
    assert dates.span(date(2017, 10, 5), date(2017, 10, 19), "id") == "5–19 Oktober 2017"
    assert dates.span(date(2017, 9, 20), date(2017, 10, 4), "en") == "20 September – 4 October 2017"
    assert dates.span(date(2017, 12, 20), date(2018, 1, 4), "id") == "20 Desember 2017 – 4 Januari 2018"
    assert dates.span(date(2017, 10, 5), date(2017, 10, 5), "id") == "5 Oktober 2017"
