"""What a receipt opens beside the status page: reasons, who looked, cases with their answers, the contact."""

from typing import NamedTuple

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.access import looks_at
from staff.models import AccessLog

from ..actions.cases import text_of
from ..actions.sukets import written_number
from ..models import Block, Card, Case, CentralFact, Contact, Event, Kecamatan, Office, Suket
from ..stages import STOPS, BlockReason, Reason, Stage
from . import dates

LOOKS_SHOWN = 50
RENEW_DAYS = 30
"""So many days before its end the page says where a suket is renewed."""
_OFFICES = {"disdukcapil": gettext_lazy("Disdukcapil Kota Bekasi"), "pemeriksa": gettext_lazy("Pemeriksa")}
_STOPS = {
    "DUPLICATE_RECORD": gettext_lazy(
        "Pusat menemukan data Anda lebih dari sekali. Kami tidak diberi tahu di mana."
    ),
    "ENROLL_FAILURE_AT_CENTRAL": gettext_lazy("Hasil perekaman tidak terbaca di pusat."),
    "ENROLL_FAILURE_AT_REGIONAL": gettext_lazy("Hasil perekaman tidak terbaca di daerah."),
    "ADJUDICATE_RECORD": gettext_lazy("Pusat memeriksa data Anda dengan tangan."),
    "SEARCH_FAILURE_AT_CENTRAL": gettext_lazy("Pencarian data di pusat gagal dan diulang."),
    "PACKET_RETRY": gettext_lazy("Kiriman data ke pusat gagal dan diulang."),
    "REQUEST_VALIDATION": gettext_lazy("Pusat meminta data diperiksa lagi."),
}


class Line(NamedTuple):
    """One dated line."""

    at: str
    text: str


class CaseLine(NamedTuple):
    """A report or objection as the holder reads it."""

    what: str
    said: str
    at: str
    due: str
    answered: str
    answer: str
    explained: str


class SuketLine(NamedTuple):
    """The suket that holds, until when, and where to renew it if its end is near."""

    number: str
    until: str
    is_over: bool
    renew_at: Office | None


class Holder(NamedTuple):
    """All of it, in words."""

    reasons: list[Line]
    looks: list[Line]
    cases: list[CaseLine]
    may_report: bool
    may_object: bool
    suket: SuketLine | None
    contact: str  # "", "asked" or "confirmed"


def read(card: Card, language: str) -> Holder:
    """What the holder of a receipt may see of the card, newest first."""
    cases = list(Case.objects.filter(card_id=card.pk).order_by("-id"))
    is_open = any(case.answered_at is None for case in cases)
    contact = Contact.objects.filter(card_id=card.pk, ended_at__isnull=True).first()
    return Holder(
        _reasons(card, language),
        _looks(card.pk, language),
        [_case(case, language) for case in cases],
        may_report=card.stage == Stage.DELIVERED and not is_open,
        may_object=card.stage == Stage.HELD and _stop(card) == "DUPLICATE_RECORD" and not is_open,
        suket=_suket(card, language),
        contact="" if contact is None else "confirmed" if contact.confirmed_at else "asked",
    )


def _stop(card: Card) -> str | None:
    """Why a held card is held, by the centre's latest word."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tracking_stop(%s, %s)", [card.pk, card.code])
        stop: str | None = cursor.fetchone()[0]
    return stop


def _reasons(card: Card, language: str) -> list[Line]:
    found = []
    for event in Event.objects.filter(card_id=card.pk).exclude(Q(reason="") & ~Q(to_stage=Stage.HELD)):
        text = _STOPS.get(event.code or "") if event.to_stage == Stage.HELD else None
        if text is None and event.reason in Reason.values and event.reason not in STOPS:
            text = Reason(event.reason).label
        if text:
            found.append((event.at, str(text)))
    # once held, another reason to hold moves nothing and is kept as a fact
    for fact in CentralFact.objects.filter(card_id=card.pk, code__in=_STOPS):
        found.append((fact.at, str(_STOPS[fact.code])))
    for block in Block.objects.filter(card_id=card.pk):
        found.append((block.at, _("Diperiksa petugas: %(why)s") % {"why": BlockReason(block.reason).label}))
        if block.lifted_at:
            found.append((block.lifted_at, _("Pemeriksaan selesai.")))
    return [Line(dates.day(dates.local(at), language), text) for at, text in sorted(found, reverse=True)]


def _looks(card_id: int, language: str) -> list[Line]:
    places = {f"kecamatan:{key}": name for key, name in Kecamatan.objects.values_list("id", "name")}
    return [
        Line(dates.full(dates.local(look.at), language), _office(look, places))
        for look in looks_at(card_id, LOOKS_SHOWN)
    ]


def _office(look: AccessLog, places: dict[str, str]) -> str:
    if look.office in places:
        return _("Kecamatan %(kecamatan)s") % {"kecamatan": places[look.office]}
    return str(_OFFICES.get(look.office, look.office))


def _suket(card: Card, language: str) -> SuketLine | None:
    suket = Suket.objects.filter(card_id=card.pk, ended_at__isnull=True).first()
    if suket is None or card.closed:
        return None
    left = (suket.valid_until - dates.now().date()).days
    near = Office.objects.filter(pk=suket.office_id).first() if left <= RENEW_DAYS else None
    return SuketLine(written_number(suket), dates.day(suket.valid_until, language), left < 0, near)


def _case(case: Case, language: str) -> CaseLine:
    return CaseLine(
        what=str(case.get_kind_display()),
        said=text_of(case.text_sealed),
        at=dates.day(dates.local(case.at), language),
        due=dates.day(case.due_on, language),
        answered=dates.day(dates.local(case.answered_at), language) if case.answered_at else "",
        answer=str(case.get_answer_display()) if case.answer else "",
        explained=text_of(case.answer_sealed),
    )
