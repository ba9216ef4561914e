"""Limits with real commits: what one worker counts, the others see."""

from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

from django.db import connections
from django.test import Client, RequestFactory

from tests import cluster
from tracking import limits
from tracking.limits import Limit


def test_all_workers_share_the_count(committed: None) -> None:
    Client(REMOTE_ADDR="10.1.1.1").post("/", {"nik": "3275010101800001"})
    key = limits.misses_key(RequestFactory().get("/", REMOTE_ADDR="10.1.1.1"))
    other_worker = cluster.connect("ektp_site")
    with other_worker.cursor() as cursor:
        cursor.execute(
            "SELECT tracking_spend(%s, 300, 1000), tracking_spend(%s, 1, 1000)", [str(key), str(key)]
        )
        too_much, just_enough = cursor.fetchone()
    other_worker.close()
    assert too_much > 0
    assert just_enough == 0


def test_many_at_once_do_not_outrun_the_count(committed: None) -> None:
    """Each look-up is booked as a miss before anybody knows whether it is one."""

    def miss(typed: str) -> int:
        try:
            return Client(REMOTE_ADDR="10.1.1.1").post("/", {"nik": typed}).status_code
        finally:
            connections.close_all()

    with patch.object(limits, "MISSES", Limit(1000, 5)), ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(miss, [f"327501010180{n:04}" for n in range(1, 41)]))
    assert answers.count(404) == 5
