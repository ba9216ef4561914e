"""postgresql.conf of the embedded server, written anew at every start (the checkout may have moved)."""

import os
from pathlib import Path

MB = 2**20
# The log never shows a row's value: errors go to the client that made them, statements nowhere.
QUIET = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": 0,
    "log_parameter_max_length_on_error": 0,
    "log_checkpoints": "off",
    "log_timezone": "Asia/Jakarta",
}


def text(socket: Path, tests: bool = False) -> str:
    memory = memory_bytes() // MB
    chosen = {
        "listen_addresses": "",
        "unix_socket_directories": '"' + str(socket).replace('"', '""') + '"',
        "unix_socket_permissions": "0700",
        "max_connections": 120,
        "shared_buffers": f"{128 if tests else max(128, min(memory // 4, 2048))}MB",
        "effective_cache_size": f"{max(256, memory // 2)}MB",
        "maintenance_work_mem": f"{max(64, min(memory // 32, 512))}MB",
        "work_mem": "16MB",
        "dynamic_shared_memory_type": "posix" if _room_in_shm() else "mmap",
        "max_wal_size": "4GB",
        "min_wal_size": "128MB",
        "checkpoint_timeout": "15min",
        "synchronous_commit": "on",
        "random_page_cost": 1.1,
        "jit": "off",
        "timezone": "UTC",
        "lc_messages": "C",
        **QUIET,
    }
    if tests:
        chosen |= {
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
            "track_commit_timestamp": "on",  # in which order things became true
        }
    return "".join(f"{name} = {_quoted(value)}\n" for name, value in chosen.items())


def _quoted(value: object) -> str:
    return "'" + str(value).replace("\\", "\\\\").replace("'", "''") + "'"


def memory_bytes() -> int:
    """The machine's memory, or the container's if that is less."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        return min(total, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    except (OSError, ValueError):
        return total


def _room_in_shm() -> bool:
    # Containers often have 64 MB there, on which parallel queries of 1.8 million cards fail.
    try:
        shm = os.statvfs("/dev/shm")  # noqa: S108
    except OSError:
        return False
    return shm.f_frsize * shm.f_bavail >= 256 * MB
