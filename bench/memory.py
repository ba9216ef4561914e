"""How much memory a command and its server take: PSS of all their processes, without the shared buffers."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from bekasi_ektp.server import Places

_MB = 1 << 20


class Peak:
    """The largest sum seen so far, in megabytes."""

    def __init__(self, root: int) -> None:
        self.root = root
        self.highest = 0.0
        self.of_server = 0.0
        self._stopped = threading.Event()

    def watch(self) -> None:
        while not self._stopped.wait(0.05):
            self.look()

    def look(self) -> None:
        tree = _tree(self.root)
        server = _tree(_postmaster())
        of_server = sum(_own(pid, shared=False) for pid in server)
        total = sum(_own(pid) for pid in tree) + of_server
        if total > self.highest:
            self.highest, self.of_server = total, of_server

    def stop(self) -> None:
        self._stopped.set()


@contextmanager
def watched(root: int) -> Iterator[Peak]:
    """Looks at a process, its children and the server until the end."""
    peak = Peak(root)
    thread = threading.Thread(target=peak.watch)
    thread.start()
    try:
        yield peak
    finally:
        peak.stop()
        thread.join()


def idle(root: int) -> float:
    """Megabytes of a process that waits, and the server beside it."""
    time.sleep(1)
    peak = Peak(root)
    peak.look()
    return peak.highest


def _postmaster() -> int:
    return int(Places(settings.VAR_DIR).postmaster_pid.read_text().split("\n", 1)[0])


def _tree(root: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            child, rest = path.read_text().split(" (", 1)
        except OSError:
            continue
        children.setdefault(int(rest.rpartition(")")[2].split()[1]), []).append(int(child))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def _own(pid: int, *, shared: bool = True) -> float:
    """Its share of memory in megabytes; without `shared`, what is nobody else's buffers."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0  # it has ended meanwhile
    size = {name.rstrip(":"): int(words[0]) * 1024 for name, *words in map(str.split, lines[1:])}
    return (size["Pss"] - (0 if shared else size["Pss_Shmem"])) / _MB
