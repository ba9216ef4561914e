"""Asks a site for pages as fast as it answers: `python -m bench.traffic PORT SECONDS VISITORS < paths`.

A process of its own, without Django. Prints how many answers came, how many were not 200, its own processor
time and the longest and median wait. Gunicorn's plain workers close after each answer, so do we.
"""

import random
import select
import socket
import sys
import time


class Visitor:
    """One connection at a time: sends a request, reads until the server has closed."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.began = 0.0
        self.head = b""

    def ask(self, path: bytes) -> socket.socket:
        self.began = time.perf_counter()
        self.head = b""
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.sendall(
            b"GET "
            + path
            + b" HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
        )
        connection.setblocking(False)
        return connection


def main() -> None:
    port, seconds, visitors = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    paths = sys.stdin.buffer.read().split()
    pick = random.Random(1).choice
    watched = select.epoll()
    at_work: dict[int, tuple[Visitor, socket.socket]] = {}

    def begin(visitor: Visitor) -> None:
        connection = visitor.ask(pick(paths))
        at_work[connection.fileno()] = (visitor, connection)
        watched.register(connection.fileno(), select.EPOLLIN)

    answers, odd, waits = 0, 0, []
    started = time.perf_counter()
    until = started + seconds
    for _ in range(visitors):
        begin(Visitor(port))
    while (now := time.perf_counter()) < until:
        for number, _event in watched.poll(0.5):
            visitor, connection = at_work[number]
            try:
                piece = connection.recv(65536)
            except BlockingIOError:
                continue
            if piece:
                visitor.head = visitor.head or piece[:16]
                continue
            watched.unregister(number)
            del at_work[number]
            connection.close()
            answers += 1
            odd += not visitor.head.startswith(b"HTTP/1.1 200")
            waits.append(time.perf_counter() - visitor.began)
            begin(visitor)
    waits.sort()
    took = now - started
    print(
        answers / took,
        odd,
        time.process_time() / took,
        waits[-1] if waits else 0,
        waits[len(waits) // 2] if waits else 0,
    )


if __name__ == "__main__":
    main()
