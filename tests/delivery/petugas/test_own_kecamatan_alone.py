"""Every address under /petugas/, with another kecamatan's ids, by GET and POST: nothing is seen and nothing changes.

A page that is added is walked too. If it takes a key of a new kind, THEIRS must say how to make one of another kecamatan.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from delivery.actions import round as rounds
from delivery.models import Handover, Review, Round, RoundCard
from staff.models import User
from tests import people
from tests.builders import a_card, sql
from tests.staff.cast import logged_in
from tracking.actions import open_case
from tracking.models import Case, Citizen

from ..cast import Office, card_of
from ..rounds.walk import a_round, on_the_way, places, said, send

pytestmark = pytest.mark.django_db

OPEN = {"login", "logout"}  # for whoever comes
HALF_IN = {
    "second_step",
    "second_step_setup",
}  # for whoever is on the way in: anybody else is sent to the log-in
OURS, OTHER = 1, 2


def theirs_handover(office: Office) -> Iterator[Handover]:
    """One of each state."""
    yield office.packed(1)
    yield office.released(1).handover
    yield office.collected(1)
    yield office.closed(2, missing=1)


# Name of a parameter (or of an address and its parameter) -> keys of another kecamatan.
THEIRS: dict[str, Callable[[Office], list[object]]] = {
    "key": lambda office: [made.pk for made in Handover.objects.all()],
    "line": lambda office: [1],
    "walk": lambda office: [one.pk for one in Round.objects.all()],
    "case_id": lambda office: [one.pk for one in Case.objects.all()],
    "card_id": lambda office: [card_of(made, 1).pk for made in Handover.objects.all()],
}


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Address and name of each page under /petugas/."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if address.startswith("petugas/") or not resolver:
                yield from patterns(entry, address)
        elif isinstance(entry, URLPattern) and address.startswith("petugas/"):
            yield address, entry.name or ""


def filled(office: Office) -> Iterator[tuple[str, str]]:
    """Each with keys of the other kecamatan in it."""
    for address, name in patterns():
        keys = re.findall(r"<(?:\w+:)?(\w+)>", address)
        found = [THEIRS.get(f"{name}.{key}") or THEIRS[key] for key in keys]
        for values in zip(*(make(office) for make in found), strict=False) if found else [()]:
            told = iter(values)
            yield "/" + re.sub(r"<[^>]+>", lambda _key: str(next(told)), address), name


def posts(office: Office) -> Iterator[dict[str, str]]:
    """What forms of the room send, with the other kecamatan's keys in it."""
    card = str(card_of(Handover.objects.order_by("id")[0], 1).pk)
    yield {}
    for field in (
        "received",
        "missing",
        "damaged",
        "batal",
        "tutup",
        "cari",
        "lepas",
        "tarik",
        "tiba",
        "ditemukan",
        "ada",
        "tidak_ada",
        "terbitkan",
        "cabut",
        "receiver",
    ):
        yield {
            field: card if field in ("ada", "tidak_ada") else "1",
            "shown": "kk",
            "card": card,
            "cards": card,
            "kode": card,
            "request": "",
            "lines": "1",
        }
    place = str(RoundCard.objects.order_by("-id")[0].pk)
    courier = str(Round.objects.order_by("-id")[0].courier_id)
    for field in ("tautan", "tanda", "ganti", "keluarkan", "buka", "cabut", "akhiri", "lanjutkan"):
        yield {field: courier if field == "ganti" else place if field == "keluarkan" else "1"}
    yield {f"h-{place}": "D", f"k-{place}": "ada", f"rw-{card}": "1", f"rt-{card}": "1"}
    yield {"periksa": str(Review.objects.get().pk), "putusan": "stands"}
    yield {"courier": courier, "cards": card}
    yield {"answer": "received", "text": ""}


@pytest.fixture
def office(db: None) -> Office:
    """The other kecamatan's day, with a name that must not be seen."""
    made = Office(OTHER)
    list(theirs_handover(made))
    a_round(1, kecamatan=OTHER)
    link = on_the_way(2, kecamatan=OTHER)
    rounds.revoke_link(link.round, by=made.tuti)
    send(link, said(places(link.round)[0], "delivered"))
    rounds.end_round(link.round, by=made.tuti)
    open_case(a_card("DELIVERED", OTHER).pk, kind="not_received")
    Citizen.objects.update(name="RAHASIA SEKALI")
    return made


@pytest.fixture
def stranger(office: Office) -> User:
    return people.officer(OURS, "orang-lain")


def everything() -> list[object]:
    """All that a page could have changed."""
    tables = [
        row[0]
        for row in sql("SELECT tablename FROM pg_tables WHERE tablename LIKE 'delivery\\_%%' ORDER BY 1", [])
    ]
    found: list[object] = [
        sql(f"SELECT count(*), coalesce(sum(hashtext(t::text)), 0) FROM {table} t") for table in tables
    ]
    return [
        *found,
        sql("SELECT count(*) FROM tracking_event"),
        sql("SELECT count(*) FROM tracking_block"),
        sql("SELECT answer FROM tracking_case"),
    ]


def test_the_walk_finds_the_pages(office: Office) -> None:
    assert {name for _address, name in filled(office)} >= {"start", "arrivals", "arrival", "record", "where"}
    assert not any("<" in address for address, _name in filled(office))


def test_another_kecamatans_officer_sees_nothing_and_changes_nothing(office: Office, stranger: User) -> None:
    client = logged_in(stranger)
    before, forms = everything(), list(posts(office))
    for address, name in filled(office):
        if name in OPEN:
            continue
        answers = [client.get(address), *(client.post(address, data) for data in forms)]
        for answer in answers:
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert b"RAHASIA" not in body, address
            assert answer.status_code < 500, address
            if "<" in {n: a for a, n in patterns()}[name]:
                assert answer.status_code in (403, 404, 405), (address, answer.status_code)
    assert everything() == before


def test_whoever_is_not_logged_in_is_sent_to_the_log_in(office: Office) -> None:
    for address, name in filled(office):
        if name not in OPEN:
            for method in ("get", "post"):
                answer = getattr(Client(), method)(address)
                assert answer.status_code in (302, 405), (address, method)
                assert answer.status_code == 405 or answer["Location"].startswith("/petugas/masuk/"), address


@pytest.mark.parametrize("who", [people.operator, people.supervisor, people.auditor])
def test_other_roles_have_no_business_here(office: Office, who: Callable[..., User]) -> None:
    client = logged_in(who("orang-kantor"))
    for address, name in filled(office):
        if name not in OPEN | HALF_IN:
            for method in ("get", "post"):
                assert getattr(client, method)(address).status_code in (403, 405), (address, method)
