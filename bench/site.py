"""The site in gunicorn over one of the databases, as `make run` serves it."""

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from django.conf import settings
from django.core.management import call_command

from . import cluster

VISITORS = 16


@contextmanager
def serving(database: str, *, access_log: bool = True, **settings_of_site: str) -> Iterator[int]:
    """The port of a site of its own."""
    with process(database, access_log=access_log, **settings_of_site) as (port, _pid):
        yield port


@contextmanager
def process(database: str, *, access_log: bool = True, **settings_of_site: str) -> Iterator[tuple[int, int]]:
    """The port of a site of its own, and its process."""
    _collect_static()
    port = _free_port()
    log = settings.VAR_DIR / "log"
    log.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "--log-level", "warning"]
    if access_log:
        command += ["--access-logfile", str(log / "access.log")]
    environ = cluster.child_environ(database, PORT=str(port), **settings_of_site)
    with open(log / "site.log", "ab") as output:
        served = subprocess.Popen(
            [*command, "--max-requests", "0"],
            env=environ,
            cwd=settings.BASE_DIR,
            stdout=output,
            stderr=output,
        )
    try:
        _wait_alive(served, port)
        yield port, served.pid
    finally:
        served.send_signal(signal.SIGTERM)
        served.wait(30)


class Load(NamedTuple):
    """Answers a second; those that were no page; the processor time of who asked; waits in seconds."""

    rate: float
    odd: float
    own_time: float
    longest: float
    usual: float


def load(port: int, paths: Sequence[str], seconds: float, visitors: int = VISITORS) -> Load:
    """Ask for these pages for some seconds."""
    command = [sys.executable, "-m", "bench.traffic", str(port), str(seconds), str(visitors)]
    done = subprocess.run(
        command, input="\n".join(paths).encode(), capture_output=True, check=True, cwd=settings.BASE_DIR
    )
    return Load(*map(float, done.stdout.split()))


def _collect_static() -> None:
    call_command("collectstatic", verbosity=0, interactive=False)


def _wait_alive(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"The site did not start: see {settings.VAR_DIR / 'log' / 'site.log'}")


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port
