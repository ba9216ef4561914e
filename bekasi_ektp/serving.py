"""Gunicorn's hooks: the demo is served on this machine alone, and a long answer is no hanging worker; its access log."""

import logging
import sys
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

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


class AccessLog(Logger):
    """A line a request, without query, Referer or User-Agent; logs.py cuts addresses that open a person's page.

    Gunicorn's own gathers all that a format could ask for, which takes a tenth of the time of a status page.
    """

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        if not self.access_log_enabled:
            return
        log, status, took = self.access_log, resp.status.partition(" ")[0], request_time // _MILLISECOND
        # of what it could not read whole, gunicorn knows the address as it came
        path = environ.get("PATH_INFO") or environ["RAW_URI"].partition("?")[0]
        # quoted, or the figures would pass for more digits of a NIK at the end of the address
        line = f'"{environ["REQUEST_METHOD"]} {path}" {status} {resp.sent} {took}ms'
        line = "?".join(line.splitlines())  # one line, whatever the address holds
        # past log.info(), which first looks up the line of code that logs
        log.handle(log.makeRecord(log.name, logging.INFO, "", 0, line, (), None))


_MILLISECOND = timedelta(milliseconds=1)
