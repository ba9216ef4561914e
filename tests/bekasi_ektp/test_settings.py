"""Nothing starts on a missing or weak secret; the demo's own settings stand in only where nothing is said."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bekasi_ektp import environment

GOOD = dict(line.split("=", 1) for line in environment.new_secrets().splitlines())
HOST = {"ALLOWED_HOSTS": "ektp.example.id"}


def manage(var: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """manage.py in an environment of that alone."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env={"PATH": os.environ["PATH"], "EKTP_VAR": str(var), **environ},
        cwd=environment.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_settings_pass_djangos_deployment_checks(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **GOOD, **HOST)
    assert done.returncode == 0, done.stderr


def test_every_missing_secret_is_named(tmp_path: Path) -> None:
    done = manage(tmp_path, "check")
    assert done.returncode == 1
    for name in GOOD:
        assert f"{name} is missing." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY is weak."),
        ("SECRET_KEY", "django-insecure-" + "x9Aq" * 20, "SECRET_KEY is weak."),
        ("EKTP_SEAL_KEYS", "c2hvcnQ=", "EKTP_SEAL_KEYS holds 1 that is no key of 32 bytes."),
        ("EKTP_INDEX_KEYS", "A" * 43 + "=", "EKTP_INDEX_KEYS holds a weak key."),
        ("EKTP_INDEX_KEYS", GOOD["EKTP_SEAL_KEYS"], "EKTP_SEAL_KEYS and EKTP_INDEX_KEYS share a key."),
        (
            "EKTP_SEAL_KEYS",
            ",".join([GOOD["EKTP_SEAL_KEYS"]] * 2),
            "EKTP_SEAL_KEYS holds the same key twice.",
        ),
        ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS is missing."),
        ("SITE_URL", "ektp.example.id", "SITE_URL is no address of a site."),
        ("PUBLISH_URL", "https://bekasikota.example/ektp", "PUBLISH_URL is no address with a secret."),
        ("FRAME_ANCESTORS", "'self';", "FRAME_ANCESTORS: \"'self';\" is no origin."),
        ("TRUSTED_PROXIES", "proxy", "TRUSTED_PROXIES: 'proxy' is no address."),
        ("STAFF_TWO_FACTOR", "supervisor, operatr", "STAFF_TWO_FACTOR: 'operatr' is no role."),
    ],
    ids=range(12),
)
def test_what_is_wrong_is_named_and_not_shown(tmp_path: Path, name: str, value: str, said: str) -> None:
    done = manage(tmp_path, "check", **{**GOOD, **HOST, name: value})
    assert done.returncode == 1
    assert said in done.stderr
    assert not any(secret in done.stderr for secret in GOOD.values())


def test_the_owner_is_another_role_than_the_sites(tmp_path: Path) -> None:
    url = "postgres://one@127.0.0.1:1/ektp"
    same = manage(tmp_path, "check", **GOOD, **HOST, DATABASE_URL=url, DATABASE_OWNER_URL=url)
    assert "ektp.E010" in same.stderr
    assert manage(tmp_path, "check", **GOOD, **HOST, DATABASE_URL=url).returncode == 0


@pytest.mark.parametrize(
    "url",
    [
        "garbage",
        "mysql://site@127.0.0.1/ektp",
        "postgres://site@127.0.0.1/",
        "postgres://site@127.0.0.1:x/ektp",
    ],
)
def test_what_names_no_database_is_said(tmp_path: Path, url: str) -> None:
    done = manage(tmp_path, "check", **GOOD, **HOST, DATABASE_URL=url)
    assert done.returncode == 1
    assert "DATABASE_URL is no address of a database." in done.stderr
    assert "Traceback" not in done.stderr


def test_runserver_shows_the_demo_to_nobody_else(tmp_path: Path) -> None:
    done = manage(tmp_path, "runserver", "0.0.0.0:0", "--noreload", DEMO="1")
    assert done.returncode == 1
    assert "DEMO refuses to serve on 0.0.0.0" in done.stderr


