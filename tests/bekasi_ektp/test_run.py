"""`make run`: one parent that prepares, serves, and ends everything it started."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bekasi_ektp import demo, environment, run
from bekasi_ektp.server import Places, cluster
from tests.live import free_port

# The real thing but for the people, whom seed_demo invents and its own tests try.
RUN = "import bekasi_ektp.run as r, bekasi_ektp.demo as d; r._seed = lambda cards: d.mark(d.SEEDED); r.main()"
Site = subprocess.Popen[str]


@pytest.fixture(scope="session")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compressed once for all."""
    return tmp_path_factory.mktemp("files") / "static"


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a site that is started and ended again and again: only its first start makes a cluster."""
    var = tmp_path_factory.mktemp("kept") / "var"
    yield var
    end_of(var)


@pytest.fixture
def start(tmp_path: Path, static: Path) -> Iterator[Callable[..., Site]]:
    started: list[Site] = []

    def begin(**environ: str) -> Site:
        told = {"PATH": os.environ["PATH"], "EKTP_VAR": str(tmp_path / "var"), "WORKERS": "2"}
        told["EKTP_STATIC"] = str(static)
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", RUN]
        site = subprocess.Popen(
            command, env=told | environ, cwd=environment.BASE_DIR, stdout=pipe, stderr=pipe, text=True
        )
        started.append(site)
        return site

    yield begin
    for site in started:
        site.terminate()
        site.communicate(timeout=60)
    end_of(tmp_path / "var")


def printed(site: Site) -> str:
    """What it printed until it serves."""
    assert site.stdout and site.stderr
    text = ""
    for line in site.stdout:
        text += line
        if "Ctrl-C ends it" in line:
            return text
    raise AssertionError(site.stderr.read())


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.read() == b"ready\n")
    except OSError:
        return False


def end_of(var: Path, seconds: float = 20) -> bool:
    """Whether the server stops within that time."""
    deadline = time.monotonic() + seconds
    while cluster.postmaster(Places(var)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return cluster.postmaster(Places(var)) is None


def test_ends_with_its_parent_and_comes_back(kept: Path, start: Callable[..., Site]) -> None:
    port = free_port()
    first = start(PORT=str(port), EKTP_VAR=str(kept))
    said = printed(first)
    first.kill()
    first.wait()
    assert end_of(kept)
    assert not answers(port)
    second = start(PORT=str(port), EKTP_VAR=str(kept))
    assert printed(second) == said
    assert answers(port)


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_ends_everything(kept: Path, start: Callable[..., Site], name: signal.Signals) -> None:
    port = free_port()
    site = start(PORT=str(port), EKTP_VAR=str(kept))
    said = printed(site)
    assert f"http://127.0.0.1:{port}/admin/" in said
    assert "supervisor" in said
    assert answers(port)
    site.send_signal(name)
    out, err = site.communicate(timeout=60)
    assert (site.returncode, out.strip(), err) == (0, "Stopped; the data is kept.", "")
    assert not answers(port)
    assert cluster.postmaster(Places(kept)) is None


def test_a_taken_port_is_one_line(start: Callable[..., Site]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        site = start(PORT=str(port))
        out, err = site.communicate(timeout=60)
    assert (site.returncode, out) == (1, "")
    assert err.startswith(f"Port {port} is taken") and err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "http"), ("PORT", "70000"), ("CARDS", "-5"), ("CARDS", "0")]
)
def test_numbers_that_make_no_sense_are_wrong_usage(
    start: Callable[..., Site], name: str, value: str
) -> None:
    site = start(**{name: value})
    _, err = site.communicate(timeout=60)
    assert site.returncode == 2
    assert err.startswith(f"{name}={value} makes no sense") and err.count("\n") == 1


def test_a_var_that_is_a_file_is_one_line(tmp_path: Path, start: Callable[..., Site]) -> None:
    (tmp_path / "var").write_text("in the way")
    site = start(PORT=str(free_port()))
    _, err = site.communicate(timeout=60)
    assert site.returncode == 1
    assert str(tmp_path / "var") in err and err.count("\n") == 1


class Steps:
    """What seeding did, and the state it found."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, state: str | None, untouched: bool) -> None:
        self.done: list[str] = []
        monkeypatch.setattr(demo, "state", lambda: state)
        monkeypatch.setattr(demo, "is_untouched", lambda: untouched)
        monkeypatch.setattr(demo, "mark", lambda how_far: self.done.append(how_far))
        monkeypatch.setattr("django.core.management.call_command", lambda name, **_: self.done.append(name))
        monkeypatch.setattr(cluster, "recreate_database", lambda var: self.done.append("recreate"))


def test_the_first_start_invents_people(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Steps(monkeypatch, None, untouched=True)
    run._seed(10)
    assert steps.done == ["seeding", "seed_demo", "seeded"]


def test_a_later_start_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Steps(monkeypatch, demo.SEEDED, untouched=False)
    run._seed(10)
    assert steps.done == []


def test_an_interrupted_seeding_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Steps(monkeypatch, demo.SEEDING, untouched=False)
    run._seed(10)
    assert steps.done == ["recreate", "migrate", "seeding", "seed_demo", "seeded"]


def test_a_real_database_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, settings: object, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    steps = Steps(monkeypatch, None, untouched=False)
    with pytest.raises(SystemExit):
        run._seed(10)
    assert steps.done == []
    assert capsys.readouterr().err.startswith("DEMO refuses a database that was not seeded as a demo")


def test_the_mark_is_kept_in_the_database(committed: None) -> None:
    assert demo.state() is None
    assert demo.is_untouched()
    try:
        demo.mark(demo.SEEDED)
        assert demo.state() == demo.SEEDED
    finally:
        from django.db import connections

        with connections["owner"].cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {demo.MARK}")
