"""Processes of people at work, begun, watched and cut off by a test. None is a fork: each is a program of its own."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from selectors import EVENT_READ, DefaultSelector

from django.conf import settings

from bekasi_ektp import environment
from tests import cluster

PATIENCE = 90  # seconds in which nobody does anything at all


@dataclass
class Crew:
    """Who works, and what they have said so far."""

    supervisor: int
    operator: int
    people: int  # in each process
    did: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    broke: list[str] = field(default_factory=list)
    steps: int = 0
    begun: int = 0
    working: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    _said: dict[int, bytes] = field(default_factory=dict)
    _ears: DefaultSelector = field(default_factory=DefaultSelector)

    def begin(self, steps: int) -> None:
        """One more process, each of whose people does so many things."""
        first = 1 + self.begun * self.people
        self.begun += 1
        numbers = (first, self.people, steps, self.supervisor, self.operator)
        told = {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "EKTP_TEST_VAR": str(settings.VAR_DIR),
            "EKTP_TEST_DATABASE": cluster.database(),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.blanks.at_once.people_at_work", *map(str, numbers)],
            env=os.environ | told,
            cwd=environment.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        self.working.append(process)
        self._said[process.pid] = b""
        self._ears.register(process.stdout, EVENT_READ, process)  # type: ignore[arg-type]

    def watch(self, steps: float = float("inf")) -> None:
        """Until so many more things are done, or everybody has gone home."""
        until = self.steps + steps
        while self.steps < until and self.working:
            heard = self._ears.select(PATIENCE)
            assert heard, "nobody does anything any more"
            for key, _ in heard:
                self._hear(key.data)

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """In the middle of whatever its people do."""
        process.send_signal(signal.SIGKILL)
        process.wait()
        self._gone(process)

    def close(self) -> None:
        for process in list(self.working):
            self.kill(process)
        self._ears.close()

    def _hear(self, process: "subprocess.Popen[bytes]") -> None:
        heard = os.read(process.stdout.fileno(), 65536)  # type: ignore[union-attr]
        if heard:
            dots, line, report = heard.partition(b"\n")
            if not self._said[process.pid]:
                self.steps += len(dots)
                heard = line + report
            self._said[process.pid] += heard
            return
        said, status = self._said[process.pid], process.wait()
        self._gone(process)
        assert status == 0, f"a process of the office ended with {status}"
        report = json.loads(said)
        self.did += report["did"]
        self.refused += report["refused"]
        self.broke += report["broke"]

    def _gone(self, process: "subprocess.Popen[bytes]") -> None:
        self._ears.unregister(process.stdout)  # type: ignore[arg-type]
        process.stdout.close()  # type: ignore[union-attr]
        self.working.remove(process)
