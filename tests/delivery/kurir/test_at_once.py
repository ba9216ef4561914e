"""Many couriers send at once, and the server is killed in the middle: nothing lost, nothing booked twice."""

import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from delivery.actions import round as rounds
from delivery.models import Attempt, RoundCard
from tests import live
from tests.delivery.rounds.walk import a_round, places, the_officer
from tracking.models import Event
from tracking.verify import verify

from .line import Phone, an_attempt

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def couriers(count: int, cards: int) -> list[tuple[Phone, list[dict[str, Any]]]]:
    """So many couriers on their way, each with an attempt at every door."""
    found = []
    for _ in range(count):
        opening = rounds.open_link(a_round(cards), by=the_officer())
        rounds.begin_by_phone(opening.link, counted=cards)
        outcomes = ("delivered", "not_home", "delivered", "refused", "moved")
        doors = places(opening.link.round)
        found.append((Phone.of(opening), [an_attempt(p.pk, outcomes[n % 5]) for n, p in enumerate(doors)]))
    connection.close()
    return found


def booked_right(sent: int) -> None:
    assert Attempt.objects.count() == sent
    assert set(Attempt.objects.values_list("verdict", flat=True)) == {"booked"}
    assert Event.objects.filter(to_stage="DELIVERED").count() == sent * 2 // 5
    assert Event.objects.filter(to_stage="RETURNED").count() == sent * 2 // 5
    assert RoundCard.objects.filter(tries=1).count() == sent // 5
    assert verify().problems == []


def test_eight_couriers_with_200_attempts_each(committed: None) -> None:
    found = couriers(8, 200)
    live.collect_static()
    with live.serving(workers=4) as site, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: one[0].send(site, one[1]), found))
    for answer in answers:
        assert {said["verdict"] for said in answer["answers"].values()} == {"booked"}
        assert len(answer["answers"]) == 200
    booked_right(1600)


def test_a_server_killed_in_the_middle(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    found = couriers(4, 100)
    started: list[Any] = []
    popen = subprocess.Popen
    monkeypatch.setattr(
        live.subprocess, "Popen", lambda *a, **k: started.append(popen(*a, **k)) or started[-1]
    )
    live.collect_static()
    with live.serving(workers=2) as site, ThreadPoolExecutor(4) as pool:
        tried = [pool.submit(one[0].send, site, one[1]) for one in found]
        # as soon as one of them has got through, others are in the middle
        while not any(one.done() for one in tried):
            time.sleep(0.001)
        os.killpg(started[0].pid, signal.SIGKILL)
        outcomes = [one.exception() for one in tried]
    assert outcomes.count(None) < 4, "the kill came too late to try anything"
    with live.serving(workers=2) as site, ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: one[0].send(site, one[1]), found))
    for answer in answers:
        assert {said["verdict"] for said in answer["answers"].values()} == {"booked"}
    booked_right(400)
