"""The status page. It is asked for most, so it is filled in rather than rendered anew.

`read` asks the database once. A card's `shape_of` is everything that decides which words and boxes the page has;
the rest are `Values`. `whole` renders the templates with the values: the page as it is meant. `page` says the
same faster: the templates are rendered once for each shape, with marks where values go, and a page is the pieces
between the marks joined with the values.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from html import escape
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.template.loader import get_template
from django.utils import translation
from django.utils.safestring import SafeString

from ..limits import MISSES
from ..stages import FINAL, Stage
from ..tokens import Link
from . import dates, texts, way
from .texts import Look

SQL = "SELECT tracking_status(%s, %s, %s, %s, %s)"
QUIET_DAYS = 7
"""After so many days without a change the page says since when."""


class Card(NamedTuple):
    """What tracking_status() answers, in its order; flags are "1" or empty, times are epoch seconds."""

    wait: str
    stage: str
    code: str
    kind: str
    blocked: str
    outside: str
    name: str
    kecamatan: str
    slug: str
    recorded: str
    number: str | None
    place: str | None
    office: str | None
    office_address: str | None
    office_hours: str | None
    data_at: str
    steps: str
    times: str
    case: str | None = None  # the newest report: "open" or "answered"
    case_at: str | None = None
    case_until: str | None = None  # to be answered by then, or answered then
    expected: str | None = None  # of a card that waits: "range", or why there is none (texts.EXPECTED)
    likely: str | None = None  # days since 1970
    surely: str | None = None
    late: str | None = None  # the first range that it was given is over
    kept: str | None = None  # of a hundred ranges so many were true
    place_before: str | None = None  # when the day began, if it was a better one
    fallback: str | None = None  # why it was (texts.FALLBACK)


class Shape(NamedTuple):
    """Everything that decides which words and boxes a page has."""

    language: str
    stage: str
    code: str
    kind: str
    blocked: str
    outside: str
    steps: str
    numbered: bool
    placed: bool
    quiet: bool
    case: str
    expected: str
    late: bool
    kept: bool
    fallback: str
    by_receipt: bool = False


class Values(dict[str, str]):
    """What stands in the page of one card, as HTML, by name; times (`day 2`, `moment 2`) when asked for."""

    def __init__(self, card: Card, language: str, address: str) -> None:
        path = address[address.index("/") :]
        self.language = language
        self.times = [int(time) for time in card.times.split()]
        self.times.append(int(card.recorded))  # way.RECORDING, the last
        super().__init__(
            initials=escape(initials(card.name)),
            kecamatan=escape(card.kecamatan),
            slug=card.slug,
            office=_office(card),
            number=card.number or "",
            place=card.place or "",
            place_shown=dates.figure(int(card.place or 0), language),
            place_before=dates.figure(int(card.place_before or 0), language),
            data_at=_moment(int(card.data_at), language),
            address=escape(address),
            report=escape(f"{path}lapor/"),
            expected=_span(int(card.likely or 0), int(card.surely or 0), language),
            kept=card.kept or "",
            case_at=_day(int(card.case_at or 0), language),
            case_until=_day(int(card.case_until or 0), language),
            other_address=escape(path.removeprefix("/en") if language == "en" else f"/en{path}"),
        )

    def __missing__(self, name: str) -> str:
        form, number = name.split(" ")
        return (_day if form == "day" else _moment)(self.times[int(number)], self.language)


class Marks(dict[str, str]):
    """For every name the mark where its value goes."""

    def __missing__(self, name: str) -> str:
        return f"\x02{name}\x03"


_MARK = re.compile("\x02(.+?)\x03")


def read(link: Link, client: UUID) -> Card | float:
    """The card of a link, or the seconds to wait, in one round trip; LookupError if no card has the link."""
    connection.ensure_connection()
    # not Django's cursor: its debugging and wrapping cost as much as the query
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(SQL, (*link, str(client), MISSES.most, MISSES.every))
        answer = cursor.fetchone()[0]
    if answer is None:
        raise LookupError
    return Card._make(answer) if len(answer) > 1 else float(answer[0])


def page(card: Card, language: str, address: str) -> str:
    """The page of a card at an address (host and path)."""
    skeleton = _skeleton(shape_of(card, language))
    values = Values(card, language, address)
    pieces = skeleton.copy()
    pieces[1::2] = [values[name] for name in skeleton[1::2]]
    return "".join(pieces)


def whole(card: Card, language: str, address: str) -> str:
    """The same page, rendered by the templates alone: what `page` is tested against."""
    return _render(shape_of(card, language), Values(card, language, address))


def holders(card: Card, language: str, address: str, more: Mapping[str, object]) -> str:
    """The page of the holder of a receipt: the same, and what `more` says (see public/receipt.html)."""
    shape = shape_of(card, language)._replace(by_receipt=True)
    values = Values(card, language, address)
    with translation.override(language):
        return get_template("public/receipt.html").render({**_context(shape, values), **more})


def miss(client: UUID) -> None:
    """A link that opens nothing costs its client."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tracking_miss(%s, %s)", [client, MISSES.every])


def shape_of(card: Card, language: str) -> Shape:
    since = int(card.times.split()[_since(card.steps)])
    return Shape(
        language,
        *card[1:6],
        card.steps,
        numbered=card.number is not None and card.stage not in FINAL,
        placed=card.place is not None,
        quiet=int(card.data_at) - since > QUIET_DAYS * 86_400,
        case=card.case or "",
        expected=card.expected or "",
        late=bool(card.late),
        kept=card.expected == "range" and card.kept is not None,
        fallback=card.fallback or "",
    )


