"""seed_demo: which database it fills, which it leaves alone, and what it says."""

import os
import subprocess
import sys
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections

from bekasi_ektp import demo, seed
from bekasi_ektp.management.commands.seed_demo import Command
from integration.models import Batch
from staff.models import User
from tracking.models import Card, Event
from tracking.seed import load
from tracking.verify import verify

DAY = date(2026, 11, 25)
CARDS = ["--cards", "60", "--today", "2026-11-25"]


@pytest.fixture
def empty(committed: None) -> Any:
    yield
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {demo.MARK}")


def _seed_demo(*arguments: str) -> str:
    output = StringIO()
    call_command("seed_demo", *arguments, stdout=output)
    return output.getvalue()


def test_it_fills_an_empty_database_and_marks_it(empty: None) -> None:
    said = _seed_demo(*CARDS)

    assert Card.objects.count() == 60
    assert demo.state() == demo.SEEDED
    assert "Sedang dicocokkan (penunggalan)" in said
    assert "Sudah diterima" in said


def test_it_says_that_the_demo_is_there(empty: None) -> None:
    _seed_demo(*CARDS)

    said = _seed_demo("--cards", "70")

    assert said == "Data demo sudah ada (60 kartu); tidak ada yang diubah.\n"
    assert Card.objects.count() == 60


def test_it_leaves_a_real_database_alone(empty: None) -> None:
    User.objects.create_user("orang")

    with pytest.raises(CommandError, match="bukan buatan demo"):
        _seed_demo(*CARDS)

    assert demo.state() is None
    assert not Card.objects.exists()


def test_it_begins_anew_after_an_interruption(empty: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(seed, "nightly_batches", _interrupted)
        seed.seed_demo(50, seed=1, today=DAY)
    assert demo.state() == demo.SEEDING

    _seed_demo(*CARDS)

    assert Card.objects.count() == 60
    assert verify().problems == []


def test_two_at_once_do_not_mix(empty: None, owner_sql: Any) -> None:
    owner_sql("SELECT pg_advisory_lock(%s)", [load.ONE_AT_A_TIME])

    with pytest.raises(CommandError, match="sedang dibuat"):
        _seed_demo(*CARDS)

    assert not Card.objects.exists()


def test_every_night_is_a_batch(empty: None) -> None:
    _seed_demo(*CARDS)

    said = set(Event.objects.filter(source__startswith="batch:").values_list("source", flat=True))
    assert said <= {f"batch:{batch.pk}" for batch in Batch.objects.all()}
    for batch in Batch.objects.all():
        assert batch.read == batch.created + batch.updated + batch.unchanged
        assert batch.unchanged >= 0


@pytest.mark.parametrize(
    "wrong",
    [["--cards", "-5"], ["--cards", "0"], ["--cards", "banyak"], ["--cards", "1e3"], ["--cards", "99999999999"],
     ["--seed", "x"], ["--today", "kemarin"], ["lebih"]],
)  # fmt: skip
def test_wrong_usage_exits_2(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        Command().run_from_argv(["manage.py", "seed_demo", *wrong])

    assert ended.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.django_db
@pytest.mark.parametrize("command", [["verify"], ["publish"], ["seed_demo", "--cards", "5"]])
def test_a_database_without_tables_says_what_to_do(command: list[str]) -> None:
    told = {"DJANGO_SETTINGS_MODULE": "tests.settings", "EKTP_TEST_VAR": str(settings.VAR_DIR)}
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        env=os.environ | told | {"EKTP_TEST_DATABASE": "postgres"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "manage.py migrate" in done.stderr
    assert "Traceback" not in done.stderr


def _interrupted(slug: str) -> None:
    raise RuntimeError
