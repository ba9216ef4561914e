"""No log line carries a NIK, a secret address or a row's value."""

import io
import logging
import subprocess
import sys

import pytest
from django.db import DatabaseError, connection

from bekasi_ektp import environment, logs

NIK = "3275014107900001"


@pytest.mark.parametrize(
    "text",
    [
        NIK,
        "3275.0141.0790.0001",
        "3275 0141 0790 0001",
        "32-75-01-41-07-90-0001",
        f"'{NIK}'",
        f"nik={NIK}&x",
        f"a{NIK}b",
    ],
)
def test_a_nik_in_any_grouping_is_cut(text: str) -> None:
    assert "[NIK]" in logs.clean(text)
    assert "0001" not in logs.clean(text)


@pytest.mark.parametrize("text", ["12 of 100", "2026-11-25 08:49:24,861", "127.0.0.1:8000", "0x7f63efba4a40"])
def test_other_numbers_stay(text: str) -> None:
    assert logs.clean(text) == text


@pytest.mark.parametrize("page", ["status", "tanda-terima", "kurir", "tunggu", "berhenti"])
def test_an_address_that_opens_a_persons_page_is_cut(page: str) -> None:
    assert logs.clean(f"GET /en/{page}/AbC-123_x/ 200") == f"GET /en/{page}/…/ 200"


def test_messages_arguments_and_tracebacks_are_clean(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ValueError(f"bad {NIK}")
    except ValueError:
        logging.getLogger("anything").exception("look at %s", NIK, stack_info=True)
    assert NIK not in caplog.text
    assert "look at [NIK]" in caplog.text
    assert "ValueError: bad [NIK]" in caplog.text


def test_any_handler_gets_clean_records() -> None:
    out = io.StringIO()
    logger = logging.getLogger("of a library")
    logger.addHandler(logging.StreamHandler(out))
    logger.warning("%d", int(NIK))
    assert out.getvalue() == "[NIK]\n"


def test_an_uncaught_exception_is_clean() -> None:
    code = f"from bekasi_ektp import logs; logs.install(); raise ValueError({NIK})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=environment.BASE_DIR, capture_output=True, text=True, check=False
    )
    assert NIK not in done.stderr
    assert "ValueError: [NIK]" in done.stderr


@pytest.mark.django_db
def test_a_database_error_shows_no_value_of_the_row() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE people (name text UNIQUE)")
        with pytest.raises(DatabaseError) as caught:
            cursor.execute("INSERT INTO people VALUES (%s), (%s)", ["Siti Rahayu"] * 2)
    assert "people_name_key" in str(caught.value)
    assert "Siti" not in f"{caught.value} {caught.value.__cause__}"


@pytest.mark.django_db
def test_what_an_error_speaks_of_can_still_be_asked() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE people (name text UNIQUE)")
        with pytest.raises(DatabaseError) as caught:
            cursor.execute("INSERT INTO people VALUES ('a'), ('a')")
    assert caught.value.__cause__.diag.constraint_name == "people_name_key"  # type: ignore[union-attr]
