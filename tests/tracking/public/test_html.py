"""Every public page as a strict parser reads it: valid, with its labels and ids, and in one language only."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from django.test import Client

from tests.rules.test_texts import written
from tests.tracking.public.cards import a_card, address
from tests.tracking.public.test_access import EXISTING, MISSING
from tracking.actions.days import close_days
from tracking.stages import Stage

pytestmark = pytest.mark.django_db
OTHERS = ("/widget/", "/tidak-ada/", "/status/x/")
STAGES = (Stage.WAITING_FOR_BLANK, Stage.OUT_FOR_DELIVERY, Stage.DELIVERED)


def pages() -> Iterator[tuple[str, str]]:
    """Every page in both languages with something in it, and what the form answers."""
    close_days()
    cards = []
    for stage in reversed(STAGES):
        cards.append(a_card(stage))
        cards[-1].citizen.nik_index = None
    client = Client()
    paths = [*EXISTING, *(f"{prefix}{path}" for prefix in ("", "/en") for path in (*OTHERS, *MISSING))]
    paths += [address(card, language) for card in cards for language in ("id", "en")]
    for path in paths:
        yield path, client.get(path).content.decode()
    for path in ("/", "/en/"):
        for typed in ("", "123", "3275010101800009"):
            yield f"{path} {typed}", client.post(path, {"nik": typed}).content.decode()


def parsed(page: str) -> Element:
    document: Any = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    return document


@pytest.fixture(autouse=True)
def one_citizen_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cards of several people: the index of a NIK is taken once."""
    from tests import builders
    from tests.tracking.public import cards

    monkeypatch.setattr(
        cards, "a_citizen", lambda digits="", name="", kecamatan=1: builders.a_citizen(kecamatan)
    )


def test_every_page_is_what_the_standard_says() -> None:
    for path, page in pages():
        document = parsed(page)
        ids = [node.get("id") for node in document.iter() if node.get("id")]
        assert len(ids) == len(set(ids)), path
        for node in document.iter():
            for name in ("aria-labelledby", "aria-describedby", "for"):
                for target in (node.get(name) or "").split():
                    assert target in ids, (path, name, target)
            if node.get("href", "").startswith("#"):
                assert node.get("href", "")[1:] in ids, (path, node.get("href"))
        assert len(list(document.iter("h1"))) == 1, path
        assert document.find("head/title") is not None, path
        levels = [int(node.tag[1]) for node in document.iter() if re.fullmatch(r"h[1-6]", str(node.tag))]
        assert all(after - before <= 1 for before, after in pairwise(levels)), (
            path,
            levels,
        )


def test_no_english_page_has_an_indonesian_text() -> None:
    places = re.compile(r"%\(\w+\)s|%s|<[^>]*>")
    indonesian = {
        msgid
        for msgid, entry in written().items()
        if msgid not in (entry.msgstr, entry.msgid_plural) or entry.msgstr
    }
    same = {msgid for msgid, entry in written().items() if msgid == entry.msgstr}
    told = {msgid for msgid in indonesian - same if not places.search(msgid) and len(msgid) > 3}
    told.discard("Blanko")  # the word itself is explained on the help page
    english = {entry.msgstr for entry in written().values()}
    for path, page in pages():
        if path.startswith("/en/"):
            texts = {" ".join(text.split()) for text in parsed(page).itertext()}
            assert texts & (told - english) == set(), path
