"""docs/publication.md: what it says to do is done here."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.builders import many_cards
from tracking.models import Publication, PublishedFile
from tracking.publication.closing import _own_line
from tracking.publication.files import files, log_of
from tracking.stages import Stage

from .house import Days, mirror

DOCS = settings.BASE_DIR / "docs" / "publication.md"


@pytest.fixture
def kept(committed: None, superuser_sql: Callable[..., list[tuple[Any, ...]]], tmp_path: Path) -> Path:
    """Two days in a folder, with the public log of each."""
    days = Days(superuser_sql, 2)
    many_cards(3, Stage.WAITING_FOR_BLANK)
    days.end()
    days.end()
    folder = mirror(tmp_path / "kept")
    for day in Publication.objects.values_list("day", flat=True):
        (folder / str(day) / "catatan.txt").write_text("".join(log_of(day)))
    return folder


def test_the_lines_of_python_compute_the_root(kept: Path) -> None:
    code = re.findall(r"^```python\n(.*?)^```", DOCS.read_text(), re.DOTALL | re.MULTILINE)[0]
    subprocess.run([sys.executable, "-c", code], cwd=kept, check=True, timeout=60)
    broken = next(kept.glob("2*/catatan.txt"))
    broken.write_text(broken.read_text().replace("masuk", "keluar").replace("progres", "progress"))
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=kept, capture_output=True, check=False).returncode
        == 1
    )


def test_the_commands_are_those_of_the_tool(kept: Path) -> None:
    root = bytes(Publication.objects.latest("day").public_root).hex()
    day = str(Publication.objects.latest("day").day)
    known = {"integritas-kept.json": str(kept / "integritas.json"), "2017-09-01=ab12…": f"{day}={root}"}
    commands = [
        line.split("#")[0].split()
        for line in DOCS.read_text().splitlines()
        if line.startswith("python3 tools/")
    ]
    assert len(commands) == 5
    for command in commands:
        words = [known.get(word, word).replace("FOLDER", str(kept)) for word in command[1:]]
        if "https://…/data/" in words or "--proof" in words:
            continue  # played with a server, and with proofs, by tests of their own
        run = subprocess.run(
            [sys.executable, *words], cwd=settings.BASE_DIR, env=os.environ, check=False, timeout=60
        )
        assert run.returncode == 0, words


def test_every_file_is_described(kept: Path) -> None:
    text = DOCS.read_text()
    names = {file.name for file in files()} | {_own_line(Publication.objects.latest("day")).name}
    assert names <= set(PublishedFile.objects.values_list("name", flat=True))
    assert [name for name in names if f"`{name}.csv`" not in text] == []
