"""kill -9 of web and worker while partners send: each batch whole or not at all, each key answers the same afterwards."""

import http.client
import json
import os
import random
import signal
import threading
import time
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from integration.models import Batch
from tests import live
from tests.integration.feeds import SITI, as_csv, row
from tests.integration.test_worker import a_worker, until
from tracking.models import Card, Event

from .partner import BATCHES, Partner

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("committed")]
POINTS = 50 if os.environ.get("EKTP_FULL") else 3
LITTLE, MUCH = 40, 6_000


def people(first: int, count: int) -> bytes:
    head, line = as_csv(row()).splitlines()
    niks = (
        f"3275{1 + n // 250_000:02}{1 + n // 9000 % 28:02}0190{n % 9000 + 1:04}"
        for n in range(first, first + count)
    )
    return "\n".join([head, *(line.replace(SITI, nik) for nik in niks)]).encode()


def post(site: str, words: str, key: str, body: bytes) -> tuple[int, dict]:
    target = urlsplit(site)
    connection = http.client.HTTPConnection(target.hostname, target.port, timeout=60)
    headers = {"Authorization": f"Bearer {words}", "Idempotency-Key": key, "Content-Type": "text/csv"}
    try:
        connection.request("POST", BATCHES, body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def send_until_answered(port: int, words: str, key: str, body: bytes, deadline: float) -> dict:
    """As the documented client does: the same key again, whatever happens."""
    while time.monotonic() < deadline:
        try:
            status, said = post(f"http://127.0.0.1:{port}", words, key, body)
        except (OSError, http.client.HTTPException, ValueError):
            status, said = 0, {}
        if status in (200, 201):
            return said
        assert status in (0, 202, 409, 429, 500, 503), (status, said)
        threading.Event().wait(0.3)
    raise AssertionError("no answer")


def test_each_batch_is_applied_whole_or_not_at_all_and_each_key_answers_the_same(tmp_path) -> None:
    chance = random.Random(POINTS)
    for point in range(POINTS):
        _one_point(point, chance)


def _one_point(point: int, chance: random.Random) -> None:
    partners = [Partner.made(f"mitra-{point}-{n}") for n in range(2)]
    start = point * 20_000
    sent = {
        f"little-{point}": (partners[0], people(start, LITTLE), LITTLE),
        f"much-{point}": (partners[1], people(start + 10_000, MUCH), MUCH),
    }
    port, answers = live.free_port(), {}
    web, worker = _web(port), a_worker()
    live.wait_alive(web, f"http://127.0.0.1:{port}")
    deadline = time.monotonic() + 120

    def send(key: str) -> None:
        partner, body, _count = sent[key]
        answers[key] = send_until_answered(port, partner.words, key, body, deadline)

    threads = [threading.Thread(target=send, args=[key]) for key in sent]
    for thread in threads:
        thread.start()
    threading.Event().wait(chance.random() * 1.2)
    for process in chance.choice(([web], [worker], [web, worker])):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    # whatever of it is there is whole
    for batch in Batch.objects.filter(state="applied"):
        assert Event.objects.filter(source=f"batch:{batch.pk}").count() == batch.created
    if web.poll() is not None:
        web = _web(port)
        live.wait_alive(web, f"http://127.0.0.1:{port}")
    if worker.poll() is not None:
        worker = a_worker()
    for thread in threads:
        thread.join(130)
    try:
        assert set(answers) == set(sent)
        for key, (partner, body, count) in sent.items():
            assert answers[key]["created"] == count
            until(lambda p=partner, k=key, b=body: post(f"http://127.0.0.1:{port}", p.words, k, b)[0] == 200)
            again = post(f"http://127.0.0.1:{port}", partner.words, key, body)
            assert again == (200, answers[key])
        assert Batch.objects.filter(source__slug__startswith=f"mitra-{point}-").count() == 2
        assert Card.objects.count() == (point + 1) * (LITTLE + MUCH)
    finally:
        for process in (web, worker):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _web(port: int):
    import subprocess
    import sys

    from bekasi_ektp import environment
    from tests import cluster

    told = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "EKTP_TEST_VAR": str(settings.VAR_DIR),
        "EKTP_TEST_DATABASE": cluster.database(),
        "PORT": str(port),
        "WORKERS": "3",
    }
    with open(live.log(), "ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "--log-level", "warning"],
            env=os.environ | told,
            cwd=environment.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
