"""The start page: work by queue, what is late first, however much of it there is."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest

from delivery.models import Piece
from delivery.petugas import counter, walks
from tests.delivery.cast import Office
from tests.staff.cast import logged_in

Run = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def office(committed: None) -> Office:
    """Four cards lie at the kecamatan, all of today."""
    office = Office()
    office.closed(4)
    return office


def aged(run: Run, card: int, days: int, stage: str = "AT_KECAMATAN") -> None:
    run("SET session_replication_role = replica")
    run(
        "UPDATE tracking_card SET stage = %s, since = since - make_interval(days => %s) WHERE id = %s",
        [stage, days, card],
    )
    run(
        "UPDATE delivery_piece SET since = since - make_interval(days => %s) WHERE card_id = %s", [days, card]
    )
    run("SET session_replication_role = origin")


@pytest.mark.parametrize(
    ("stage", "label", "late_after"),
    [("AT_KECAMATAN", "Belum dibagi", 5), ("RETURNED", "Ambil di loket", 30)],
)
def test_the_oldest_of_more_than_are_counted_makes_a_queue_late(
    office: Office, superuser_sql: Run, stage: str, label: str, late_after: int
) -> None:
    cards = list(Piece.objects.order_by("pk").values_list("card_id", flat=True))
    for card in cards[:-1]:
        aged(superuser_sql, card, 0, stage)
    aged(superuser_sql, cards[-1], late_after + 1, stage)
    with patch.object(walks, "MOST_COUNTED", 2), patch.object(counter, "MOST_COUNTED", 2):
        found = {one.label: one for one in walks.to_divide(1) + counter.to_collect(1)}
    assert (found[label].count, found[label].late) == (3, True)


def test_what_is_late_stands_first(office: Office, superuser_sql: Run) -> None:
    client = logged_in(office.tuti)
    assert "Terlambat" not in client.get("/petugas/").content.decode()
    aged(superuser_sql, Piece.objects.values_list("card_id", flat=True)[0], 6)
    page = client.get("/petugas/").content.decode()
    assert page.index("Terlambat") < page.index("Belum dibagi")


def test_what_counts_is_how_long_a_card_lies_here(office: Office, superuser_sql: Run) -> None:
    """Not when the centre says that it was shipped, which may be years ago."""
    superuser_sql("SET session_replication_role = replica")
    superuser_sql("UPDATE tracking_card SET since = since - interval '9 years'")
    assert not any(one.late for one in walks.to_divide(1))