def initials(name: str) -> str:
    """`B. S.`: all of a name that a NIK alone opens."""
    return " ".join([f"{word[0]}." for word in name.split()])


@lru_cache(maxsize=1024)
def _skeleton(shape: Shape) -> list[str]:
    """Pieces of the page and, between them, the names of values."""
    return _MARK.split(_render(shape, Marks()))


@lru_cache(maxsize=4096)
def _since(steps: str) -> int:
    return way.fold(steps.split()).since


def _render(shape: Shape, values: Mapping[str, str]) -> str:
    with translation.override(shape.language):
        return get_template("public/status.html").render(_context(shape, values))


def _context(shape: Shape, values: Mapping[str, str]) -> dict[str, object]:
    """What the template is given; every value is escaped already."""
    folded = way.fold(shape.steps.split())
    look = texts.look(shape.stage, shape.code, shape.kind, folded.receiver)
    notice = texts.notice(shape.stage, bool(shape.blocked), bool(shape.outside))
    words = texts.words(look, notice, reported=shape.case == "open")
    places = {name: values[name] for name in ("office", "number", "place_shown", "kecamatan")}
    places |= {"since": values[f"day {folded.since}"], "report": values["report"]}
    places |= {name: values[name] for name in ("case_at", "case_until", "expected", "kept", "place_before")}
    if shape.by_receipt:
        places["report"] = "#lapor"
    if folded.corrected is not None:
        places["corrected"] = values[f"day {folded.corrected}"]

    def said(text: texts.Text) -> SafeString:
        return SafeString(str(text) % places)

    return {
        **{name: SafeString(values[name]) for name in _SHOWN},
        "stage": shape.stage,
        "action": texts.action(look, notice),
        "number": SafeString(values["number"] if shape.numbered else ""),
        "headline": said(words.headline),
        "sentence": said(words.sentence),
        "do": said(words.do),
        "next": said(words.next),
        "expected": said(texts.EXPECTED[shape.expected]) if shape.expected else "",
        "kept": said(texts.KEPT) if shape.kept else "",
        "late": said(texts.LATE) if shape.late else "",
        "case": said(texts.CASE[shape.case]) if shape.case else "",
        "corrected": said(texts.CORRECTED) if folded.corrected is not None else "",
        "quiet": said(texts.UNCHANGED) if shape.quiet else "",
        "queued": shape.numbered and look in (Look.WAITING, Look.ALLOCATED),
        "fallback": said(texts.FALLBACK[shape.fallback]) if shape.placed else "",
        "steps": [_step(step, words, values) for step in folded.steps],
        "history": [_past(past, values) for past in folded.history],
        "language": shape.language,
        "demo": settings.DEMO,
    }


_SHOWN = ("initials", "kecamatan", "slug", "place", "data_at", "address", "other_address")


def _step(step: way.Step, words: texts.Words, values: Mapping[str, str]) -> dict[str, object]:
    put_otherwise = step.stage in (Stage.HELD, Stage.RETURNED) and step.state == "now"
    return {
        "label": words.headline if put_otherwise else Stage(step.stage).label,
        "state": step.state,
        "state_word": texts.STATES[step.state],
        "since": "" if step.event is None else SafeString(values[f"day {step.event}"]),
    }


def _past(past: way.Past, values: Mapping[str, str]) -> dict[str, object]:
    if past.correction:
        return {"label": SafeString(str(texts.CORRECTED) % {"corrected": values[f"day {past.event}"]})}
    return {
        "label": Stage(past.stage).label,
        "since": SafeString(values[f"moment {past.event}"]),
        "office": SafeString(str(texts.OFFICES[past.office]) % {"kecamatan": values["kecamatan"]}),
    }


def _office(card: Card) -> str:
    if card.office is None:
        return "Disdukcapil Kota Bekasi"
    return _office_text(card.office, card.office_address or "", card.office_hours or "")


@lru_cache(maxsize=64)
def _office_text(name: str, address: str, hours: str) -> str:
    return f"<strong>{escape(name)}</strong>, {escape(address)} ({escape(hours)})"


def _day(epoch: int, language: str) -> str:
    return _day_of((epoch + dates.AHEAD) // 86_400, language)


@lru_cache(maxsize=16_384)
def _day_of(number: int, language: str) -> str:
    day = date.fromordinal(number + date(1970, 1, 1).toordinal())
    return f'<time datetime="{day}">{dates.day(day, language)}</time>'


@lru_cache(maxsize=4096)
def _span(first: int, last: int, language: str) -> str:
    """Both days, counted from 1970."""
    begin, end = (date.fromordinal(day + date(1970, 1, 1).toordinal()) for day in (first, last))
    return dates.span(begin, end, language)


@lru_cache(maxsize=4096)
def _moment(epoch: int, language: str) -> str:
    """A moment, or the day alone where the centre gave no time."""
    if (epoch + dates.AHEAD) % 86_400 == 0:
        return _day(epoch, language)
    moment = dates.at(epoch)
    return f'<time datetime="{moment:%Y-%m-%dT%H:%M+07:00}">{dates.full(moment, language)}</time>'
