"""What the database keeps, whoever asks it in SQL; and that no other door leads to a session of staff."""

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.views import LoginView
from django.db import DatabaseError, connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver

from bekasi_ektp.environment import BASE_DIR
from staff.actor import acting
from staff.models import Authenticator, RecoveryCode, SecondStepAct, User
from staff.second_step import actions
from staff.second_step.pages import LogIn
from tests.staff.cast import staff

from .phones import Clock, with_phone

pytestmark = pytest.mark.django_db
ROOMS = ("bekasi_ektp", "staff", "outbox", "tracking", "blanks", "delivery", "integration")


@pytest.fixture
def user(clock: Clock) -> User:
    made = staff("operator")
    with_phone(made, clock)
    connection.cursor().execute("SELECT set_config('ektp.actor', '', true)")
    return made


def refused(sql: str, *params: Any) -> str:
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
    return error.value.__cause__.pgcode


def test_no_app_goes_or_comes_without_a_name(user: User) -> None:
    assert refused("DELETE FROM staff_recoverycode; DELETE FROM staff_authenticator") == "EK050"
    other = staff("auditor")
    new = "INSERT INTO staff_authenticator (user_id, secret_sealed, last_step, tries) VALUES (%s, '', 0, 0)"
    assert refused(new, other.pk) == "EK050"
    assert refused("UPDATE staff_authenticator SET since = now()") == "EK050"


@pytest.mark.parametrize("role", ["operator", "auditor", "kecamatan"])
def test_a_colleague_who_is_no_supervisor_takes_nothing_away(user: User, role: str) -> None:
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        actions.reset(user, by=staff(role), reason="lost")
    assert error.value.__cause__.pgcode == "EK050"


def test_a_supervisor_turns_nothing_on_for_another(user: User) -> None:
    with pytest.raises(DatabaseError), acting(by=staff("supervisor"), source="test"):
        Authenticator.objects.create(user=staff("auditor"), secret_sealed=b"mine")
    with pytest.raises(DatabaseError), acting(by=staff("supervisor"), source="test"):
        RecoveryCode.objects.create(authenticator=user.authenticator, code_hash=b"mine")


def test_none_goes_without_a_reason(user: User) -> None:
    with pytest.raises(DatabaseError, match="reset_says_why"), transaction.atomic():
        actions.reset(user, by=staff("supervisor"), reason="")


def test_ones_own_is_not_reset(user: User) -> None:
    with pytest.raises(ValueError, match="own"):
        actions.reset(user, by=user, reason="lost")


def test_a_code_does_not_become_new_again(user: User) -> None:
    assert refused("UPDATE staff_authenticator SET last_step = last_step - 1") == "EK050"
    assert refused("UPDATE staff_authenticator SET user_id = %s", staff("auditor").pk) == "EK050"


def test_a_recovery_code_is_used_once(user: User) -> None:
    one = RecoveryCode.objects.all()[0]
    with acting(by=user, source="test"):
        RecoveryCode.objects.filter(pk=one.pk).update(used_at=None)
    assert RecoveryCode.objects.get(pk=one.pk).used_at is not None
    assert refused("UPDATE staff_recoverycode SET used_at = NULL WHERE id = %s", one.pk) == "EK050"
    assert refused("UPDATE staff_recoverycode SET code_hash = '' WHERE used_at IS NULL") == "EK050"


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO staff_secondstepact (user_id, act) VALUES (1, 'on')",
        "UPDATE staff_secondstepact SET actor = 'x'",
        "DELETE FROM staff_secondstepact",
    ],
)
def test_the_record_is_written_by_the_doors_alone(user: User, sql: str) -> None:
    assert refused(sql) == "42501"


def test_sealing_anew_is_no_act(user: User) -> None:
    before = SecondStepAct.objects.count()
    Authenticator.objects.update(secret_sealed=b"the same under another key")
    assert SecondStepAct.objects.count() == before


def test_nothing_but_our_two_steps_logs_anybody_in() -> None:
    callers = set()
    for room in ROOMS:
        for path in (BASE_DIR / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and "login" in (
                    getattr(node.func, "id", ""),
                    getattr(node.func, "attr", ""),
                ):
                    callers.add(str(path.relative_to(BASE_DIR)))
    assert callers == {"staff/second_step/log_in.py"}


def views(resolver: URLResolver | None = None) -> Iterator[Any]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from views(entry)
        elif isinstance(entry, URLPattern):
            yield entry.callback


def test_every_log_in_page_has_its_second_step() -> None:
    classes = {getattr(view, "view_class", None) for view in views()} - {None}
    pages = {one for one in classes if issubclass(one, LoginView)}
    assert pages
    assert all(issubclass(one, LogIn) for one in pages)
