"""Lost phone and paper: a supervisor takes a colleague's second step away, with a reason, on record, and told."""

import io

import pytest
from django.core.management import CommandError, call_command

from outbox.sending import send_due
from staff.models import Authenticator, SecondStepAct, User
from tests.staff.cast import as_, logged_in, staff

from .phones import Clock, half_in, is_in, with_phone

pytestmark = pytest.mark.django_db


def page_of(user) -> str:
    return f"/admin/staff/user/{user.pk}/dua-langkah/"


def test_a_supervisor_takes_it_away_and_the_sessions_end(clock: Clock, mailoutbox: list) -> None:
    user, supervisor = staff("operator"), staff("supervisor")
    User.objects.filter(pk=user.pk).update(email="joko@example.id")
    with_phone(user, clock)
    theirs = logged_in(user)
    assert is_in(theirs)
    answer = logged_in(supervisor).post(page_of(user), {"reason": "lost"})
    assert answer.status_code == 303
    assert not is_in(theirs)
    act = SecondStepAct.objects.latest("id")
    assert (act.act, act.user_id, act.actor, act.reason) == ("reset", user.pk, supervisor.actor, "lost")
    send_due()
    assert "HP hilang atau rusak".lower() in mailoutbox[-1].body


def test_the_person_reads_it_at_the_next_log_in(clock: Clock) -> None:
    user = staff("operator")
    with_phone(user, clock)
    as_("supervisor").post(page_of(user), {"reason": "leaked"})
    page = half_in(user).get("/admin/").content.decode()
    assert "akun mungkin dipakai orang lain. Pasang lagi." in page


def test_whoever_must_have_one_reads_it_at_the_set_up(clock: Clock, settings) -> None:
    user = staff("operator")
    with_phone(user, clock)
    as_("supervisor").post(page_of(user), {"reason": "lost"})
    settings.STAFF_TWO_FACTOR = ["operator"]
    assert "hubungi penyelia sekarang" in half_in(user).get("/admin/masuk/pasang/").content.decode()


def test_not_without_a_reason(clock: Clock) -> None:
    user = staff("operator")
    with_phone(user, clock)
    client = as_("supervisor")
    assert client.post(page_of(user), {"reason": ""}).status_code == 422
    assert client.post(page_of(user), {"reason": "sebab"}).status_code == 422
    assert Authenticator.objects.exists()


def test_not_ones_own(clock: Clock) -> None:
    user = staff("supervisor")
    with_phone(user, clock)
    client = logged_in(user)
    assert "Hapus langkah kedua" not in client.get(page_of(user)).content.decode()
    assert client.post(page_of(user), {"reason": "lost"}).status_code == 403
    assert Authenticator.objects.exists()


@pytest.mark.parametrize(("role", "sees"), [("operator", 403), ("kecamatan", 403), ("auditor", 200)])
def test_nobody_else(clock: Clock, role: str, sees: int) -> None:
    user = staff("operator")
    with_phone(user, clock)
    client = as_(role)
    assert client.get(page_of(user)).status_code == sees
    assert client.post(page_of(user), {"reason": "lost"}).status_code == 403
    assert Authenticator.objects.exists()


def test_accounts_say_who_has_one(clock: Clock) -> None:
    user = staff("operator")
    with_phone(user, clock)
    client = as_("supervisor")
    assert page_of(user) in client.get(f"/admin/staff/user/{user.pk}/change/").content.decode()
    assert client.get("/admin/staff/user/").content.decode().count("icon-yes") > 0


@pytest.mark.parametrize("role", ["supervisor", "auditor"])
def test_the_record_is_read(clock: Clock, role: str) -> None:
    user = staff("operator")
    with_phone(user, clock)
    page = as_(role).get("/admin/staff/secondstepact/?tindakan=on").content.decode()
    assert user.username in page


def test_the_administrator_has_a_command_for_the_last_supervisor(clock: Clock) -> None:
    user = staff("supervisor")
    with_phone(user, clock)
    call_command("reset_two_factor", user.username, stdout=io.StringIO())
    act = SecondStepAct.objects.latest("id")
    assert (act.act, act.actor, act.reason) == ("reset", "command:reset_two_factor", "lost")
    assert is_in(half_in(user))
    with pytest.raises(CommandError, match="Tidak ada yang berubah"):
        call_command("reset_two_factor", user.username)


def test_the_command_knows_accounts_alone() -> None:
    with pytest.raises(CommandError) as refused:
        call_command("reset_two_factor", "siapa")
    assert refused.value.returncode == 2
