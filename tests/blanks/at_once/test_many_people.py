"""Sixty-four people at once, and people cut off in the middle: no blank twice, none lost, nobody jumps the queue.

With EKTP_FULL=1 it is played at full length.
"""

import os
from collections.abc import Iterator
from random import Random

import pytest
from django.db import connections

from blanks.actions import divide, receive
from blanks.ledger import HOLDING
from blanks.models import Account, Serial
from blanks.spans import Span
from tests import cluster, people
from tests.builders import many_cards, sql
from tracking.models import Card
from tracking.stages import Kind, Stage
from tracking.verify import verify

from . import people_at_work
from .crew import Crew
from .order import passed_over

FULL = os.environ.get("EKTP_FULL") == "1"
RECEIVED = 1_000_000
# What a person may read while others work: what is asked for is not there any more, or no longer so.
EXPECTED = {
    "NoBlanks", "NobodyWaits", "NotEnough 23514", "NotEnough", "NotThere", "NotThere EK014", "Moved", "NotTheLastStep EK005",
    "NotTheLastStep", "NotTheLastStep 23505", "AlreadyBlocked 23505", "AlreadyLifted", "Blocked EK004", "NoSuchStep EK002",
    "OtherCardOpen 23505", "PriorityThere 23505", "NotWaiting EK018",
}  # fmt: skip

pytestmark = pytest.mark.slow


@pytest.fixture
def crew(committed: None) -> Iterator[Crew]:
    """900 people wait in three kecamatan with all letters; a million blanks are in the store, 240 are divided."""
    made = Crew(people.supervisor().pk, people.operator().pk, people=8)
    for place in people_at_work.PLACES:
        for kind in (Kind.FIRST, Kind.CHANGED, Kind.LOST):
            many_cards(100, Stage.WAITING_FOR_BLANK, place, kind)
    receive([Span.of("1", RECEIVED)], by="test:office", number="SJ-1", on_paper=RECEIVED)
    divide(240, by="test:office", strategy="proportional")
    connections.close_all()
    yield made
    made.close()


def assert_every_blank_is_where_it_should_be() -> None:
    balance = {one.place: one.balance for one in Account.objects.filter(kecamatan=None)}
    holding = Card.objects.filter(stage__in=HOLDING, outside_ledger=False)
    printed = holding.exclude(stage=Stage.BLANK_ALLOCATED)
    assert sum(Account.objects.values_list("balance", flat=True)) == 0
    assert balance["supplier"] == -RECEIVED
    assert balance["cards"] == holding.count()
    assert Serial.objects.filter(place="cards").count() == printed.count()
    assert Serial.objects.filter(place="spoiled").count() == balance["spoiled"]
    assert sql("SELECT count(*) FROM blanks_unsettled") == [(0,)]
    assert sql("SELECT count(*) FROM tracking_unsettled") == [(0,)]
    assert verify().problems == []


def test_sixty_four_people_at_once(crew: Crew) -> None:
    for _process in range(8):
        crew.begin(steps=150 if FULL else 12)
    crew.watch()
    assert crew.broke == []
    # a second of patience for a card that somebody has; nothing of deadlocks and the like
    impatient = crew.refused.pop("TryAgain 55P03", 0)
    assert impatient < crew.steps / 50
    assert set(crew.refused) <= EXPECTED, crew.refused
    assert all(crew.did[name] for name in ("prints", "records", "divides", "blocks", "lifts", "corrects"))
    assert crew.steps == sum(crew.did.values()) + sum(crew.refused.values()) + impatient
    served, wrong = passed_over()
    assert (served > 100, wrong) == (True, [])
    assert_every_blank_is_where_it_should_be()


def test_people_who_are_cut_off_in_the_middle(crew: Crew) -> None:
    """Killed with -9 at a moment that work tells and no clock; another process takes the place."""
    luck = Random(5)
    for _process in range(4):
        crew.begin(steps=10_000)
    for _killed in range(60 if FULL else 6):
        crew.watch(luck.randint(20, 120))
        crew.kill(luck.choice(crew.working[:3]))
        crew.begin(steps=10_000)
    crew.watch(50)
    for process in list(crew.working):
        crew.kill(process)
    assert cluster.nobody_else_is_connected()
    served, wrong = passed_over()
    assert (served > 50, wrong) == (True, [])
    assert_every_blank_is_where_it_should_be()
