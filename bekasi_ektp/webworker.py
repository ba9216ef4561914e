"""Gunicorn's worker of ours: it takes a request in hand once it has come, and lets go of it once it is answered.

Gunicorn's own waits for whoever sends slowly or does not hang up: as many such connections as there are workers, and nobody
else is served. Here a thread beside each worker waits for them (Room). A request that has come is handed, through a socket
that all workers share, to whichever of them is free.
"""

import errno
import re
import select
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from gunicorn import http
from gunicorn.workers.sync import SyncWorker

HEAD_MOST = 1 << 15
COMES_WITHIN = 20.0  # seconds, for a head and its small body
STALLS = 30.0  # seconds that a client may take for the next piece, in either direction
HANGS_UP_WITHIN = 20.0  # seconds after the answer
UNREAD_MOST = (
    21_000_000  # bytes of a refused body that are read away, so that its sender gets to see the answer
)
GUESTS_MOST = 400  # below the usual limit of 1,024 open files
_UNSENT = 1 << 20  # bytes; the system may allow less
_NOW_AND_THEN = 8  # connections
_MOMENT = 2  # milliseconds: many send the head, then the body
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r\n", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:", re.IGNORECASE)
_GONE = (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN, errno.EBADF)
COME, LATE, WAITS = b"come", b"late", b"waits"  # how a connection is handed on


def missing(client: socket.socket) -> int:
    """How many bytes must have come before this request is worth a worker; 0 if they have.

    Nothing is taken out of the socket: whoever handles it finds it whole. A body of more than SMALL_BODY is read as
    it comes.
    """
    head = _look(client, HEAD_MOST)
    if head is None:
        return 1
    end = head.find(b"\r\n\r\n") + 4
    if end < 4:
        # of what is longer, or was cut off, gunicorn may say what it likes
        return len(head) + 1 if 0 < len(head) < HEAD_MOST else 0
    if head.startswith(b"GET "):
        return 0
    told = _LENGTH.search(head, 0, end)
    need = end + int(told[1]) if told else 0
    if not end < need <= end + settings.SMALL_BODY or _EXPECT.search(head, 0, end):
        return 0
    return 0 if len(_look(client, need) or b"") == need else need


