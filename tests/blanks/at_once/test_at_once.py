"""Sixty-four people at once, and people cut off in the middle: no blank twice, none lost, nobody jumps the queue."""

from collections import Counter
from multiprocessing import get_context
from random import Random
from typing import Any

import pytest
from django.db import connections

from blanks.ledger import HOLDING
from blanks.models import Account, Serial
from tests import cluster, people
from tests.builders import many_cards, sql
from tracking.models import Card
from tracking.stages import Kind, Stage
from tracking.verify import verify

from . import workers

# What a person may read on the screen while others work: never a deadlock, never a stack of tries used up.
EXPECTED = {
    "NoBlanks", "NobodyWaits", "NotEnough", "NothingToDivide", "Moved", "NotTheLastStep", "AlreadyBlocked",
    "AlreadyLifted", "Blocked", "NoSuchStep", "NotThere", "OtherCardOpen",
}  # fmt: skip

pytestmark = pytest.mark.slow


@pytest.fixture
def office(committed: None) -> int:
    """900 people wait in three kecamatan, of all letters; 240 blanks are divided. The supervisor's number."""
    supervisor = people.supervisor().pk
    for place in workers.PLACES:
        for kind in (Kind.FIRST, Kind.CHANGED, Kind.LOST):
            many_cards(100, Stage.WAITING_FOR_BLANK, place, kind)
    workers.supply(240)
    connections.close_all()
    return supervisor


def answers(queue: Any, count: int) -> tuple[Counter[str], Counter[str]]:
    did, refused = Counter[str](), Counter[str]()
    for _ in range(count):
        one, other = queue.get(timeout=100)
        did += one
        refused += other
    return did, refused


def assert_the_ledger_holds() -> None:
    assert verify().problems == []
    assert sum(Account.objects.values_list("balance", flat=True)) == 0
    holding = Card.objects.filter(stage__in=HOLDING, outside_ledger=False)
    assert Account.objects.get(place="cards").balance == holding.count()
    printed = holding.exclude(stage=Stage.BLANK_ALLOCATED)
    assert Serial.objects.filter(place="cards").count() == printed.count()


def test_sixty_four_people_at_once(office: int) -> None:
    queue = get_context("fork").Queue()
    pids = [workers.start(number, office, 30, queue) for number in range(1, 65)]
    did, refused = answers(queue, len(pids))
    assert [workers.ended(pid) for pid in pids] == [0] * 64
    assert set(refused) <= EXPECTED, refused
    assert sum(did.values()) > 1000
    assert all(did[name] for name in ("prints", "records", "divides", "blocks", "lifts", "corrects"))
    assert_the_ledger_holds()


def test_people_who_are_cut_off_in_the_middle_fifty_times(office: int) -> None:
    """Killed with -9 at a random moment; another one takes the place."""
    queue, chance = get_context("fork").Queue(), Random(5)
    running = {n: workers.start(n, office, 10_000, queue) for n in range(1, 9)}
    for killed in range(50):
        before = transactions()
        some = chance.randint(1, 12)
        while transactions() < before + some:  # the moment is told by work, not by a clock
            pass
        place = chance.choice(list(running))
        workers.kill(running.pop(place))
        number = 100 + killed
        running[number] = workers.start(number, office, 10_000, queue)
    for pid in running.values():
        workers.kill(pid)
    queue.cancel_join_thread()
    assert cluster.nobody_else_is_connected()
    assert sql("SELECT count(*) FROM blanks_unsettled") == [(0,)]
    assert_the_ledger_holds()


def transactions() -> int:
    """How many movements and results there are: that work goes on."""
    count: int = sql("SELECT count(*) FROM blanks_movement")[0][0]
    return count
