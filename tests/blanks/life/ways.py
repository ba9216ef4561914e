"""Cards on their way with the blank they hold, and the books of the office to compare."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from blanks.ledger import Outcome
from blanks.models import Account, Serial, SerialMove
from staff.models import User
from tests import builders, road
from tests.builders import OFFICE, a_card, free_serial, many_cards, settle, sql, stock
from tracking.actions import undoable
from tracking.actor import acting
from tracking.models import Card, Event
from tracking.stages import STEPS, Kind, LegalStep, Stage

TO_THE_CITIZEN = (Stage.BLANK_ALLOCATED, Stage.PRINTED, Stage.AT_KECAMATAN, Stage.OUT_FOR_DELIVERY)
TAKE = "UPDATE tracking_card SET stage = 'BLANK_ALLOCATED' WHERE id = ANY (%s)"
PRINTERS_WORD = {"": Outcome.PRINTED, "misprint": Outcome.MISPRINT}
"""What only a result of the printer says, by the step's reason."""


def a_card_at(stage: str, kecamatan: int = 1, **fields: Any) -> Card:
    """A card in the ledger that has come this far, on a blank of its kecamatan."""
    if stage in (Stage.RECORDED, Stage.DEDUPLICATING, Stage.HELD, Stage.WAITING_FOR_BLANK):
        return a_card(stage, kecamatan, **fields)
    card = a_card(Stage.WAITING_FOR_BLANK, kecamatan, **fields)
    way = [*TO_THE_CITIZEN, stage] if stage in (Stage.RETURNED, Stage.DELIVERED) else list(TO_THE_CITIZEN)
    for one in way[: way.index(stage) + 1]:
        builders.step(card, one, "refused" if one == Stage.RETURNED else "")
    return card


def supplied(kecamatan: int = 1, quantity: int = 3) -> None:
    """There are blanks in the quota, so that nothing is refused for want of one."""
    stock(kecamatan, quantity)


def waiting(count: int = 3, kind: str = Kind.FIRST, kecamatan: int = 1) -> list[int]:
    """So many wait there; in the order of their numbers."""
    some = many_cards(count, Stage.WAITING_FOR_BLANK, kecamatan, kind)
    return [
        row[0]
        for row in sql("SELECT card_id FROM tracking_ticket WHERE card_id = ANY (%s) ORDER BY number", [some])
    ]


def take(*cards: int, by: Any = OFFICE) -> None:
    """Give these their blanks, by hand."""
    with acting(by=by, source="test"):
        sql(TAKE, [list(cards)])
    settle()


def books() -> dict[str, int]:
    """What each account holds; a quota as `quota 1`."""
    return {
        f"{one.place} {one.kecamatan_id}" if one.kecamatan_id else one.place: one.balance
        for one in Account.objects.all()
    }


def moved(before: dict[str, int]) -> str:
    """How one blank has moved since then, `quota 1 → cards`; nothing if none has."""
    now = books()
    less = [place for place in now if now[place] == before[place] - 1]
    more = [place for place in now if now[place] == before[place] + 1]
    assert sum(now.values()) == 0
    assert sum(now[place] != before[place] for place in now) == len(less) + len(more)
    return f"{' '.join(less)} → {' '.join(more)}" if less or more else ""


def serial_of(card: Card) -> tuple[str, int] | None:
    """Where the blank is that this card is, or was last, printed on; and its serial."""
    move = SerialMove.objects.filter(card_id=card.pk).order_by("-id").first()
    if move is None:
        return None
    return Serial.objects.get(series_id=move.series_id, number=move.number).place, move.number


def by_orm(card: Card, to: str, reason: str, *, by: User | str = OFFICE) -> None:
    """The step as the site's own code takes it, said by the printer where it is the printer's to say."""
    if _by_the_printer(card, to, reason):
        builders.print_on(card, free_serial(), PRINTERS_WORD[reason], by=by)
        return
    if _by_a_round(card, to, reason):
        builders.step(card, to, reason, by=by)
        card.refresh_from_db()
        return
    with acting(by=by, source="test", reason=reason):
        assert Card.objects.filter(pk=card.pk).update(stage=to) == 1
    settle()
    card.refresh_from_db()


def by_sql(card: Card, to: str, reason: str, *, by: User | str = OFFICE) -> None:
    """The same typed into a console with the site's own rights; what a round does is said by its attempts alone."""
    if _by_a_round(card, to, reason):
        by_orm(card, to, reason, by=by)
        return
    with acting(by=by, source="test", reason=reason):
        if _by_the_printer(card, to, reason):
            sql(
                "INSERT INTO blanks_result (batch_id, card_id, outcome, series_id, number) SELECT batch_id, card_id, %s,"
                " (SELECT id FROM blanks_series WHERE prefix = ''), %s FROM blanks_batchcard WHERE card_id = %s AND open",
                [PRINTERS_WORD[reason], free_serial(), card.pk],
            )
        else:
            sql("UPDATE tracking_card SET stage = %s WHERE id = %s", [to, card.pk])
    settle()
    card.refresh_from_db()


@contextmanager
def undone(card: Card) -> Iterator[None]:
    """What is done inside is rolled back: the next try begins with the same card at the same place."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    card.refresh_from_db()


def back(card: Card, by: User) -> None:
    """Undo the last step that still holds, as the card's page offers it."""
    undone = undoable(list(Event.objects.filter(card_id=card.pk).order_by("id")), by=by)
    assert undone
    builders.correct(card, by=by, undone=undone)


def _by_the_printer(card: Card, to: str, reason: str) -> bool:
    return (
        not card.outside_ledger
        and card.stage == Stage.BLANK_ALLOCATED
        and (to == Stage.PRINTED or reason == "misprint")
    )


def _by_a_round(card: Card, to: str, reason: str) -> bool:
    legal = any((one.from_stage, one.to_stage, one.reason) == (card.stage, to, reason) for one in STEPS)
    return legal and road.takes(card, to)


def named(step: LegalStep) -> str:
    """A legal step as the name of a test."""
    return f"{step.from_stage}-{step.to_stage}-{step.reason or 'no reason'}"
