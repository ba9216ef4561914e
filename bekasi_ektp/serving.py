"""Gunicorn's hooks: the demo is served on this machine alone, and a long answer is no hanging worker."""

import sys
from typing import Any

from . import environment
from .demo import is_loopback


def on_starting(server: Any) -> None:
    """Refuse to serve the demo to others, before anything listens."""
    environment.read_demo(environment.var_dir())
    if not environment.on("DEMO"):
        return
    for address in server.cfg.address:
        if isinstance(address, tuple) and not is_loopback(address[0]):
            print(f"DEMO refuses to serve on {address[0]}: only this machine may see it.", file=sys.stderr)
            sys.exit(1)


_worker: Any = None


def post_fork(server: Any, worker: Any) -> None:
    """Remember which worker this process is."""
    global _worker  # noqa: PLW0603  one process, one worker
    _worker = worker


def still_busy() -> None:
    """Tell gunicorn, which ends a worker after its timeout, that a big upload or export goes on."""
    if _worker is not None:
        _worker.notify()
