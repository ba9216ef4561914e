"""Documents say what the code says."""

import re

from bekasi_ektp.environment import BASE_DIR
from tools import diagrams


def test_the_diagrams_are_made_from_the_code():
    page = diagrams.PAGE.read_text()
    assert page == diagrams.written(page), "run: python tools/diagrams.py --write"


def test_every_setting_of_the_environment_is_documented():
    page = (BASE_DIR / "docs" / "operate.md").read_text()
    rooms = ("bekasi_ektp", "staff", "outbox", "tracking", "blanks", "delivery", "integration")
    files = [
        BASE_DIR / "gunicorn.conf.py",
        *(file for room in rooms for file in (BASE_DIR / room).rglob("*.py")),
    ]
    asked = re.compile(
        r"""(?:\b(?:os\.)?environ(?:\.get)?[\[(]|getenv\(|\b(?:on|words|keys|days)\()\s*["']([A-Z][A-Z_]+)["']"""
    )
    read = {name for file in files for name in asked.findall(file.read_text())}
    read -= {"PATH", "PATH_INFO", "RAW_URI", "REQUEST_METHOD"}  # of the system and of a request
    assert read >= {"SECRET_KEY", "EKTP_SEAL_KEYS", "LATE_AFTER", "WORKERS"}
    assert {name for name in read if f"`{name}`" not in page} == set()


def test_every_link_between_documents_leads_somewhere():
    for page in [BASE_DIR / "README.md", *(BASE_DIR / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_test_that_proves_security_exists():
    page = (BASE_DIR / "docs" / "security.md").read_text()
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", page)
    assert len(named) > 50
    for file, test in named:
        path = BASE_DIR / "tests" / file
        assert path.exists(), file
        assert re.search(rf"^\s*def {test}\(", path.read_text(), re.MULTILINE), f"{file}::{test}"


def test_whoever_keeps_house_is_called_by_the_worker():
    worker = (BASE_DIR / "bekasi_ektp/management/commands/db_worker.py").read_text()
    [rooms] = re.findall(r"for room in \(([\w, ]+)\)", worker)
    keepers = {path.parent.name for path in BASE_DIR.glob("*/keeping.py")} | {"outbox"}
    assert keepers == set(rooms.split(", "))
    page = (BASE_DIR / "docs" / "privacy.md").read_text()
    forgetting = keepers - {"blanks"}  # which only makes forecasts
    assert forgetting <= set(re.findall(r"`(\w+)\.(?:keeping|sending)`", page))
