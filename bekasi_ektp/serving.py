"""Gunicorn's hooks: the demo is served on this machine alone."""

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
