"""Every address of the staff site, as every role, by GET and POST: the wrong person is refused."""

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from staff.models import AccessLog
from tests.staff.cast import NIKS, OTHER, a_card, as_, logged_in, staff
from tracking.actions import block
from tracking.models import Block, Card

pytestmark = pytest.mark.django_db
ROLES = ("operator", "supervisor", "kecamatan", "auditor")
OPEN = {"login", "logout", "jsi18n"}  # for whoever comes


def patterns(prefix: str = "", resolver: URLResolver | None = None) -> Iterator[tuple[str, str]]:
    """Address and name of each page under /admin/."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = prefix + str(entry.pattern).removeprefix("^").removesuffix("\\Z").removesuffix("$")
        if isinstance(entry, URLResolver):
            if resolver or address.startswith("admin/"):
                yield from patterns(address, entry)
        elif isinstance(entry, URLPattern) and address.startswith("admin/"):
            yield address, entry.name or ""


def addresses(card: Card, own_block: Block) -> list[tuple[str, str]]:
    """Each with real keys in it."""
    somebody = str(staff("operator").pk)
    objects = {"card": str(card.pk), "block": str(own_block.pk), "user": somebody}
    keys = {
        "card_id": str(card.pk),
        "id": somebody,
        "user_id": somebody,
        "key": "x",
        "verb": "catatan",
        "content_type_id": "1",
    }
    filled = []
    for address, name in patterns():
        if "(?P<url>" in address:
            continue
        address = re.sub(r"\(\?P<app_label>([a-z]+).*?\)", r"\1", address)
        model = [*address.split("/"), "", ""][2]
        known = {"object_id": objects.get(model, "1"), **keys}
        filled.append(("/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda key: known.get(key[1], "1"), address), name))
    return filled


@pytest.fixture
def card() -> Card:
    return a_card(kecamatan=OTHER, name="RAHASIA SEKALI")


@pytest.fixture
def barred(card: Card) -> Block:
    block(card.pk, by=staff("operator"), reason="review")
    return Block.objects.get(card_id=card.pk)


def test_the_walk_finds_the_pages(card: Card, barred: Block) -> None:
    names = {name for _address, name in addresses(card, barred)}
    assert names >= {"index", "tracking_card_changelist", "tracking_card_act", "tracking_card_search"}
    assert len(names) > 30
    assert not any("<" in address for address, _name in addresses(card, barred))


def test_whoever_is_not_logged_in_is_sent_to_the_log_in(card: Card, barred: Block) -> None:
    for address, name in addresses(card, barred):
        for method in ("get", "post"):
            answer = getattr(Client(), method)(address)
            if name not in OPEN:
                assert answer.status_code == 302, (address, method)
                assert "/login/" in answer["Location"], (address, method)


def test_somebody_without_a_role_sees_no_person(card: Card, barred: Block) -> None:
    client = as_("nobody")
    for address, _name in addresses(card, barred):
        for method in ("get", "post"):
            answer = getattr(client, method)(address, follow=True)
            assert b"RAHASIA" not in answer.content, (address, method)
            if not client.session.session_key or "_auth_user_id" not in client.session:
                client = as_("nobody")


def test_an_officer_sees_no_person_of_another_kecamatan(card: Card, barred: Block) -> None:
    client = as_("kecamatan")
    for address, _name in addresses(card, barred):
        for method in ("get", "post"):
            answer = getattr(client, method)(address, follow=True)
            assert b"RAHASIA" not in answer.content, (address, method)
            assert f">{card.pk}<".encode() not in answer.content, (address, method)
            if "_auth_user_id" not in client.session:
                client = as_("kecamatan")
    assert not AccessLog.objects.filter(card_ids__contains=[card.pk], office__startswith="kecamatan").exists()


@pytest.mark.parametrize("role", ROLES)
def test_no_page_answers_with_an_error(role: str, card: Card, barred: Block) -> None:
    client = as_(role)
    for address, name in addresses(card, barred):
        for method in ("get", "post"):
            assert getattr(client, method)(address).status_code < 500, (address, method)
            if name in ("logout", "password_change"):
                client = as_(role)


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_ever_deleted(role: str, card: Card, barred: Block) -> None:
    client = as_(role)
    asked = client.get("/admin/").wsgi_request
    for model in admin.site._registry:
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/1/delete/"
        assert client.post(address, {"post": "yes"}).status_code in (302, 403, 404)
        assert not admin.site.get_model_admin(model).has_delete_permission(asked)


def test_an_auditor_changes_nothing_anywhere(card: Card, barred: Block) -> None:
    client = as_("auditor")
    before = Card.objects.values().get(pk=card.pk)
    data = {"reason": "other", "text": "x", "seen": card.stage, "undo_minutes": "99", "name": "x"}
    for address, name in addresses(card, barred):
        if name not in {"logout", "login", "password_change"}:
            client.post(address, data)
    assert Card.objects.values().get(pk=card.pk) == before
    assert Block.objects.get(pk=barred.pk).lifted_at is None


def test_no_page_shows_a_nik_that_nobody_asked_for() -> None:
    number = next(NIKS)
    card = a_card(number=number)
    block(card.pk, by=staff("operator"), reason="review")
    client = as_("supervisor")
    for address, _name in addresses(card, Block.objects.get(card_id=card.pk)):
        assert number.encode() not in client.get(address).content, address
        assert number not in address


def test_every_staff_page_says_that_it_is_the_demo(settings, card: Card) -> None:
    settings.DEMO = True
    client = as_("supervisor")
    for address in ("/admin/", "/admin/tracking/card/", f"/admin/tracking/card/{card.pk}/change/"):
        assert "semua orang dan kartu rekaan" in client.get(address).content.decode(), address
    assert "semua orang dan kartu rekaan" in Client().get("/admin/login/").content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_a_role_without_the_right_is_refused(role: str, card: Card, barred: Block) -> None:
    user = staff(role)
    client = logged_in(user)
    for model in admin.site._registry:
        label, name = model._meta.app_label, model._meta.model_name
        may = {verb: user.has_perm(f"{label}.{verb}_{name}") for verb in ("view", "change", "add")}
        list_ = f"/admin/{label}/{name}/"
        if not (may["view"] or may["change"]):
            assert client.get(list_).status_code == 403, list_
            assert client.post(list_, {"action": "x"}).status_code == 403, list_
        if not may["add"]:
            assert client.get(f"{list_}add/").status_code in (403, 404), list_
            assert client.post(f"{list_}add/").status_code in (403, 404), list_