def test_migrate_asks_for_the_owner(tmp_path: Path) -> None:
    done = manage(tmp_path, "migrate", **GOOD, **HOST, DATABASE_URL="postgres://one@127.0.0.1:1/ektp")
    assert done.returncode == 1
    assert "DATABASE_OWNER_URL must name the role that owns the tables" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_keeps_to_this_machine(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", **GOOD, **HOST, DEMO="1")
    assert "DEMO is for this machine alone." in done.stderr


def test_demo_keys_are_made_once_and_for_this_user_alone(tmp_path: Path) -> None:
    environment.write_demo(tmp_path)
    path = tmp_path / "demo.env"
    made = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    environment.write_demo(tmp_path)
    assert path.read_text() == made


def test_asking_for_the_demo_makes_its_keys(tmp_path: Path) -> None:
    assert manage(tmp_path / "var", "check", DEMO="1").returncode == 0
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["demo.env"]


def test_a_database_out_of_reach_is_one_line(tmp_path: Path) -> None:
    url = "postgres://one@127.0.0.1:1/ektp"
    done = manage(tmp_path, "showmigrations", **GOOD, **HOST, DATABASE_URL=url)
    assert done.returncode == 1
    assert "Connection refused" in done.stderr
    assert "Traceback" not in done.stderr


def test_commands_beside_the_demo_need_no_settings(tmp_path: Path) -> None:
    environment.write_demo(tmp_path)
    assert manage(tmp_path, "check").returncode == 0


@pytest.mark.parametrize("said", [{"DEMO": "0"}, {"SECRET_KEY": "x"}, {"EKTP_SEAL_KEYS": ""}])
def test_demo_keys_never_stand_in_for_a_real_installations(tmp_path: Path, said: dict[str, str]) -> None:
    environment.write_demo(tmp_path)
    assert manage(tmp_path, "check", **said).returncode == 1


def test_debug_needs_no_secret(tmp_path: Path) -> None:
    assert manage(tmp_path, "check", DEBUG="1").returncode == 0


def test_a_pooler_in_transaction_mode_gets_no_server_side_cursors(tmp_path: Path) -> None:
    code = "from django.db import connection as c; print(c.settings_dict['DISABLE_SERVER_SIDE_CURSORS'])"
    url = {"DATABASE_URL": "postgres://site@127.0.0.1:6432/ektp", "DATABASE_POOLED": "1"}
    assert manage(tmp_path, "shell", "-v", "0", "-c", code, **GOOD, **HOST, **url).stdout == "True\n"


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("postgres://site:pw@db.example.id:6432/ektp", "db.example.id", 6432),
        ("postgres://site@%2Fvar%2Frun%2FPostgreSQL:6432/ektp", "/var/run/PostgreSQL", 6432),
    ],
)
def test_a_database_is_reached_by_name_or_socket(url: str, host: str, port: int) -> None:
    config = environment.database(url)
    assert (config["HOST"], config["PORT"], config["USER"], config["NAME"]) == (host, port, "site", "ektp")


def test_gunicorn_refuses_what_commands_refuse(tmp_path: Path) -> None:
    done = serve(tmp_path)
    assert done.returncode != 0
    assert "ektp.E001: SECRET_KEY is missing." in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_refuses_to_listen_to_others(tmp_path: Path) -> None:
    environment.write_demo(tmp_path)
    done = serve(tmp_path, "--bind", "0.0.0.0:0")
    assert done.returncode == 1
    assert (
        done.stderr.strip().splitlines()[-1]
        == "DEMO refuses to serve on 0.0.0.0: only this machine may see it."
    )


def serve(var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "--config",
            "gunicorn.conf.py",
            "--bind",
            "127.0.0.1:0",
            *arguments,
        ],
        env={"PATH": os.environ["PATH"], "EKTP_VAR": str(var)},
        cwd=environment.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("said", "roles"),
    [
        ({}, ["supervisor", "operator", "auditor"]),
        ({"STAFF_TWO_FACTOR": ""}, []),
        ({"STAFF_TWO_FACTOR": "kecamatan, supervisor"}, ["kecamatan", "supervisor"]),
        ({"ALLOWED_HOSTS": "", "DEMO": "1"}, []),
    ],
)
def test_who_sees_the_whole_city_logs_in_by_two_steps(
    tmp_path: Path, said: dict[str, str], roles: list[str]
) -> None:
    code = "from django.conf import settings; print(settings.STAFF_TWO_FACTOR)"
    done = manage(tmp_path, "shell", "-v", "0", "-c", code, **{**GOOD, **HOST, **said})
    assert done.stdout == f"{roles}\n", done.stderr
