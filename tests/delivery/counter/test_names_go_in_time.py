"""Who collected a card is known by name for 90 days; the worker forgets it by itself."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from delivery import keeping
from delivery.actions.counter import hand_over
from delivery.models import Collection
from tests.builders import refused, sql

from ..cast import Office, card_of


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "kept"), [(89, True), (91, False)])
def test_the_name_goes_and_the_collection_stays(
    monkeypatch: pytest.MonkeyPatch, days: int, kept: bool
) -> None:
    office = Office()
    card = card_of(office.closed(1), 1)
    hand_over(card.pk, by=office.tuti, request=uuid.uuid4(), receiver="family", shown="kk", name="Nursiti")
    later = timezone.now() + timedelta(days=days)
    monkeypatch.setattr("delivery.actions.counter.timezone.now", lambda: later)
    keeping.keep_house()
    assert (Collection.objects.get().name_sealed is not None) == kept


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "after"), [("Nursiti", "'\\x00'"), ("", "'\\x00'"), ("Nursiti", "''")])
def test_raw_sql_writes_no_other_name(before: str, after: str) -> None:
    office = Office()
    card = card_of(office.closed(1), 1)
    hand_over(card.pk, by=office.tuti, request=uuid.uuid4(), receiver="family", shown="kk", name=before)
    with refused("EK026"):
        sql(f"UPDATE delivery_collection SET name_sealed = {after}")
