"""`make run`: prepares the demo, serves it and ends it on Ctrl-C or SIGTERM. The one parent of it all."""

import ctypes
import hashlib
import io
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import nullcontext
from pathlib import Path
from types import FrameType
from typing import NoReturn

from . import environment, logs
from .server.errors import ServerError, one_line

PATIENCE = 20.0
PR_SET_PDEATHSIG = 1


def main() -> None:
    port, cards = _number("PORT", 8000, 65535), _number("CARDS", 180_000, 10_000_000)
    _refuse_taken(port)
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    try:
        prepare(cards)
        serve(port)
    except KeyboardInterrupt:
        print("\nStopped; the data is kept.", flush=True)
    except ServerError as error:
        _refuse(str(error))


def prepare(cards: int) -> None:
    """Keys, database, demo data and static files: whatever of it is missing."""
    var = environment.var_dir()
    os.environ.setdefault("DEMO", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bekasi_ektp.settings")
    with one_line(var):
        var.mkdir(parents=True, exist_ok=True)
        (var / "log").mkdir(mode=0o700, exist_ok=True)
        if environment.on("DEMO"):
            environment.write_demo(var)
    import django
    from django.core.management import CommandError, call_command
    from django.db import DatabaseError

    logs.install()
    django.setup()
    try:
        call_command("check", tags=["ektp"], stdout=io.StringIO())
        call_command("migrate", verbosity=0, interactive=False)
        if environment.on("DEMO"):
            _seed(cards)
        with one_line(var):
            _collect_static()
    except (CommandError, DatabaseError) as error:
        _refuse(str(error).strip())


def _seed(cards: int) -> None:
    """Invented people on the first start; begun anew if it was interrupted."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from . import demo
    from .server import cluster

    objection = demo.objection()
    if objection:
        _refuse(objection)
    state = demo.state()
    if state == demo.SEEDED:
        return
    if state == demo.SEEDING and not demo.is_untouched():
        if settings.DATABASE_URL:
            _refuse("The demo's seeding was interrupted: empty that database and start again.")
        connections.close_all()
        cluster.recreate_database(environment.var_dir())
        call_command("migrate", verbosity=0, interactive=False)
    print(f"First start: inventing {cards} cards …", flush=True)
    demo.mark(demo.SEEDING)
    call_command("seed_demo", cards=cards)
    demo.mark(demo.SEEDED)
    connections.close_all()


def _collect_static() -> None:
    """Hashed and compressed, again only if a file changed."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    root = Path(settings.STATIC_ROOT)
    stamp = root.with_name(f"{root.name}.stamp")
    if root.is_dir() and stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(digest.hexdigest())


def serve(port: int) -> None:
    """Gunicorn and the worker for long tasks, until one of the signals comes or gunicorn ends."""
    log = environment.var_dir() / "log"
    environ = os.environ | {"PORT": str(port)}
    web = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "--log-level", "warning"]
    web += ["--access-logfile", str(log / "access.log")]
    # citizens and officers before files
    worker = ["nice", sys.executable, "manage.py", "db_worker", "--queue-name", "*", "--no-startup-delay"]
    worker += ["--interval", "0.2"]  # partners wait for it
    children = {"web": _start(web, environ), "worker": _start(worker, environ, log / "worker.log")}
    try:
        if _wait_alive(port, children["web"]):
            _tell(port)
        while children["web"].poll() is None:
            time.sleep(0.2)
            if children["worker"].poll() is not None:
                time.sleep(1)
                children["worker"] = _start(worker, environ, log / "worker.log")
    finally:
        _end(list(children.values()))
    _refuse(f"The web server has ended; what it said last stands above, requests in {log / 'access.log'}")


def _start(command: list[str], environ: dict[str, str], log: Path | None = None) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches this process alone, which ends the others in order.
    with open(log, "ab") if log else nullcontext() as output:
        return subprocess.Popen(
            command,
            env=environ,
            cwd=environment.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509  this process has one thread
        )


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    for child in children:
        child.terminate()
    deadline = time.monotonic() + PATIENCE
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _wait_alive(port: int, web: subprocess.Popen[bytes]) -> bool:
    while web.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return True
        except OSError:
            time.sleep(0.05)
    return False


def _tell(port: int) -> None:
    site = f"http://127.0.0.1:{port}"
    print(f"\n  e-KTP Bekasi   {site}/\n  English        {site}/en/\n  Staff          {site}/admin/\n")
    if environment.on("DEMO"):
        from staff import demo

        print("  Demo logins (role, name, password):")
        for login in demo.logins():
            print("   ", *(f"{word:<24}" for word in login))
    print("\n  Ctrl-C ends it; the data is kept under var/.", flush=True)


def _number(name: str, default: int, most: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= most:
        _refuse(f"{name}={text} makes no sense: a whole number from 1 to {most}.", 2)
    return int(text)


def _refuse_taken(port: int) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except PermissionError:
            _refuse(f"Port {port} is not for this user: PORT=8000 make run.")
        except OSError:
            _refuse(
                f"Port {port} is taken, perhaps by this site itself. For another: PORT={port + 1} make run"
            )


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _refuse(line: str, code: int = 1) -> NoReturn:
    print(line, file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
