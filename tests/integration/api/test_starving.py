"""A partner with a hundred connections at once, however slow, keeps no citizen waiting."""

import http.client
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from tests import live
from tests.integration.feeds import SITI, row, send
from tracking import tokens
from tracking.models import Card

from .partner import BATCHES, Partner

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("committed")]
CONNECTIONS = 100
PATIENCE = 10  # seconds; whoever is kept waiting is kept for longer


@pytest.fixture
def site(_site: str) -> Iterator[str]:
    """With few workers, beside the site that has collected what is static."""
    with live.serving(workers=3) as address:
        yield address


def head(partner: Partner, number: int, *more: str, method: str = "POST", path: str = BATCHES) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {partner.words}", *more]
    lines += [f"Idempotency-Key: k{number}", "Content-Type: text/csv"] if method == "POST" else []
    return "\r\n".join([*lines, "", ""]).encode()


def silent(partner: Partner, number: int) -> bytes:
    return b""


def half_a_head(partner: Partner, number: int) -> bytes:
    return head(partner, number)[:-10]


def a_little_of_a_small_body(partner: Partner, number: int) -> bytes:
    return head(partner, number, "Content-Length: 30000") + b"NIK,"


def much_of_a_large_body(partner: Partner, number: int) -> bytes:
    return head(partner, number, "Content-Length: 5000000") + b"x" * 200_000


def chunks_without_an_end(partner: Partner, number: int) -> bytes:
    return head(partner, number, "Transfer-Encoding: chunked") + b"4\r\nNIK,\r\n"


def promises_only(partner: Partner, number: int) -> bytes:
    return head(partner, number, "Content-Length: 5000000", "Expect: 100-continue")


def never_hanging_up(partner: Partner, number: int) -> bytes:
    return head(partner, number, method="GET", path=f"{BATCHES}/1")


def reading_nothing(partner: Partner, number: int) -> bytes:
    batch = partner.token.source.batches.latest("pk").pk
    return head(partner, number, method="GET", path=f"{BATCHES}/{batch}/rejects")


WAYS = [silent, half_a_head, a_little_of_a_small_body, much_of_a_large_body, chunks_without_an_end, promises_only,
        never_hanging_up, reading_nothing]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_citizens_are_served_beside_a_hundred_connections(
    site: str, way: Callable[[Partner, int], bytes]
) -> None:
    partner = Partner.made()
    send(row())
    if way is reading_nothing:
        send(*[row(NIK="1", NAMA_LGKP="A" * 5000)] * 1500)
    link = f"/status/{tokens.token(Card.objects.get().pk, 1)}/"
    with ExitStack() as open_sockets:
        for number in range(CONNECTIONS):
            connection = open_sockets.enter_context(socket.create_connection(_address(site)))
            if way is reading_nothing:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.setblocking(False)  # what does not fit does not come
            connection.send(way(partner, number) or b"G")
        for _ in range(20):
            assert ask(site, "GET", "/") == 200
            assert ask(site, "POST", "/", f"nik={SITI}") == 303
            assert ask(site, "GET", link) == 200


def test_a_hundred_at_once_are_answered_each_and_two_are_taken_in(site: str) -> None:
    partner = Partner.made()
    statuses = []
    with ExitStack() as open_connections:
        waiting = []
        for number in range(CONNECTIONS):
            body = b"x" * 300_000
            connection = http.client.HTTPConnection(*_address(site), timeout=60)
            open_connections.callback(connection.close)
            connection.putrequest("POST", BATCHES)
            for name, value in (("Authorization", f"Bearer {partner.words}"), ("Idempotency-Key", f"k{number}"),
                                ("Content-Type", "text/csv"), ("Content-Length", str(len(body)))):  # fmt: skip
                connection.putheader(name, value)
            connection.endheaders(body[:100_000])
            waiting.append((connection, body[100_000:]))
        for connection, rest in waiting:
            connection.send(rest)
        statuses = [connection.getresponse().status for connection, _rest in waiting]
    assert set(statuses) == {422, 429}
    assert statuses.count(422) >= 2


def ask(site: str, method: str, path: str, body: str = "") -> int:
    """A citizen's request; the status of its answer."""
    connection = http.client.HTTPConnection(*_address(site), timeout=PATIENCE)
    try:
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        connection.request(method, path, body or None, kind)
        return connection.getresponse().status
    finally:
        connection.close()


def _address(site: str) -> tuple[str, int]:
    target = urlsplit(site)
    return str(target.hostname), int(target.port or 0)
