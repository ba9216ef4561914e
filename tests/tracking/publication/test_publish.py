"""Closing days: which are closed, what each holds, and that nothing is skipped or taken twice."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.blanks.house import batch
from tests.builders import a_card, block, many_cards, sql, step, stock
from tests.integration.test_worker import until
from tests.tracking.life.conftest import session
from tests.tracking.life.sessions import Session
from tracking import keeping
from tracking.models import Event, Publication, PublishedCount
from tracking.publication.closing import next_day, publish
from tracking.stages import Stage
from tracking.verify import verify

from .house import Days

__all__ = ["session"]

pytestmark = pytest.mark.usefixtures("committed")

Sql = Callable[..., list[tuple[Any, ...]]]
OPEN = "UPDATE tracking_card SET stage = 'DEDUPLICATING' WHERE id = ANY (%s)"


def installed(owner_sql: Sql, days_ago: int) -> None:
    owner_sql("UPDATE tracking_installation SET day = %s", [timezone.localdate() - timedelta(days=days_ago)])


def published() -> list[int]:
    """Ids of the events that are in some day, in order."""
    return [
        number
        for (number,) in sql(
            "SELECT generate_series(lower(r), upper(r) - 1) FROM tracking_publishedset, unnest(taken) r"
            " WHERE source = 'event' ORDER BY 1"
        )
    ]


def said(**options: Any) -> str:
    output = StringIO()
    call_command("publish", stdout=output, **options)
    return output.getvalue()


def test_on_the_day_of_the_installation_there_is_nothing_to_close() -> None:
    assert publish() == []


def test_the_first_day_takes_all_that_was_before(owner_sql: Sql) -> None:
    cards = many_cards(3)
    owner_sql("UPDATE tracking_event SET at = at - interval '300 days'")
    installed(owner_sql, 1)

    assert publish() == [timezone.localdate() - timedelta(days=1)]
    assert Publication.objects.get().events == len(cards)


def test_missed_days_are_closed_in_order_and_again_changes_nothing(owner_sql: Sql) -> None:
    installed(owner_sql, 4)
    today = timezone.localdate()

    assert publish() == [today - timedelta(days=n) for n in (4, 3, 2, 1)]
    before = list(Publication.objects.values())
    assert publish() == []
    assert list(Publication.objects.values()) == before
    assert [row["before"] for row in before[:-1]] == [row["day"] for row in before[1:]]


def test_an_event_of_today_waits_for_today(owner_sql: Sql) -> None:
    installed(owner_sql, 2)
    card = a_card()
    publish()
    assert published() == []
    publish(timezone.localdate())
    assert published() == list(Event.objects.filter(card_id=card.pk).values_list("id", flat=True))


def test_what_commits_late_falls_into_the_next_day_and_is_not_lost(session: Callable[..., Session]) -> None:
    early, late = many_cards(2), many_cards(2)
    publish_today = timezone.localdate()
    slow = session()
    slow.begin()
    slow.run(OPEN, [early])  # draws its ids first
    quick = session()
    quick.begin()
    quick.run(OPEN, [late])
    quick.commit()
    assert publish(publish_today) == [publish_today]
    assert len(published()) == 6
    slow.commit()
    assert _close_tomorrow() == 8
    assert published() == sorted(Event.objects.values_list("id", flat=True))
    assert [p.what for p in verify().problems if p.invariant == "published_once"] == []


def test_what_is_rolled_back_is_waited_for_no_longer_than_it_may_come(
    session: Callable[..., Session],
) -> None:
    cards = many_cards(2)
    other = session()
    other.begin()
    other.run(OPEN, [cards])
    step(a_card(), Stage.DEDUPLICATING)
    publish(timezone.localdate())
    assert sql("SELECT missing <> '{}' FROM tracking_publishedset WHERE source = 'event'") == [(True,)]
    other.rollback()
    newest = (
        "SELECT missing = '{}' FROM tracking_publishedset WHERE source = 'event' ORDER BY day DESC LIMIT 1"
    )
    # what else runs on this server may have begun before, so it may take some days more until that has ended
    until(lambda: bool(_close_tomorrow()) and sql(newest) == [(True,)], patience=90)


def _close_tomorrow() -> int:
    """Close the day after the last one as if it were over; how many events are published then."""
    from tracking.publication import closing

    assert closing._close_once(next_day())
    return len(published())


def test_figures_of_a_day_are_those_of_its_end(superuser_sql: Sql) -> None:
    days = Days(superuser_sql, 3)
    card, other = a_card(Stage.WAITING_FOR_BLANK), a_card(Stage.RECORDED)
    first = days.end()
    stock(1, 1)
    batch(size=1)
    step(other, Stage.HELD, "PACKET_RETRY")
    second = days.end()
    block(card)
    step(other, Stage.WAITING_FOR_BLANK)

    def count(day: Any) -> dict[str, int]:
        rows = PublishedCount.objects.filter(day=day, kecamatan_id=1).exclude(n=0)
        return dict(rows.values_list("stage", "n"))

    assert count(first) == {"WAITING_FOR_BLANK": 1, "RECORDED": 1}
    assert count(second) == {"BLANK_ALLOCATED": 1, "HELD": 1}


def test_two_at_once_close_each_day_once(owner_sql: Sql, session: Callable[..., Session]) -> None:
    installed(owner_sql, 3)
    many_cards(50)
    from tests.tracking.life.test_at_once import together

    assert together(*[_publish_in_a_thread] * 3) == []
    assert Publication.objects.count() == 4
    assert len(published()) == 50


def _publish_in_a_thread() -> None:
    from django.db import connection

    try:
        publish(timezone.localdate())
    finally:
        connection.close()


class TestTheCommand:
    def test_says_what_it_closed(self, owner_sql: Sql) -> None:
        installed(owner_sql, 1)
        assert said() == f"{timezone.localdate() - timedelta(days=1)} diumumkan.\n"
        assert said() == "Tidak ada hari yang perlu diumumkan.\n"

    @pytest.mark.parametrize("text", ["2999-01-01", "kemarin", "2017-13-01", ""])
    def test_refuses_the_future_and_what_is_no_day(self, text: str) -> None:
        with pytest.raises(CommandError) as refused:
            said(date=text)
        assert refused.value.returncode == 2
        assert not Publication.objects.exists()

    def test_closes_today_if_it_is_asked_to(self) -> None:
        assert said(date=str(timezone.localdate())) == f"{timezone.localdate()} diumumkan.\n"


def test_the_worker_publishes_by_itself(owner_sql: Sql) -> None:
    installed(owner_sql, 2)
    keeping.keep_house()
    assert Publication.objects.count() >= 1
    keeping.keep_house()
    assert next_day() >= timezone.localdate() - timedelta(days=1)
