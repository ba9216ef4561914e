"""Partners of the benchmark: tokens, a worker beside the site, and bodies that are sent."""

import gzip
import http.client
import json
import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from integration import tasks
from integration import tokens as api_tokens
from integration.api import changes
from integration.models import Source
from tracking import tokens

from . import cluster, people
from .city import kelurahan
from .results import middle

PLAIN_TABLE = ("DROP TABLE IF EXISTS peer_ten", "CREATE TABLE peer_ten (nik text, name text, code text, at text)",
               "GRANT INSERT ON peer_ten TO PUBLIC")  # fmt: skip
KECAMATAN = 1


def token(database: str, slug: str) -> str:
    """The words of a new token."""
    with cluster.using(database):
        source, _made = Source.objects.get_or_create(slug=slug)
        return api_tokens.issue(source, by="bench")[1]


@contextmanager
def worker(database: str) -> Iterator[int]:
    """The worker for large batches, as `make run` has it; its process."""
    command = ["nice", sys.executable, "manage.py", "db_worker", "--interval", "0.2", "--no-startup-delay"]
    with open(settings.VAR_DIR / "log" / "worker.log", "ab") as log:
        process = subprocess.Popen(
            command, env=cluster.child_environ(database), cwd=settings.BASE_DIR, stdout=log, stderr=log
        )
    try:
        _wait_until_it_works(database)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_it_works(database: str) -> None:
    """Starting is not what is measured: give it something that comes to nothing, and wait until that is done."""
    with cluster.using(database):
        nothing = tasks.examine.enqueue(0)
        deadline = time.monotonic() + 120
        while not nothing.is_finished:
            if time.monotonic() > deadline:
                raise RuntimeError(f"The worker does nothing: see {settings.VAR_DIR / 'log' / 'worker.log'}")
            time.sleep(0.05)
            nothing.refresh()


def sent(port: int, words: str, data: bytes) -> float:
    """Seconds until the summary of a batch is there."""
    packed = gzip.compress(data, 6)
    started = time.perf_counter()
    status, said = post(port, words, packed, packed=True)
    took = time.perf_counter() - started
    if status != 201 or said["rejected"]:
        raise RuntimeError(f"The batch was not taken in: {status} {said}")
    return took


def post(
    port: int, words: str, body: bytes, *, packed: bool = False, path: str = "/api/v1/batches"
) -> tuple[int, dict[str, Any]]:
    """Status and answer of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {
        "Authorization": f"Bearer {words}",
        "Idempotency-Key": uuid.uuid4().hex,
        "Content-Type": "text/csv",
    }
    if packed:
        headers["Content-Encoding"] = "gzip"
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def imported(database: str, path: Path) -> float:
    """Seconds of import_cards for the same file."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.child", "take_in", str(path)],
        env=cluster.child_environ(database),
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        check=True,
    )
    seconds: float = json.loads(done.stdout)["seconds"]
    return seconds


def rate(port: int, words: list[str], seconds: float, *, ours: bool) -> float:
    """Batches of ten new people a second, from as many clients as there are tokens."""
    until = time.monotonic() + seconds
    counts, wrong = [0] * len(words), []
    places = kelurahan()

    def send(number: int) -> None:
        first = random.randrange(10**7) * 20
        while time.monotonic() < until:
            first += 10
            lines = [people.line(first + n, "BIO_CAPTURED", places) for n in range(10)]
            body = (people.HEADER + "\n" + "".join(lines)).encode()
            status, said = post(
                port, words[number], body, path="/api/v1/batches" if ours else "/peer/insert/"
            )
            counts[number] += status == 201
            if status != 201:
                wrong.append((status, said))

    clients = [threading.Thread(target=send, args=[number]) for number in range(len(words))]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if len(wrong) * 20 > sum(counts):
        raise RuntimeError(f"{len(wrong)} were not taken in, such as {wrong[0]}")
    return sum(counts) / seconds


def page_of_changes(database: str, events: int, pages: int) -> float:
    """Seconds of a page of 1,000 anywhere in the feed of one kecamatan."""
    with cluster.using(database):
        took = []
        for _ in range(pages):
            after = random.randrange(max(1, events - 20_000))
            started = time.perf_counter()
            if len(changes.read(KECAMATAN, after, changes.MOST)) != changes.MOST:
                raise RuntimeError("A page was short.")
            took.append(time.perf_counter() - started)
        return middle(took)


def links(database: str, count: int) -> list[str]:
    """Status pages of cards."""
    cards = cluster.run(database, f"SELECT id FROM tracking_card ORDER BY md5(id::text) LIMIT {count}")
    with cluster.using(database):
        return [f"/status/{tokens.token(card, 1)}/" for (card,) in cards]


def send_on(port: int, words: str, body: bytes, end: threading.Event) -> None:
    """One batch after another until the end."""
    while not end.is_set():
        try:
            post(port, words, body, packed=True)
        except OSError:
            end.wait(0.2)
