"""Diskominfo hears of each published day once, and can check that it was us."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone

from docs.check_webhook import is_genuine
from integration import announcing
from outbox.models import Message
from outbox.sending import send_due
from tracking.models.publication import Publication
from tracking.publication.closing import publish

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def heard():
    """A listener that refuses the first request."""
    requests: list[tuple[dict[str, str], bytes]] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(503 if len(requests) == 1 else 204)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port, requests
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_is_told_once_retried_and_signed(heard, settings) -> None:
    port, requests = heard
    settings.PUBLISH_URL = f"http://:rahasia@127.0.0.1:{port}/ektp"
    settings.SITE_URL = "https://ektp.example"
    (day, *_) = publish(timezone.localdate())
    for _ in range(3):
        announcing.announce()
        Message.objects.filter(state="waiting").update(due_at=timezone.now() - timedelta(seconds=1))
        send_due()
    days = {str(one.day) for one in Publication.objects.all()}
    told = [json.loads(body) for _headers, body in requests]
    assert {one["date"] for one in told} == days
    assert len(requests) == len(days) + 1
    headers, body = requests[-1]
    assert is_genuine(headers, body, "rahasia")
    assert not is_genuine(headers, body + b" ", "rahasia")
    assert not is_genuine(headers, body, "salah")
    assert not is_genuine(headers | {"webhook-timestamp": "1"}, body, "rahasia")
    assert f"https://ektp.example/data/{day}/progres.csv" in told[0]["files"]


def test_without_an_address_nobody_is_told(settings) -> None:
    settings.PUBLISH_URL = ""
    publish(timezone.localdate())
    announcing.announce()
    assert not Message.objects.exists()
