"""The status page. It is asked for most, so it is filled in rather than rendered anew.

`read` asks the database once. `whole` is the page as plain templates say it. `page` says the same faster: the
templates are rendered once per language and look, with marks where a card's values go; a page is the pieces
between the marks joined with the values.
"""

import html
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString

from ..limits import CLIENT, MISS
from ..stages import FINAL, Stage
from ..tokens import Link
from . import dates, texts, way
from .texts import Look, Notice

SQL = "SELECT * FROM tracking_status(%s, %s, %s, %s, %s)"
QUIET_DAYS = 7
"""After so many days without a change the page says since when."""


class Card(NamedTuple):
    """What tracking_status() answers, in its order; all but `wait` is None where no card has the link."""

    wait: float
    stage: str
    code: str
    kind: str
    blocked: bool
    outside: bool
    name: str
    kecamatan: str | None
    slug: str | None
    recorded: int
    letter: str | None
    number: int | None
    place: int | None
    office: str | None
    office_address: str | None
    office_hours: str | None
    data_at: int | None
    steps: str


class Wording(NamedTuple):
    """What decides the words."""

    language: str
    look: Look
    notice: Notice

    def words(self) -> texts.Words:
        return texts.words(self.look, self.notice)


class Variant(NamedTuple):
    """Everything that decides which words and boxes a page has; the rest are values."""

    wording: Wording
    numbered: bool
    placed: bool
    corrected: bool
    quiet: bool


VALUES = (
    *("stage", "initials", "kecamatan", "slug", "office", "number", "place", "place_shown", "since"),
    *("corrected", "data_at", "steps", "history", "address", "other_address"),
)
_MARK = re.compile("\x02([a-z_]+)\x03")


