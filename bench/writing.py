"""Starts writers and gathers what they say."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from bekasi_ektp import server
from bekasi_ektp.server.places import PORT

READY_IN = 4.0


class Written(NamedTuple):
    """Transactions a second and in all, deadlocks, other errors, the longest waits in seconds."""

    rate: float
    done: int
    deadlocks: int
    errors: list[str]
    waits: list[float]


class Writers:
    """So many processes, each with its own cards, `changes` of them a transaction."""

    def __init__(
        self,
        database: str,
        lines: Sequence[Sequence[str]],
        seconds: float,
        changes: int,
        pause: float = 0,
        end: Path | None = None,
    ) -> None:
        socket = server.Places(settings.VAR_DIR).socket
        dsn = f"host='{socket}' port={PORT} user={server.SITE} dbname={database}"
        self.seconds = seconds
        start = time.time() + READY_IN
        command = [
            sys.executable,
            "-m",
            "bench.writer",
            dsn,
            *map(str, (start, seconds, changes, pause, end or "")),
        ]
        self.processes = []
        for own in lines:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=settings.BASE_DIR, text=True
            )
            assert process.stdin
            process.stdin.write("\n".join(own))
            process.stdin.close()
            process.stdin = None
            self.processes.append(process)

    def result(self) -> Written:
        said = [json.loads(process.communicate()[0]) for process in self.processes]
        return Written(
            sum(one["done"] for one in said) / self.seconds,
            sum(one["done"] for one in said),
            sum(one["deadlocks"] for one in said),
            [error for one in said for error in one["errors"]],
            sorted((wait for one in said for wait in one["waits"]), reverse=True),
        )
