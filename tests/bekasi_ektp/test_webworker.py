"""The web worker takes up what has come, whole and whoever sends it how; what has not, waits beside it."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from bekasi_ektp import webworker
from bekasi_ektp.webworker import HEAD_MOST, missing

SMALL = settings.SMALL_BODY
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A client, and its connection at the site."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname()) as client,
        listening.accept()[0] as ours,
    ):
        yield client, ours


@pytest.mark.parametrize(("sent", "need"), [
    (b"", 1),
    (b"GET / HT", 9),
    (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 0),
    (HEAD + b"Content-Length: 5\r\n\r\nni", len(HEAD) + 21 + 5),
    (HEAD + b"content-length:5\r\n\r\nnik=1", 0),
    (HEAD + b"\r\n", 0),
    (HEAD + b"Content-Length: x\r\n\r\n", 0),
    (HEAD + f"Content-Length: {SMALL + 1}\r\n\r\n".encode(), 0),
    (HEAD + b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n", 0),
    (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", 0),
    (b"x" * HEAD_MOST, 0),
])  # fmt: skip
def test_what_is_still_missing(pair: tuple[socket.socket, socket.socket], sent: bytes, need: int) -> None:
    client, ours = pair
    client.sendall(sent)
    if sent:
        ours.recv(len(sent), socket.MSG_PEEK | socket.MSG_WAITALL)
    assert missing(ours) == need


def test_whoever_has_hung_up_is_not_waited_for(pair: tuple[socket.socket, socket.socket]) -> None:
    client, ours = pair
    client.shutdown(socket.SHUT_WR)
    ours.recv(1, socket.MSG_PEEK)
    assert missing(ours) == 0


def connect(site: str) -> socket.socket:
    target = urlsplit(site)
    client = socket.create_connection((str(target.hostname), int(target.port or 0)), timeout=30)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def status(client: socket.socket) -> bytes:
    return client.makefile("rb").readline().split()[1]


def test_a_request_that_comes_byte_by_byte_is_answered(live_site: str) -> None:
    body = b"nik=1"
    with connect(live_site) as client:
        for byte in HEAD.replace(b"x", b"127.0.0.1") + FORM + b"Content-Length: 5\r\n\r\n" + body:
            client.send(bytes([byte]))
        assert status(client) == b"422"


def test_a_body_that_fills_what_is_waited_for_comes_whole(live_site: str) -> None:
    body = b"nik=" + b"1" * (SMALL - 4)
    with connect(live_site) as client:
        client.sendall(HEAD.replace(b"x", b"127.0.0.1") + FORM + f"Content-Length: {SMALL}\r\n\r\n".encode())
        for at in range(0, SMALL, 1_000):
            client.sendall(body[at : at + 1_000])
        assert status(client) == b"422"


def test_whoever_hangs_up_in_the_middle_is_let_go(live_site: str) -> None:
    with connect(live_site) as client:
        client.sendall(HEAD[:-4])
        client.shutdown(socket.SHUT_WR)
        assert client.recv(1) == b""


def test_a_refused_body_is_read_away_so_that_the_refusal_is_seen(live_site: str) -> None:
    with connect(live_site) as client:
        told = b"POST /api/v1/batches HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9000000\r\n\r\n"
        client.sendall(told)
        for _ in range(90):
            client.sendall(b"x" * 100_000)
        assert status(client) == b"401"


def test_what_does_not_come_in_time_is_refused(
    monkeypatch, pair: tuple[socket.socket, socket.socket]
) -> None:
    monkeypatch.setattr(webworker, "COMES_WITHIN", 0)
    client, ours = pair
    hand_on, handed = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    client.sendall(HEAD + b"Content-Length: 5\r\n\r\nni")
    ours.recv(1, socket.MSG_PEEK)
    with hand_on, handed:
        handed.settimeout(30)
        webworker.Room(hand_on).wait_for_request(socket.socket(fileno=socket.dup(ours.fileno())))
        how, numbers, _flags, _address = socket.recv_fds(handed, 16, 1)
        with socket.socket(fileno=numbers[0]) as late:
            assert (how, late.recv(4)) == (webworker.LATE, b"POST")


@pytest.mark.parametrize("length", [b"x", b"-5", b"1, 2"])
def test_what_is_no_request_is_refused_and_harms_no_worker(live_site: str, length: bytes) -> None:
    with connect(live_site) as client:
        client.sendall(HEAD + b"Content-Length: " + length + b"\r\n\r\n")
        assert status(client) == b"400"