def read(link: Link, client: object) -> Card:
    """The card of a link with all that its page needs, or a Card without stage; one round trip."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, [*link, client, CLIENT.most, CLIENT.every * MISS])
        return Card._make(cursor.fetchone())


def page(card: Card, language: str, address: str) -> str:
    """The page of a card at an address (host and path)."""
    variant, values = _prepared(card, language, address, _filled_step, _filled_past)
    return _fill(_skeleton(variant), values)


def whole(card: Card, language: str, address: str) -> str:
    """The same page, rendered by the templates alone: what `page` is tested against."""
    return _render(*_prepared(card, language, address, _render_step, _render_past))


Part = Callable[..., str]


def _prepared(
    card: Card, language: str, address: str, step: Part, past: Part
) -> tuple[Variant, dict[str, str]]:
    """Which page it is, and the values in it as HTML."""
    events = way.read(card.steps)
    folded = way.fold(events, card.recorded)
    wording = Wording(
        language,
        texts.look(card.stage, card.code, card.kind),
        texts.notice(card.stage, card.blocked, card.outside),
    )
    data_at = max(card.data_at or 0, events[-1].at)
    numbered = card.number is not None and card.stage not in FINAL
    placed = card.place is not None
    variant = Variant(
        wording,
        numbered=numbered,
        placed=placed,
        corrected=folded.corrected_at is not None,
        quiet=data_at - folded.since > QUIET_DAYS * 86_400,
    )
    kecamatan = html.escape(card.kecamatan or "")
    path = address[address.index("/") :]
    values = {
        "stage": card.stage,
        "initials": html.escape(initials(card.name)),
        "kecamatan": kecamatan,
        "slug": card.slug or "",
        "office": _office(card),
        "number": f"{card.letter}-{card.number}" if numbered else "",
        "place": str(card.place) if placed else "",
        "place_shown": dates.figure(card.place, language) if card.place is not None else "",
        "since": _day(folded.since, language),
        "corrected": _day(folded.corrected_at, language) if folded.corrected_at else "",
        "data_at": _moment(data_at, language),
        "steps": "".join(
            [
                step(wording, one, "" if one.since is None else _day(one.since, language))
                for one in folded.steps
            ]
        ),
        "history": "".join(
            [past(language, line, _moment(line.since, language), kecamatan) for line in folded.history]
        ),
        "address": html.escape(address),
        "other_address": html.escape(path.removeprefix("/en") if language == "en" else f"/en{path}"),
    }
    return variant, values


def initials(name: str) -> str:
    """`B. S.`: all of a name that a NIK alone opens."""
    return " ".join([f"{word[0]}." for word in name.split()])


def _office(card: Card) -> str:
    if card.office is None:
        return "Disdukcapil Kota Bekasi"
    name, address, hours = map(html.escape, (card.office, card.office_address or "", card.office_hours or ""))
    return f"<strong>{name}</strong>, {address} ({hours})"


def _day(epoch: int, language: str) -> str:
    return _day_of((epoch + 7 * 3600) // 86_400, language)


@lru_cache(maxsize=16_384)
def _day_of(number: int, language: str) -> str:
    day = date.fromordinal(number + date(1970, 1, 1).toordinal())
    return f'<time datetime="{day}">{dates.day(day, language)}</time>'


def _moment(epoch: int, language: str) -> str:
    """A moment, or the day alone where the centre gave no time."""
    if (epoch + 7 * 3600) % 86_400 == 0:
        return _day(epoch, language)
    moment = dates.at(epoch)
    return f'<time datetime="{moment:%Y-%m-%dT%H:%M+07:00}">{dates.full(moment, language)}</time>'


# The templates, as they are.


def _render(variant: Variant, values: dict[str, str]) -> str:
    wording = variant.wording
    with translation.override(wording.language):
        safe = {name: SafeString(value) for name, value in values.items()}
        places = {**safe, "help": reverse("help")}
        context = {
            **safe,
            **{f"the_{name}": _filled_in(text, places) for name, text in wording.words()._asdict().items()},
            "action": texts.action(wording.look, wording.notice),
            "variant": variant,
            "corrected_text": _filled_in(texts.CORRECTED, places) if variant.corrected else "",
            "quiet_text": _filled_in(texts.UNCHANGED, places) if variant.quiet else "",
            "queued": variant.numbered and wording.look in (Look.WAITING, Look.ALLOCATED),
            "place_can_fall": texts.PLACE_CAN_FALL if variant.placed else "",
            "language": wording.language,
            "demo": settings.DEMO,
        }
        return get_template("public/status.html").render(context)


def _render_step(wording: Wording, step: way.Step, since: str) -> str:
    with translation.override(wording.language):
        put_otherwise = step.stage in (Stage.HELD, Stage.RETURNED) and step.state == "now"
        context = {
            "label": wording.words().headline if put_otherwise else Stage(step.stage).label,
            "state": step.state,
            "state_word": texts.STATES[step.state],
            "since": SafeString(since),
        }
        return get_template("public/_step.html").render(context)


def _render_past(language: str, line: way.Past, since: str, kecamatan: str) -> str:
    with translation.override(language):
        corrected = _filled_in(texts.CORRECTED, {"corrected": since})
        context = {
            "label": corrected if line.correction else Stage(line.stage).label,
            "since": SafeString(since),
            "office": _filled_in(texts.OFFICES[line.office], {"kecamatan": kecamatan}),
            "correction": line.correction,
        }
        return get_template("public/_past.html").render(context)


def _filled_in(text: texts.Text, places: Mapping[str, str]) -> SafeString:
    """A text of ours with values that were escaped before."""
    return SafeString(str(text) % places)


# The same, filled in.


@lru_cache(maxsize=2048)
def _skeleton(variant: Variant) -> list[str]:
    """Pieces of the page and, between them, the names of values."""
    return _MARK.split(_render(variant, {name: f"\x02{name}\x03" for name in VALUES}))


def _fill(skeleton: list[str], values: dict[str, str]) -> str:
    pieces = skeleton.copy()
    pieces[1::2] = [values[name] for name in skeleton[1::2]]
    return "".join(pieces)


@lru_cache(maxsize=1024)
def _step_skeleton(wording: Wording, step: way.Step, since: str) -> list[str]:
    return _MARK.split(_render_step(wording, step, since))


def _filled_step(wording: Wording, step: way.Step, since: str) -> str:
    mark = "\x02since\x03" if since else ""
    return _fill(_step_skeleton(wording, step._replace(since=0), mark), {"since": since})


@lru_cache(maxsize=256)
def _past_skeleton(language: str, line: way.Past) -> list[str]:
    return _MARK.split(_render_past(language, line, "\x02since\x03", "\x02kecamatan\x03"))


def _filled_past(language: str, line: way.Past, since: str, kecamatan: str) -> str:
    skeleton = _past_skeleton(language, line._replace(since=0))
    return _fill(skeleton, {"since": since, "kecamatan": kecamatan})
