"""The whole site in a real web server, for tests that need one: a browser, many visitors at once."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from bekasi_ektp import environment

from . import cluster

WHITENOISE = "whitenoise.storage.CompressedManifestStaticFilesStorage"


def collect_static() -> None:
    """The files of all workers' sites, compressed once: two who wrote them at once would take them from each other."""
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": WHITENOISE}}
    with cluster.once("collected") as is_first:
        if is_first:
            with override_settings(STORAGES=storages, WHITENOISE_KEEP_ONLY_HASHED_FILES=False):
                call_command("collectstatic", verbosity=0, interactive=False)


@contextmanager
def serving(workers: int = 2, **environ: str) -> Iterator[str]:
    """Gunicorn on a free port beside this worker's database; its address, and its log in site.log."""
    port = free_port()
    told = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "EKTP_TEST_VAR": str(settings.VAR_DIR),
        "EKTP_TEST_DATABASE": cluster.database(),
        "EKTP_TEST_LIVE": "1",
        "PORT": str(port),
        "WORKERS": str(workers),
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "--access-logfile", "-"]
    with open(log(), "ab") as file:
        process = subprocess.Popen(
            command,
            env=os.environ | told | environ,
            cwd=environment.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        wait_alive(process, f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def log() -> Path:
    """What that site wrote: requests and errors."""
    path: Path = settings.VAR_DIR / f"site-{cluster.database()}.log"
    return path


def wait_alive(process: "subprocess.Popen[bytes]", site: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{site}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"The site did not start: {log().read_text()[-2000:]}")


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port
