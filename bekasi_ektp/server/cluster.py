"""The cluster's files and its postmaster: made, started, stopped, found again after a crash."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2

from . import config, identity
from .errors import ServerError, full_disk
from .places import DATABASE, OWNER, PORT, SITE, SUPERUSER, Places, binaries

LONGEST_RECOVERY = 900.0
TELL_AFTER = 5.0


def ensure_running(places: Places, tests: bool = False) -> None:
    """Start the server if it is not running, make the cluster if there is none. Caller holds start.lock."""
    pid = postmaster(places)
    if pid and _status(places) == "stopping":
        _wait_gone(places, pid, 60)
        pid = None
    if pid is None:
        who = identity.whom(places)
        if not (places.data / "PG_VERSION").exists():
            _initialise(places, who, tests)
        _clear_remains(places)
        _make_socket_folder(places)
        _write_config(places, tests)
        pid = _launch(places, who)
    _wait_ready(places, pid)
    if not places.prepared.exists():
        _prepare(places)


def postmaster(places: Places) -> int | None:
    """The running postmaster's process id. A file left by a crash, or a number since reused, is none."""
    try:
        pid = int(places.postmaster_pid.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if _is_ours(pid, places) else None


def stop(places: Places, wait: float = 60) -> None:
    """End the server: at once for those connected, with nothing lost."""
    pid = postmaster(places)
    if pid:
        os.kill(pid, signal.SIGINT)
        if not _wait_gone(places, pid, wait):
            os.kill(pid, signal.SIGQUIT)
            _wait_gone(places, pid, 10)
    if places.socket_is_outside:
        shutil.rmtree(places.socket, ignore_errors=True)


def _is_ours(pid: int, places: Places) -> bool:
    try:
        program = os.readlink(f"/proc/{pid}/exe").removesuffix(" (deleted)")
        return os.path.basename(program) == "postgres" and os.path.samefile(f"/proc/{pid}/cwd", places.data)
    except OSError:
        return False


def _all_ours(places: Places) -> Iterator[int]:
    for name in os.listdir("/proc"):
        if name.isdecimal() and _is_ours(int(name), places):
            yield int(name)


def _clear_remains(places: Places) -> None:
    """After kill -9 of the postmaster: let its children end, and drop its stale lock files."""
    if not places.postmaster_pid.exists():
        return
    deadline = time.monotonic() + 5
    while remains := list(_all_ours(places)):
        if time.monotonic() > deadline:
            for pid in remains:
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
    # The number in these files may meanwhile be somebody else's process, which PostgreSQL would respect.
    for path in (
        places.postmaster_pid,
        places.socket / f".s.PGSQL.{PORT}.lock",
        places.socket / f".s.PGSQL.{PORT}",
    ):
        path.unlink(missing_ok=True)


def _initialise(places: Places, who: str, tests: bool) -> None:
    new = places.home / "new"
    shutil.rmtree(new, ignore_errors=True)
    arguments = [
        *("-D", str(new), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-instructions"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    ]
    if tests:
        arguments += ["--no-sync", "--no-data-checksums"]
    done = subprocess.run(
        identity.command(who, str(binaries() / "initdb"), *arguments),
        env=identity.ENVIRONMENT,
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        shutil.rmtree(new, ignore_errors=True)
        raise ServerError(_why(done.stderr, places, "The embedded PostgreSQL could not be set up"))
    with open(new / "postgresql.conf", "a") as file:
        file.write("\ninclude 'ektp.conf'\n")
    new.rename(places.data)


def _make_socket_folder(places: Places) -> None:
    owner = places.home.stat()
    try:
        places.socket.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(places.socket, owner.st_uid, owner.st_gid)
    except FileExistsError:
        found = places.socket.lstat()
        if not places.socket.is_dir() or places.socket.is_symlink() or found.st_uid != owner.st_uid:
            raise ServerError(
                f"{places.socket} is in the way: it must be a folder of {places.home}'s owner."
            ) from None
        places.socket.chmod(0o700)


def _write_config(places: Places, tests: bool) -> None:
    path = places.data / "ektp.conf"
    path.write_text(config.text(places.socket, tests))
    owner = places.home.stat()
    if os.geteuid() == 0:
        os.chown(path, owner.st_uid, owner.st_gid)
    if places.log.exists() and places.log.stat().st_size > 5 * config.MB:
        places.log.replace(places.log.with_name("log.1"))


def _launch(places: Places, who: str) -> int:
    arguments = ["--daemon", str(places.log), str(binaries() / "postgres"), "-D", str(places.data)]
    done = subprocess.run(
        identity.command(who, *arguments),
        env=identity.ENVIRONMENT,
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ServerError(_why(done.stderr, places, "The embedded PostgreSQL could not be started"))
    return int(done.stdout)


def _wait_ready(places: Places, pid: int) -> None:
    began = time.monotonic()
    told = False
    while _status(places) != "ready":
        waited = time.monotonic() - began
        if not _alive(pid):
            raise ServerError(_why(_tail(places.log), places, "The embedded PostgreSQL did not start"))
        if waited > LONGEST_RECOVERY:
            raise ServerError(f"The embedded PostgreSQL is not ready after {waited:.0f} s: see {places.log}")
        if waited > TELL_AFTER and not told:
            print("The embedded PostgreSQL is recovering from a sudden end; please wait.", file=sys.stderr)
            told = True
        time.sleep(0.02)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def _wait_gone(places: Places, pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while _is_ours(pid, places):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _status(places: Places) -> str:
    try:
        lines = places.postmaster_pid.read_text().split("\n")
    except OSError:
        return ""
    return lines[7].strip() if len(lines) > 7 else ""


def recreate_database(var: Path) -> None:
    """Throw the database away and make it anew; the caller has used the server and holds no connection."""
    places = Places(var)
    places.prepared.unlink(missing_ok=True)
    _run_sql(places, "postgres", f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    _prepare(places)


def _prepare(places: Places) -> None:
    """The two roles and the database. Done again from the start if it was interrupted."""
    for role in (OWNER, SITE):
        if not _run_sql(places, "postgres", "SELECT FROM pg_roles WHERE rolname = %s", role):
            _run_sql(places, "postgres", f"CREATE ROLE {role} LOGIN")
    if not _run_sql(places, "postgres", "SELECT FROM pg_database WHERE datname = %s", DATABASE):
        _run_sql(places, "postgres", f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    for statement in rights(DATABASE, OWNER, SITE):
        _run_sql(places, DATABASE, statement)
    places.prepared.touch(mode=0o600)


def _run_sql(places: Places, database: str, sql: str, *params: str) -> int:
    """How many rows it found, as superuser."""
    connection = psycopg2.connect(host=str(places.socket), port=PORT, user=SUPERUSER, dbname=database)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql, params or None)
            return max(cursor.rowcount, 0)
    finally:
        connection.close()


def rights(database: str, owner: str, site: str) -> list[str]:
    """What an administrator grants once. Rights on tables follow with `migrate` (bekasi_ektp.grants)."""
    return [
        f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC',
        f'GRANT CONNECT, TEMPORARY ON DATABASE "{database}" TO "{site}"',
        f'GRANT ALL ON SCHEMA public TO "{owner}"',
        f'GRANT USAGE ON SCHEMA public TO "{site}"',
    ]


def _tail(path: Path) -> str:
    try:
        return path.read_bytes()[-4000:].decode(errors="replace")
    except OSError:
        return ""


def _why(text: str, places: Places, what: str) -> str:
    """One line from what a program of PostgreSQL said last."""
    if "No space left" in text or "Disk quota" in text:
        return full_disk(places.home)
    said = re.findall(r"(?:FATAL|PANIC|error|unprivileged): +(.+)", text)
    return f"{what}: {said[-1] if said else 'see ' + str(places.log)}"
