"""Tokens: given out once, kept as a hash, two of a kind at a time, never changed."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from integration import tokens
from integration.models import Source, Token
from tests.builders import refused, sql
from tests.people import supervisor
from tests.staff.cast import as_
from tracking.models import Kecamatan

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Source:
    return Source.objects.create(slug="siak", name="SIAK pusat")


def command(*arguments: str) -> str:
    out = io.StringIO()
    call_command("api_token", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_command_prints_nothing_but_the_token() -> None:
    printed = command("siak", "--kecamatan", "Bekasi Timur", "--days", "30")
    words = printed.removesuffix("\n")
    token = tokens.find(words)
    assert token is not None
    assert (token.source.slug, token.kecamatan_id) == ("siak", Kecamatan.objects.get(slug="bekasi-timur").pk)
    assert timedelta(days=29, hours=23) < token.expires_at - timezone.now() <= timedelta(days=30)


@pytest.mark.parametrize("arguments", [
    ("siak", "--days", "0"), ("siak", "--days", "-5"), ("siak", "--days", "x"), ("siak", "--days", "9" * 30),
    ("siak", "--kecamatan", "Bandung"), ("siak", "--kecamatan", ""), ("s/k",), ("x" * 61,),
])  # fmt: skip
def test_what_makes_no_sense_is_wrong_usage_and_makes_nothing(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as error:
        command(*arguments)
    assert error.value.returncode == 2
    assert not Token.objects.exists()
    assert not Source.objects.exists()


def test_its_words_are_nowhere_in_the_database(source: Source) -> None:
    token, words = tokens.issue(source, by="test")
    ((stored,),) = sql("SELECT t::text FROM integration_token t WHERE id = %s", [token.pk])
    assert words not in stored
    assert words[20:] not in stored


def test_two_are_valid_at_a_time_and_a_third_waits_until_one_is_revoked(source: Source) -> None:
    first, _ = tokens.issue(source, by="test")
    tokens.issue(source, by="test")
    with pytest.raises(tokens.TwoAreValid):
        tokens.issue(source, by="test")
    tokens.revoke(first.pk, by=supervisor())
    tokens.issue(source, by="test")
    assert Token.objects.filter(tokens.valid()).count() == 2


def test_the_command_says_what_to_do_about_a_third(source: Source) -> None:
    command("siak")
    command("siak")
    with pytest.raises(CommandError, match="Cabut satu") as error:
        command("siak")
    assert error.value.returncode == 1


def test_another_kecamatan_has_two_of_its_own(source: Source) -> None:
    for kecamatan in (None, *Kecamatan.objects.all()[:2]):
        for _ in range(2):
            tokens.issue(source, by="test", kecamatan=kecamatan)
    assert Token.objects.count() == 6


def test_one_that_has_expired_makes_room(source: Source) -> None:
    for _ in range(2):
        tokens.issue(source, by="test")
    Token.objects.update(expires_at=timezone.now())
    tokens.issue(source, by="test")


@pytest.mark.parametrize("change", [
    "kecamatan_id = 2", "may_read_changes = true", "expires_at = expires_at + interval '1 day'",
    "hash = '\\x00'", "created_by = 'x'",
])  # fmt: skip
def test_a_token_is_not_changed_even_by_raw_sql(source: Source, change: str) -> None:
    tokens.issue(source, by="test")
    with refused("EK007"):
        sql(f"UPDATE integration_token SET {change}")


def test_a_revoked_token_stays_revoked(source: Source) -> None:
    token, _ = tokens.issue(source, by="test")
    tokens.revoke(token.pk, by=supervisor())
    with refused("EK007"):
        sql("UPDATE integration_token SET revoked_at = NULL")
    with refused("23514", "EK007"):
        sql("UPDATE integration_token SET slot = 1")


def test_the_database_refuses_a_third_valid_one(source: Source) -> None:
    tokens.issue(source, by="test")
    with refused("23505"):
        sql("""INSERT INTO integration_token (source_id, hash, hint, addresses, may_read_changes, created_by,
               expires_at, revoked_by, slot) SELECT source_id, 'x', 'x', '{}', false, 'x', now(), '', 1
               FROM integration_token""")


@pytest.mark.parametrize(("networks", "address", "let_in"), [
    ([], "203.0.113.9", True), (["10.0.0.0/8"], "10.2.3.4", True), (["10.0.0.0/8"], "203.0.113.9", False),
    (["10.0.0.0/8"], "::ffff:10.2.3.4", True), (["10.0.0.0/8"], "", False), (["2001:db8::/32"], "2001:db8::1", True),
])  # fmt: skip
def test_it_comes_only_from_its_networks(
    source: Source, networks: list[str], address: str, let_in: bool
) -> None:
    token, _ = tokens.issue(source, by="test", addresses=networks)
    assert tokens.comes_from(token, address) is let_in


def test_a_supervisor_makes_one_and_sees_its_words_once(source: Source) -> None:
    client = as_("supervisor")
    form = {"source": source.pk, "kecamatan": "", "days": "90", "addresses": "10.32.75.0/24\n10.1.1.1"}
    answer = client.post("/admin/integration/token/add/", form)
    token = Token.objects.get()
    words = answer.content.decode().split('value="ektp_')[1].split('"')[0]
    assert tokens.find(f"ektp_{words}") == token
    assert token.addresses == ["10.32.75.0/24", "10.1.1.1/32"]
    assert "no-store" in answer["Cache-Control"]
    for page in ("/admin/integration/token/", f"/admin/integration/token/{token.pk}/change/"):
        assert words not in client.get(page).content.decode()


def test_a_wrong_network_is_said_at_its_field(source: Source) -> None:
    form = {"source": source.pk, "days": "90", "addresses": "kantor"}
    answer = as_("supervisor").post("/admin/integration/token/add/", form)
    assert (answer.status_code, Token.objects.count()) == (422, 0)
    assert "10.32.75.0/24 atau" in answer.content.decode()


def test_a_supervisor_revokes(source: Source) -> None:
    token, _ = tokens.issue(source, by="test")
    answer = as_("supervisor").post(f"/admin/integration/token/{token.pk}/cabut/")
    assert answer.status_code == 303
    token.refresh_from_db()
    assert token.revoked_by.startswith("staff:")
    assert not token.is_valid


@pytest.mark.parametrize("role", ["operator", "kecamatan", "auditor"])
def test_nobody_else_makes_or_revokes_one(source: Source, role: str) -> None:
    token, _ = tokens.issue(source, by="test")
    client = as_(role)
    client.post("/admin/integration/token/add/", {"source": source.pk, "days": "90"})
    client.post(f"/admin/integration/token/{token.pk}/cabut/")
    assert list(Token.objects.filter(tokens.valid())) == [token]
