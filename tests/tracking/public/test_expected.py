"""When a waiting card will be printed, as its page says it: from the newest forecast, in the page's one question."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import builders
from tests.tracking.public.cards import a_card, status_of, text_of
from tracking import tokens
from tracking.models import Card, Forecast, ForecastRange
from tracking.models.forecast import EVERYBODY_AFTER
from tracking.public import dates, status_page

pytestmark = pytest.mark.django_db
NOBODY_KNOWS = "Kami belum tahu kapan blanko berikutnya datang. Nomor Anda tetap."
LATE = "Ini lebih lama dari biasanya. Sampaikan ke <strong>Loket Disdukcapil Kota Bekasi</strong>"


def ahead(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def forecast(
    *ranges: tuple[int, int | None, int | None], made: int = 0, why: str = "", **basis: Any
) -> Forecast:
    """Of queue A in the first kecamatan: up to which number, from and to how many days from now."""
    one = Forecast.objects.create(day=ahead(made), why=why, basis=basis)
    ForecastRange.objects.bulk_create(
        ForecastRange(
            forecast_id=one.pk,
            kecamatan_id=1,
            letter="A",
            up_to=up_to,
            likely=None if likely is None else ahead(likely),
            surely=None if surely is None else ahead(surely),
        )
        for up_to, likely, surely in ranges
    )
    return one


def waiting() -> Card:
    """A card with the second number of the queue."""
    builders.a_card("WAITING_FOR_BLANK", kecamatan=1)
    return a_card("WAITING_FOR_BLANK")


def next_of(card: Card, language: str = "id") -> str:
    """What its page says under "Selanjutnya"."""
    page = text_of(status_of(card, language))
    return page[page.index('id="next"') : page.index('id="way"')]


def test_the_range_of_the_number_is_said() -> None:
    card = waiting()
    forecast((1, 2, 3), (5, 10, 30), (EVERYBODY_AFTER, 40, 60))
    said = next_of(card)
    assert f"Perkiraan <strong>{dates.span(ahead(10), ahead(30), 'id')}</strong>." in said
    assert f"Expected <strong>{dates.span(ahead(10), ahead(30), 'en')}</strong>." in next_of(card, "en")
    assert "belum tahu" not in said and "lebih lama" not in said


def test_the_newest_forecast_counts() -> None:
    card = waiting()
    forecast((EVERYBODY_AFTER, 5, 9))
    forecast((EVERYBODY_AFTER, 20, 29))
    assert dates.span(ahead(20), ahead(29), "id") in next_of(card)


def test_how_true_they_were_stands_under_a_range_alone() -> None:
    card = waiting()
    true = {"promised": 300, "in_time": 269}
    forecast((EVERYBODY_AFTER, 5, 9), accuracy=true)
    assert '<p class="hint">89 dari 100 perkiraan kami tepat.</p>' in next_of(card)
    assert "89 of 100 of our estimates were right." in next_of(card, "en")
    forecast(why=Forecast.Why.NO_SUPPLY_KNOWN, accuracy=true)
    assert "dari 100" not in next_of(card)
    forecast((EVERYBODY_AFTER, 5, 9), accuracy={"promised": 0, "in_time": 0})
    assert "dari 100" not in next_of(card)


def test_nobody_knows_and_why() -> None:
    card = waiting()
    assert NOBODY_KNOWS in next_of(card)
    assert "rencana" not in next_of(card)
    forecast(why=Forecast.Why.NO_SUPPLY_KNOWN)
    assert f"{NOBODY_KNOWS} Belum ada rencana kiriman, dan kiriman yang lalu kurang dari tiga." in next_of(
        card
    )
    assert "No shipment is planned" in next_of(card, "en")


def test_what_is_planned_does_not_reach_the_number() -> None:
    card = waiting()
    forecast((1, 2, 3), (EVERYBODY_AFTER, None, None))
    assert "Kiriman blanko yang sudah direncanakan belum sampai ke nomor Anda." in next_of(card)


def test_past_the_first_range_it_is_longer_than_usual() -> None:
    card = waiting()
    forecast((EVERYBODY_AFTER, -20, -1))
    forecast((EVERYBODY_AFTER, 5, 9))
    said = next_of(card)
    assert LATE in said
    assert dates.span(ahead(5), ahead(9), "id") in said


def test_a_range_from_before_the_number_was_drawn_is_no_promise_to_it() -> None:
    card = waiting()
    forecast((EVERYBODY_AFTER, -20, -1), made=-30)
    forecast((EVERYBODY_AFTER, 5, 9))
    assert LATE not in next_of(card)


def test_a_forecast_that_nobody_made_anew_says_no_day_that_is_past() -> None:
    card = waiting()
    forecast((EVERYBODY_AFTER, -5, -1))
    said = next_of(card)
    assert "Perkiraan" not in said
    assert NOBODY_KNOWS in said and LATE in said
    forecast((EVERYBODY_AFTER, -5, 3))
    assert dates.span(ahead(0), ahead(3), "id") in next_of(card)


@pytest.mark.parametrize("stage", ["DEDUPLICATING", "BLANK_ALLOCATED", "PRINTED"])
def test_only_who_waits_is_told(stage: str) -> None:
    card = a_card(stage)
    forecast((EVERYBODY_AFTER, 5, 9))
    assert "Perkiraan" not in text_of(status_of(card))


def test_a_blocked_card_is_told_nothing() -> None:
    card = waiting()
    builders.block(card)
    forecast((EVERYBODY_AFTER, 5, 9))
    assert "Perkiraan" not in text_of(status_of(card))


def test_it_is_asked_with_all_the_rest() -> None:
    card = waiting()
    forecast((EVERYBODY_AFTER, 5, 9))
    status_of(card)
    with CaptureQueriesContext(connection) as asked:
        status_of(card)
    assert len(asked) == 0  # the one question goes past Django's cursor


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_pieces_say_what_the_templates_would(language: str) -> None:
    card = waiting()
    forecast((EVERYBODY_AFTER, -9, -1))
    forecast((EVERYBODY_AFTER, 5, 9), accuracy={"promised": 10, "in_time": 9})
    read = status_page.read(tokens.Link(card.pk, card.token_version), uuid4())
    assert isinstance(read, status_page.Card) and (read.expected, read.late, read.kept) == (
        "range",
        "1",
        "90",
    )
    at = "localhost/status/x/"
    assert status_page.page(read, language, at) == status_page.whole(read, language, at)
