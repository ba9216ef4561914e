"""Two processes that check rows while a third, the caller, hands them to PostgreSQL.

They are forked, so they share the caller's memory, read the file themselves and get only places in it. They
end with their caller, and never touch its database connection.
"""

import gc
import os
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from . import errors, faults
from .check import Checked
from .errors import UnreadableFile
from .reasons import Reason

WORKERS = 2
_AHEAD = 3  # pieces given to each before the first answer is taken


class Answer(NamedTuple):
    """A checked piece, ready to hand on."""

    copy: bytes
    faults: bytes
    counts: dict[Reason, int]
    read: int
    niks: int
    niks_ending_0: int


Task = Any
Work = Callable[[Any], Checked]


def answered(checked: Checked) -> Answer:
    return Answer(
        checked.copy,
        faults.packed(checked.faults),
        Counter(fault.reason for fault in checked.faults),
        checked.read,
        checked.niks,
        checked.niks_ending_0,
    )


def in_order(work: Work, tasks: Iterable[Task], workers: int | None = None) -> Iterator[tuple[Task, Answer]]:
    """Every task with its answer, in the order of the tasks."""
    workers = min(WORKERS, len(os.sched_getaffinity(0))) if workers is None else workers
    if workers < 2:
        for task in tasks:
            yield task, answered(work(task))
        return
    pool = _Pool(work, workers)
    try:
        yield from pool.answers(tasks)
    finally:
        pool.end()


class _Pool:
    def __init__(self, work: Work, workers: int) -> None:
        context = get_context("fork")
        self._ours: list[Connection] = []
        self._processes = []
        for _ in range(workers):
            ours, theirs = context.Pipe()
            self._ours.append(ours)
            process = context.Process(target=_serve, args=(work, theirs, list(self._ours)), daemon=True)
            process.start()
            theirs.close()
            self._processes.append(process)

    def answers(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Answer]]:
        waiting: deque[tuple[Connection, Task]] = deque()
        for turn, task in enumerate(tasks):
            connection = self._ours[turn % len(self._ours)]
            with suppress(OSError):  # it is gone; what it had to say is read below
                connection.send(task)
            waiting.append((connection, task))
            if len(waiting) >= _AHEAD * len(self._ours):
                yield self._next(waiting)
        while waiting:
            yield self._next(waiting)

    @staticmethod
    def _next(waiting: deque[tuple[Connection, Task]]) -> tuple[Task, Answer]:
        connection, task = waiting.popleft()
        try:
            answer = connection.recv()
            if isinstance(answer, tuple):
                return task, Answer(connection.recv_bytes(), connection.recv_bytes(), *answer)
        except (EOFError, OSError) as error:
            raise _worker_died() from error
        raise answer

    def end(self) -> None:
        for connection in self._ours:
            connection.close()
        for process in self._processes:
            process.terminate()
            process.join()


def _worker_died() -> UnreadableFile:
    return UnreadableFile(
        errors.INTERRUPTED,
        "Pembacaan berhenti di tengah; tidak ada yang diubah. Kirim berkas yang sama lagi.",
    )


def _serve(work: Work, connection: Connection, of_caller: list[Connection]) -> None:
    """A worker's life: until its caller is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the caller, who ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for inherited in of_caller:
        inherited.close()
    gc.disable()  # it would touch, and so copy, all the memory we share; rows make no cycles
    with suppress(EOFError, OSError):
        while True:
            task = connection.recv()
            try:
                answer = answered(work(task))
            except UnreadableFile as error:
                connection.send(error)
                return
            connection.send(answer[2:])
            connection.send_bytes(answer.copy)
            connection.send_bytes(answer.faults)
