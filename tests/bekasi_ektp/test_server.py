"""The embedded server: runs while it is used, comes back after any end, says in one line why it cannot."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bekasi_ektp.server import Places, ServerError, cluster, config, errors, identity, stop_if_unused

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
USE = """
import sys
from pathlib import Path
import psycopg2
from bekasi_ektp import server
var = Path(sys.argv[1])
try:
    server.use(var, tests=True)
except server.ServerError as error:
    sys.exit(str(error))
connection = psycopg2.connect(host=str(server.Places(var).socket), user=sys.argv[2], dbname="ektp")
connection.autocommit = True
print("ready", flush=True)
for line in sys.stdin:
    with connection.cursor() as cursor:
        cursor.execute(line)
        print(cursor.fetchone()[0] if cursor.description else "done", flush=True)
"""
PIPE = subprocess.PIPE
User = subprocess.Popen[str]


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "var"
    yield folder
    kill_all(folder)


@pytest.fixture
def user(var: Path) -> Iterator[Callable[..., User]]:
    """Starts a process that uses the server until its input ends."""
    started = []

    def start(folder: Path = var, role: str = "ektp_site", whom: str = "here") -> User:
        command = identity.command(whom, sys.executable, "-c", USE, str(folder), role)
        process = subprocess.Popen(command, env=ENVIRONMENT, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe and not pipe.closed:
                pipe.close()


def ready(process: User) -> User:
    assert process.stdout and process.stderr
    line = process.stdout.readline()
    assert line == "ready\n", process.stderr.read()
    return process


def ask(process: User, sql: str) -> str:
    assert process.stdin and process.stdout
    process.stdin.write(sql + "\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def end(process: User) -> str:
    """Let it end as it wants; what it said on standard error."""
    return process.communicate(timeout=60)[1].strip()


def kill_all(var: Path) -> None:
    places = Places(var)
    pid = cluster.postmaster(places)
    for victim in [*([pid] if pid else []), *cluster._all_ours(places)]:
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            pass
    cluster.stop(places)


def test_stops_with_its_last_user(var: Path, user: Callable[..., User]) -> None:
    first, second = ready(user()), ready(user())
    end(first)
    assert cluster.postmaster(Places(var))
    assert ask(second, "SELECT 1") == "1"
    end(second)
    assert cluster.postmaster(Places(var)) is None


def test_starts_once_for_many_at_the_same_time(var: Path, user: Callable[..., User]) -> None:
    users = [user() for _ in range(5)]
    pids = {ask(ready(one), "SELECT pg_postmaster_start_time()") for one in users}
    assert len(pids) == 1
    for one in users:
        end(one)
    assert cluster.postmaster(Places(var)) is None


def test_comes_back_after_everything_was_killed(var: Path, user: Callable[..., User]) -> None:
    first = ready(user(role="ektp_owner"))
    ask(first, "CREATE TABLE kept AS SELECT 7 AS seven")
    ask(first, "SET synchronous_commit = on")
    ask(first, "CREATE TABLE flushed ()")
    first.kill()
    kill_all(var)
    assert ask(ready(user(role="ektp_owner")), "SELECT seven FROM kept") == "7"


def test_takes_over_a_server_whose_users_were_killed(var: Path, user: Callable[..., User]) -> None:
    first = ready(user())
    began = ask(first, "SELECT pg_postmaster_start_time()")
    first.kill()
    first.wait()
    second = ready(user())
    assert ask(second, "SELECT pg_postmaster_start_time()") == began
    end(second)
    assert cluster.postmaster(Places(var)) is None


def test_a_stale_lock_with_a_number_in_use_again_is_no_obstacle(var: Path, user: Callable[..., User]) -> None:
    end(ready(user()))
    places = Places(var)
    places.postmaster_pid.write_text(f"{os.getpid()}\n{places.data}\n0\n5432\n{places.socket}\n\n\nready\n")
    (places.socket / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    ready(user())


def test_an_interrupted_set_up_is_begun_again(var: Path, user: Callable[..., User]) -> None:
    (var / "postgres" / "new").mkdir(parents=True)
    (var / "postgres" / "new" / "PG_VERSION").write_text("18\n")
    ready(user())


@pytest.mark.parametrize("name", ["a path, with 'many' signs", "x" * 120], ids=["signs", "long"])
def test_any_path_will_do(tmp_path: Path, user: Callable[..., User], name: str) -> None:
    folder = tmp_path / name / "var"
    process = ready(user(folder))
    socket = Places(folder).socket
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    end(process)
    assert cluster.postmaster(Places(folder)) is None
    assert socket.is_relative_to(tmp_path) or not socket.exists()


def test_an_ordinary_user_runs_it_as_itself(var: Path, user: Callable[..., User]) -> None:
    assert ask(ready(user(whom="namespace")), "SELECT 1") == "1"


def test_a_folder_without_write_permission_is_named_in_one_line(var: Path, user: Callable[..., User]) -> None:
    var.mkdir()
    var.chmod(0o555)
    said = end(user(whom="namespace"))
    assert said.startswith(f"{var}/postgres cannot be written by this user: make it writable, or ")
    assert "\n" not in said


def test_somebody_elses_folder_is_named_in_one_line(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (var / "postgres").mkdir(parents=True)
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    with pytest.raises(ServerError, match=r"run as .*, or set EKTP_VAR"):
        identity.whom(Places(var))


def test_a_full_disk_is_named_in_one_line(var: Path) -> None:
    said = cluster._why("FATAL:  could not write: No space left on device", Places(var), "x")
    assert said == errors.explain(OSError(28, "No space left"), Places(var).home)
    assert said.startswith("The disk that holds") and "\n" not in said


def test_what_postgresql_says_last_is_the_reason(var: Path) -> None:
    said = cluster._why("LOG:  hello\nFATAL:  bad thing\nLOG:  bye\n", Places(var), "It did not start")
    assert said == "It did not start: bad thing"


def test_root_without_namespaces_runs_it_as_somebody_who_exists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Places(tmp_path)
    places.home.mkdir()
    tried: list[str] = []
    given: list[int] = []

    def run(who: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        tried.append(who)
        return subprocess.CompletedProcess([], 1 if who == "namespace" else 0)

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(identity, "_run", run)
    monkeypatch.setattr(identity, "give", lambda folder, uid, gid: given.append(uid))
    if places.home.stat().st_uid == 0:
        assert identity.whom(places) == tried[-1] == f"{given[0]}:{tried[-1].split(':')[1]}"
    else:
        assert identity.whom(places).startswith(f"{places.home.stat().st_uid}:")


def test_listens_on_no_network(var: Path, user: Callable[..., User]) -> None:
    assert ask(ready(user()), "SHOW listen_addresses") == ""


def test_the_log_shows_no_values(var: Path, user: Callable[..., User]) -> None:
    process = ready(user())
    ask(process, "SELECT 'Siti Rahayu'::int")
    end(process)
    assert "Siti" not in Places(var).log.read_text()


def test_sites_role_owns_nothing_and_creates_nothing(var: Path, user: Callable[..., User]) -> None:
    process = ready(user())
    assert ask(process, "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication FROM pg_roles "
                        "WHERE rolname = current_user") == "False"  # fmt: skip
    assert ask(process, "SELECT has_schema_privilege('public', 'CREATE')") == "False"
    assert ask(process, "SELECT has_database_privilege('ektp', 'TEMP')") == "True"
    assert "permission denied" in end_with(process, "SET session_replication_role = replica")


def end_with(process: User, sql: str) -> str:
    assert process.stdin
    process.stdin.write(sql + "\n")
    return end(process)


def test_a_server_in_use_is_not_stopped(var: Path, user: Callable[..., User]) -> None:
    process = ready(user())
    assert stop_if_unused(var) is False
    end(process)
    assert stop_if_unused(var) is True


def test_configuration_survives_odd_folders() -> None:
    text = config.text(Path("/a'b\"c\\d"))
    assert "unix_socket_directories = '\"/a''b\"\"c\\\\d\"'\n" in text


def test_waits_while_the_server_stops(var: Path, user: Callable[..., User]) -> None:
    first = ready(user())
    assert first.stdin
    first.stdin.close()
    time.sleep(0.01)
    assert ask(ready(user()), "SELECT 1") == "1"