def _look(client: socket.socket, most: int) -> bytes | None:
    """What has come so far, empty if the other side has hung up, None if nothing has come yet."""
    try:
        return client.recv(most, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def _wake_at(client: socket.socket, need: int) -> None:
    """Only once so many bytes are there; the kernel makes room for them."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, need)


@dataclass(slots=True)
class Guest:
    """A connection that is waited for: for its request, or (`left` bytes more) until it hangs up."""

    client: socket.socket
    until: float
    left: int | None = None


class Room:
    """Where connections wait, watched by a thread."""

    def __init__(self, handed: socket.socket) -> None:
        self._handed = handed
        self._poll = select.epoll()
        self._guests: dict[int, Guest] = {}  # whoever takes one out of it has it
        threading.Thread(target=self._watch, name="room", daemon=True).start()

    def wait_for_request(self, client: socket.socket) -> None:
        """Hand it on once it has come."""
        self._enter(Guest(client, time.monotonic() + COMES_WITHIN))

    def wait_for_end(self, client: socket.socket) -> None:
        """Close it once the other side has, or has had its time."""
        _wake_at(client, 1)
        self._enter(Guest(client, time.monotonic() + HANGS_UP_WITHIN, UNREAD_MOST))

    def leave(self) -> None:
        """This worker ends; others wait for the requests that have not come."""
        for number, guest in list(self._guests.items()):
            if guest.left is None:
                self._hand_on(number, WAITS)

    def _enter(self, guest: Guest) -> None:
        number = guest.client.fileno()
        self._guests[number] = guest
        self._poll.register(number, select.EPOLLIN | select.EPOLLRDHUP)

    def _watch(self) -> None:
        while True:
            was_for_little = 0
            for number, event in self._poll.poll(1.0):
                was_for_little += not self._look_after(number, event)
            self._turn_out()
            if was_for_little:  # whoever sends byte by byte wakes us a hundred times a second, not more
                time.sleep(0.01)

    def _look_after(self, number: int, event: int) -> bool:
        """False if it woke us for little."""
        guest = self._guests.get(number)
        if guest is None:
            return True
        try:
            if guest.left is not None:
                data = guest.client.recv(1 << 16, socket.MSG_DONTWAIT)
                guest.left -= len(data)
                if not data or guest.left < 0:
                    self._dismiss(number)
            elif (need := missing(guest.client)) and not event & ~select.EPOLLIN:
                _wake_at(guest.client, need)
                return False
            else:
                self._hand_on(number, COME)
        except BlockingIOError:
            return False
        except OSError:
            self._dismiss(number)
        return True

    def _turn_out(self) -> None:
        """Whose time is up; and the oldest, if there are too many."""
        now, over = time.monotonic(), len(self._guests) - GUESTS_MOST
        for number, guest in list(self._guests.items()):
            if over <= 0 and guest.until > now:
                continue
            over -= 1
            if guest.left is None and b"\r\n\r\n" in (_look(guest.client, HEAD_MOST) or b""):
                self._hand_on(number, LATE)
            else:
                self._dismiss(number)

    def _hand_on(self, number: int, how: bytes) -> None:
        guest = self._taken_out(number)
        if guest is not None:
            with suppress(OSError), guest.client:
                socket.send_fds(self._handed, [how], [guest.client.fileno()])

    def _dismiss(self, number: int) -> None:
        guest = self._taken_out(number)
        if guest is not None:
            guest.client.close()

    def _taken_out(self, number: int) -> Guest | None:
        guest = self._guests.pop(number, None)
        if guest is not None:
            self._poll.unregister(number)
        return guest


class Worker(SyncWorker):  # type: ignore[misc]  # gunicorn has no types
    """Serves one whole request after another."""

    _turn = 0
    _pair: tuple[socket.socket, socket.socket] | None = None

    @classmethod
    def setup(cls) -> None:
        """Called by gunicorn before it forks: the socket that all workers share."""
        if cls._pair is None:
            cls._pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            cls._pair[1].setblocking(False)

    def run(self) -> None:
        assert self._pair
        hand_on, self._handed = self._pair
        self._room = Room(hand_on)
        self.wait_fds.append(self._handed)
        for listener in self.sockets:
            # its connections inherit it: who reads a page slowly keeps nobody
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNSENT)
            if listener.family != socket.AF_UNIX:  # who says nothing is not even let in
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 1)
        try:
            super().run()
        finally:
            self._room.leave()

    def accept(self, listener: Any) -> None:
        """Take what comes new, else (and now and then first) what a room has handed on."""
        self._turn = (self._turn + 1) % _NOW_AND_THEN
        client, how = None, WAITS
        if self._turn and listener is not self._handed:
            with suppress(BlockingIOError):
                client, _address = listener.accept()
                client.setblocking(True)
        if client is None:
            client, how = self._taken_over()
        if client is None:
            if not self._turn or listener is self._handed:
                return
            raise BlockingIOError(errno.EAGAIN, "nobody is there")
        try:
            if how == WAITS and not self._has_come(client):
                self._room.wait_for_request(client)
                return
            address = client.getpeername()
        except OSError:  # it has hung up
            client.close()
            return
        _wake_at(client, 1)  # or what is left of it after a first piece would never be told of
        client.settimeout(_MOMENT / 1000 if how == LATE else STALLS)
        self.handle(self.sockets[0] if listener is self._handed else listener, client, address)

    def _taken_over(self) -> tuple[socket.socket | None, bytes]:
        try:
            how, numbers, _flags, _address = socket.recv_fds(self._handed, 16, 1)
        except BlockingIOError:
            return None, WAITS
        return (socket.socket(fileno=numbers[0]), how) if numbers else (None, WAITS)

    @staticmethod
    def _has_come(client: socket.socket) -> bool:
        need = missing(client)
        if not need:
            return True
        _wake_at(client, need)
        poll = select.poll()
        poll.register(client, select.POLLIN)
        return bool(poll.poll(_MOMENT)) and not missing(client)

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        """As gunicorn does, but for the end: nobody waits here until the other side hangs up."""
        request = None
        try:
            request = next(http.get_parser(self.cfg, client, addr))
            self.handle_request(listener, request, client, addr)
        except (http.errors.NoMoreData, StopIteration, TimeoutError) as error:
            self.log.debug("A connection ended early: %s", error)
        except OSError as error:
            if error.errno not in _GONE:
                self.log.exception("A connection failed")
        except BaseException as error:
            self.handle_error(request, client, addr, error)
        finally:
            self._part_with(client, request)

    def _part_with(self, client: socket.socket, request: Any) -> None:
        """Whoever is still sending is listened to a little longer, or it would never see the answer."""
        try:
            if request is not None and _is_read(request):
                client.close()
                return
            client.shutdown(socket.SHUT_WR)
            self._room.wait_for_end(client)
        except OSError:
            client.close()


def _is_read(request: Any) -> bool:
    """Whether all of its body was read. Gunicorn's readers have either a length or the parser of chunks."""
    reader = request.body.reader
    return getattr(reader, "length", None) == 0 or getattr(reader, "parser", reader) is None
