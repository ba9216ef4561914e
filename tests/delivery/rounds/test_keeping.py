"""Couriers are forgotten a week after their last round, keys with their links, names at doors after ninety days."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from delivery import keeping
from delivery.actions import round as rounds
from delivery.models import Attempt, Courier, Link
from tests.builders import refused, settle, sql

from .walk import a_courier, on_the_way, places, said, send, the_officer

pytestmark = pytest.mark.slow
Run = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def done(committed: None, superuser_sql: Run) -> Link:
    """A round that was closed long ago, by the clock of a superuser."""
    link = on_the_way(1)
    send(link, said(places(link.round)[0], "delivered", recipient="family", recipient_name="Bu Sri"))
    rounds.end_round(link.round, by=the_officer())
    rounds.close_round(link.round, by=the_officer())
    return link


def age(run: Run, days: int) -> None:
    run(
        f"""SET session_replication_role = replica;
        UPDATE delivery_courier SET at = at - interval '{days} days';
        UPDATE delivery_round SET closed_at = closed_at - interval '{days} days';
        UPDATE delivery_link SET ended_at = ended_at - interval '{days} days';
        UPDATE delivery_attempt SET at = at - interval '{days} days';
        UPDATE tracking_card SET since = since - interval '{days} days';
        SET session_replication_role = origin"""
    )


def test_a_courier_is_forgotten_a_week_after_the_round(done: Link, superuser_sql: Run) -> None:
    age(superuser_sql, 6)
    keeping.keep_house()
    assert Courier.objects.get().name_sealed is not None
    age(superuser_sql, 2)
    keeping.keep_house()
    courier = Courier.objects.get()
    assert (courier.name_sealed, courier.phone_sealed) == (None, None)
    assert courier.erased_at
    assert Link.objects.get().key_sealed is None


def test_one_with_a_round_is_not(committed: None, superuser_sql: Run) -> None:
    on_the_way(1)
    age(superuser_sql, 40)
    assert keeping.forget_couriers() == 0


def test_names_at_the_door_go_ninety_days_after_the_end_of_the_card(done: Link, superuser_sql: Run) -> None:
    age(superuser_sql, 89)
    assert keeping.forget_names() == 0
    age(superuser_sql, 2)
    assert keeping.forget_names() == 1
    assert Attempt.objects.get().recipient_sealed is None


@pytest.mark.django_db
def test_whoever_was_forgotten_stays_so() -> None:
    courier = a_courier()
    Courier.objects.filter(pk=courier.pk).update(
        name_sealed=None, phone_sealed=None, erased_at=timezone.now() - timedelta(seconds=1)
    )
    settle()
    with refused("EK031"):
        sql("UPDATE delivery_courier SET name_sealed = 'x', erased_at = NULL")
