"""Every public page as a strict parser reads it: valid, with its labels and ids, and in one language only."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from tests import markup
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
        assert markup.faults(page) == [], path
        assert len(list(markup.parsed(page).iter("h1"))) == 1, path


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("<p>a<ul><li>b</ul></p>", "not HTML: Unexpected end tag (p). Ignored."),
        ("<p id=a></p><p id=a></p>", "id twice: a"),
        ("<label for=b>c</label>", "for of <label> names nothing: b"),
        ("<a href='#b'>c</a>", "link to nothing: #b"),
        ("<img src=a>", "an image without its words"),
        ("<input type=hidden name=a aria-invalid=true>", "a hidden field with words: a"),
        ("<div disabled></div>", "a <div> that is disabled"),
        ("<time datetime='2017-09-01T10:42:00.123456Z'></time>", "not a moment: 2017-09-01T10:42:00.123456Z"),
        ("<h1>a</h1><h3>b</h3>", "a heading of level 3 below one of 1"),
    ],
)
def test_the_reader_finds(wrong: str, said: str) -> None:
    head = "<!doctype html><html lang=id><title>a</title>"
    assert markup.faults(f"{head}<p>b</p>") == []
    assert markup.faults(head + wrong) == [said]


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
            texts = {" ".join(text.split()) for text in markup.parsed(page).itertext()}
            assert texts & (told - english) == set(), path
