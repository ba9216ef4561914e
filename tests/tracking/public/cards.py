"""Cards as the citizen's pages meet them: with a NIK to type and a ledger's history."""

from typing import Any

from django.test import Client

from tests import builders
from tests.people import SITI
from tracking import nik, tokens
from tracking.models import Card, Citizen
from tracking.stages import Stage

Answer = Any
"""What Django's test client answers."""

WAY: dict[str, list[tuple[str, str]]] = {
    Stage.RECORDED: [],
    Stage.DEDUPLICATING: [(Stage.DEDUPLICATING, "")],
    Stage.WAITING_FOR_BLANK: [(Stage.DEDUPLICATING, ""), (Stage.WAITING_FOR_BLANK, "")],
}
WAY[Stage.BLANK_ALLOCATED] = [*WAY[Stage.WAITING_FOR_BLANK], (Stage.BLANK_ALLOCATED, "")]
WAY[Stage.PRINTED] = [*WAY[Stage.BLANK_ALLOCATED], (Stage.PRINTED, "")]
WAY[Stage.AT_KECAMATAN] = [*WAY[Stage.PRINTED], (Stage.AT_KECAMATAN, "")]
WAY[Stage.OUT_FOR_DELIVERY] = [*WAY[Stage.AT_KECAMATAN], (Stage.OUT_FOR_DELIVERY, "")]
WAY[Stage.RETURNED] = [*WAY[Stage.OUT_FOR_DELIVERY], (Stage.RETURNED, "not_home")]
WAY[Stage.DELIVERED] = [*WAY[Stage.OUT_FOR_DELIVERY], (Stage.DELIVERED, "")]
WAY[Stage.CANCELLED] = [*WAY[Stage.DEDUPLICATING], (Stage.CANCELLED, "other")]


def a_citizen(digits: str = SITI, name: str = "SITI AMINAH", kecamatan: int = 1) -> Citizen:
    """A citizen who can be looked up."""
    citizen = builders.a_citizen(kecamatan)
    citizen.nik_index = nik.indexes(digits)[0]
    citizen.nik_sealed = nik.seal(digits)
    citizen.name = name
    citizen.save()
    return citizen


def a_card(
    stage: str, *, code: str = "", kecamatan: int = 1, name: str = "SITI AMINAH", **fields: Any
) -> Card:
    """A card that came to its stage through our own ledger; with a code, it is held for it."""
    citizen = a_citizen(name=name, kecamatan=kecamatan)
    card = builders.a_card(kecamatan=kecamatan, citizen=citizen, **fields)
    if stage == Stage.HELD:
        builders.step(card, Stage.HELD, code, code=code)
        return card
    for onward, reason in WAY[stage]:
        builders.step(card, onward, reason)
    return card


def address(card: Card, language: str = "id") -> str:
    prefix = "/en" if language == "en" else ""
    return f"{prefix}/status/{tokens.token(card.pk, card.token_version)}/"


def status_of(card: Card, language: str = "id", **headers: str) -> Answer:
    """The status page of a card."""
    return Client().get(address(card, language), headers=headers)


def text_of(response: Answer) -> str:
    """The page with its spans for unbroken words taken out."""
    page: str = response.content.decode()
    return page.replace('<span class="nb">e-KTP</span>', "e-KTP")
