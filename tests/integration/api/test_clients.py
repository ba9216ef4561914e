"""The clients of the docs, as a partner would run them, over a line that is cut."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from integration.models import Batch
from tests.integration.feeds import BUDI, as_csv, row
from tests.integration.test_worker import a_worker, many
from tracking.models import Card

from .partner import Partner

DOCS = Path(__file__).parents[3] / "docs"
CLIENTS = {"python": [sys.executable, str(DOCS / "send.py")], "curl": ["sh", str(DOCS / "send.sh")]}
pytestmark = [pytest.mark.slow, pytest.mark.parametrize("client", CLIENTS)]


@contextmanager
def bad_line(site: str) -> Iterator[str]:
    """Cuts the first request in its middle and the answer to the second; then it is a good one."""
    target = urlsplit(site)
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(60)
    calls = 0

    def serve() -> None:
        nonlocal calls
        while True:
            try:
                inner, _ = listening.accept()
            except OSError:
                return
            calls += 1
            threading.Thread(target=carry, args=[inner, calls], daemon=True).start()

    def carry(inner: socket.socket, number: int) -> None:
        with inner, socket.create_connection((target.hostname, target.port)) as outer:
            if number == 1:
                outer.sendall(inner.recv(400)[:-20])
                return
            sending = threading.Thread(target=pump, args=[inner, outer], daemon=True)
            sending.start()
            answer = b"".join(iter(lambda: outer.recv(65536), b""))
            if number > 2:
                inner.sendall(answer)
            inner.shutdown(socket.SHUT_RDWR)
            sending.join(10)

    def pump(source: socket.socket, sink: socket.socket) -> None:
        while data := source.recv(65536):
            sink.sendall(data)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.close()


def run(client: str, site: str, partner: Partner, file: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*CLIENTS[client], site, str(file)],
        env=os.environ | {"EKTP_TOKEN": partner.words, "EKTP_PAUSE": "1"},
        capture_output=True,
        text=True,
        timeout=100,
    )


def test_a_file_is_sent_and_its_rejects_come_back(client: str, live_site: str, tmp_path: Path) -> None:
    partner = Partner.made()
    file = tmp_path / "harian.csv"
    file.write_text(as_csv(row(), row(NIK=BUDI, NO_KEC="99")))
    done = run(client, live_site, partner, file)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["created"] == 1
    assert "region_unknown" in Path(f"{file}.rejects.csv").read_text()
    assert not Path(f"{file}.key").exists()


def test_after_cuts_it_goes_on_and_nothing_is_taken_in_twice(
    client: str, live_site: str, tmp_path: Path
) -> None:
    partner = Partner.made()
    file = tmp_path / "harian.csv"
    file.write_text(as_csv(row(), row(NIK=BUDI)))
    with bad_line(live_site) as site:
        done = run(client, site, partner, file)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["created"] == 2
    assert (Batch.objects.count(), Card.objects.count()) == (1, 2)


def test_a_refusal_is_said_and_ends_it(client: str, live_site: str, tmp_path: Path) -> None:
    file = tmp_path / "harian.csv"
    file.write_text("NIK\n1\n")
    done = run(client, live_site, Partner.made(), file)
    assert done.returncode == 1
    assert "NAMA_LGKP" in done.stderr


def test_a_large_file_goes_through_the_worker(client: str, live_site: str, tmp_path: Path) -> None:
    file = tmp_path / "besar.csv"
    file.write_text(many(20_000))
    partner = Partner.made()
    worker = a_worker()
    try:
        done = run(client, live_site, partner, file)
    finally:
        worker.terminate()
        worker.wait(20)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["created"] == 20_000
