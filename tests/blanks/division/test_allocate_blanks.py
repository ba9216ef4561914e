"""allocate_blanks, to the letter of its contract."""

import json
import os
import subprocess
import sys
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from blanks.models import Document, Movement
from tests import cluster
from tests.blanks.house import balance, shipment
from tests.builders import many_cards, settle
from tracking.stages import Stage

pytestmark = pytest.mark.django_db


def allocate(*words: str) -> Any:
    out = StringIO()
    call_command("allocate_blanks", *words, "--json", stdout=out)
    settle()
    assert out.getvalue().count("\n") == 1
    return json.loads(out.getvalue())


@pytest.fixture
def waiting() -> None:
    many_cards(3, Stage.WAITING_FOR_BLANK, 2)
    many_cards(3, Stage.WAITING_FOR_BLANK, 1)
    shipment(20)


def test_ties_go_by_the_code_of_the_kecamatan(waiting: None) -> None:
    said = allocate("5")
    assert (said["quantity"], said["allocated"], said["left"]) == (5, 5, 0)
    assert {slug: n for slug, n in said["quotas"].items() if n} == {"bekasi-timur": 3, "bekasi-barat": 2}
    assert {one.actor for one in Movement.objects.filter(cause="divided")} == {"command:allocate_blanks"}


def test_nobody_gets_beyond_the_need_and_the_rest_is_named(waiting: None) -> None:
    said = allocate("20")
    assert (said["allocated"], said["left"]) == (6, 14)
    assert balance("store") == 14


def test_nobody_needs_any(waiting: None) -> None:
    allocate("20")
    assert allocate("5") | {"quotas": {}} == {"quantity": 5, "allocated": 0, "left": 5, "quotas": {}}


def test_a_dry_run_changes_nothing(waiting: None) -> None:
    dry = allocate("5", "--dry-run", "--strategy", "oldest-first")
    assert balance("store") == 20
    assert dry == allocate("5", "--strategy", "oldest-first")


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_more_than_the_store_holds_is_refused(waiting: None, dry: list[str]) -> None:
    with pytest.raises(CommandError) as refused:
        allocate("21", *dry)
    assert refused.value.returncode == 1
    assert balance("store") == 20


@pytest.mark.parametrize("quantity", ["0", "-5", "x", "1.5", "٣", "", "9" * 20])
def test_what_is_no_quantity_is_wrong_usage(waiting: None, quantity: str) -> None:
    with pytest.raises(CommandError) as wrong:
        allocate(quantity)
    assert wrong.value.returncode == 2
    assert not Document.objects.filter(kind="division").exists()


@pytest.mark.parametrize("words", [["-5"], ["5", "--strategy", "random"], [], ["5", "6"]])
def test_wrong_usage_exits_2_without_a_traceback(words: list[str]) -> None:
    command = [sys.executable, "manage.py", "allocate_blanks", *words]
    done = subprocess.run(command, capture_output=True, text=True, env=_told(), check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def _told() -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "EKTP_TEST_VAR": str(settings.VAR_DIR),
        "EKTP_TEST_DATABASE": cluster.database(),
    }
