"""Limits with real commits: what one worker counts, the others see."""

from django.test import Client, RequestFactory

from tests import cluster
from tracking import limits


def test_all_workers_share_the_count(committed: None) -> None:
    Client(REMOTE_ADDR="10.1.1.1").post("/", {"nik": "3275010101800001"})
    key = limits.client_key(RequestFactory().get("/", REMOTE_ADDR="10.1.1.1"))
    other_worker = cluster.connect("ektp_site")
    with other_worker.cursor() as cursor:
        cursor.execute("SELECT tracking_spend(%s, 4, 5), tracking_spend(%s, 1, 6)", [str(key), str(key)])
        too_much, just_enough = cursor.fetchone()
    other_worker.close()
    assert too_much > 0
    assert just_enough == 0
