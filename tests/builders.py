"""Cards for tests, in the words of the domain, all of them through the door as the site's role."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from blanks.ledger import ACCOUNT, QUOTAS, Cause, DocumentKind, Outcome, Place
from blanks.models import Account, BatchCard, Document, Movement, Range, Result, Series
from staff.models import User
from tests import road
from tracking.actor import acting
from tracking.models import Block, Card, Citizen, Event
from tracking.refusals import sqlstate
from tracking.stages import BlockReason, Kind, LiftReason, Reason, Stage

LONG_AGO = datetime(2017, 1, 10, 1, 0, tzinfo=UTC)
OFFICE = "test:office"


def day(number: int) -> datetime:
    """So many days after the first request of all."""
    return LONG_AGO + timedelta(days=number)


def a_citizen(kecamatan: int = 1) -> Citizen:
    return Citizen.objects.create(
        nik_index=uuid.uuid4(),
        nik_sealed=b"sealed",
        name="SITI AMINAH",
        kelurahan_id=kecamatan * 10000 + 1001,
        recorded_at=LONG_AGO,
    )


def a_card(stage: str = Stage.RECORDED, kecamatan: int = 1, **fields: Any) -> Card:
    """A card that arrives in this stage; numbered at once if it waits."""
    fields = {"kind": Kind.FIRST, "requested_at": LONG_AGO} | fields
    citizen: Any = fields.pop("citizen", None) or a_citizen(kecamatan)
    with acting(by=OFFICE, source="test"):
        card = Card.objects.create(stage=stage, kecamatan_id=kecamatan, citizen=citizen, **fields)
    settle()
    card.refresh_from_db()
    return card


def many_cards(
    count: int, stage: str = Stage.RECORDED, kecamatan: int = 1, kind: str = Kind.FIRST
) -> list[int]:
    """So many cards in one statement, requested a second apart, the last first; their ids."""
    rows = sql(
        """
        WITH citizen AS (
            INSERT INTO tracking_citizen (nik_index, nik_sealed, name, kelurahan_id, recorded_at)
            SELECT gen_random_uuid(), '', 'ANI', %s * 10000 + 1001, %s
            FROM generate_series(1, %s) RETURNING id)
        SELECT array_agg(id) FROM citizen""",
        [kecamatan, LONG_AGO, count],
    )
    with acting(by=OFFICE, source="test"):
        made = sql(
            """INSERT INTO tracking_card (citizen_id, kind, stage, since, requested_at, kecamatan_id)
            SELECT id, %s, %s, %s, %s - n * interval '1 second', %s
            FROM unnest(%s::bigint[]) WITH ORDINALITY x (id, n) RETURNING id""",
            [kind, stage, LONG_AGO, day(10), kecamatan, rows[0][0]],
        )
    settle()
    return [row[0] for row in made]


def step(card: Card, stage: str, reason: str = "", *, by: User | str = OFFICE, **fields: Any) -> Event:
    """One step of a card, settled as at a commit; its event.

    What it needs of blanks is there: an empty quota is stocked before a card takes from it, and a card that is
    scheduled is printed by a result of the printer, on the next free serial. It goes out in a round of its own.
    """
    card.refresh_from_db()
    if stage == Stage.BLANK_ALLOCATED and card.ticket_kecamatan_id and not in_quota(card.ticket_kecamatan_id):
        stock(card.ticket_kecamatan_id, 1)
    if stage == Stage.PRINTED and BatchCard.objects.filter(card_id=card.pk, open=True).exists():
        print_on(card, free_serial(), by=by)
    elif road.takes(card, stage):
        road.go(card, stage, reason, by=by)
    else:
        with acting(by=by, source="test", reason=reason):
            assert Card.objects.filter(pk=card.pk).update(stage=stage, **fields) == 1
    settle()
    card.refresh_from_db()
    return last_event(card)


def stock(kecamatan: int, quantity: int) -> None:
    """So many blanks are found in a quota at a count, with serials that follow the last ones."""
    with acting(by=OFFICE, source="test"):
        counted = Document.objects.create(
            kind=DocumentKind.COUNT, number="SO-UJI", dated=timezone.localdate(), counted=quantity
        )
        Movement.objects.create(
            document=counted,
            cause=Cause.FOUND_MORE,
            from_account_id=ACCOUNT[Place.SUPPLIER],
            to_account_id=QUOTAS + kecamatan,
            quantity=quantity,
        )
        before = sql("SELECT coalesce(max(last), 0) FROM blanks_range WHERE series_id = %s", [_plain().pk])[
            0
        ][0]
        Range.objects.create(
            document=counted, series_id=_plain().pk, first=before + 1, last=before + quantity, width=8
        )
    settle()


def in_quota(kecamatan: int) -> int:
    """How many blanks a kecamatan may still print on."""
    return Account.objects.get(pk=QUOTAS + kecamatan).balance


def free_serial() -> int:
    """The first serial that was received and never named."""
    number: int = sql(
        """SELECT min(n) FROM blanks_range r, generate_series(r.first, r.last) n WHERE r.series_id = %s
        AND NOT EXISTS (SELECT FROM blanks_serial s WHERE s.series_id = r.series_id AND s.number = n)""",
        [_plain().pk],
    )[0][0]
    return number


def print_on(card: Card, serial: int, outcome: str = Outcome.PRINTED, *, by: User | str = OFFICE) -> Result:
    """What the printer made of a card that is scheduled, on a blank without prefix."""
    place = BatchCard.objects.get(card_id=card.pk, open=True)
    with acting(by=by, source="test"):
        made = Result.objects.create(
            batch_id=place.batch_id, card_id=card.pk, outcome=outcome, series=_plain(), number=serial
        )
    settle()
    card.refresh_from_db()
    return made


def _plain() -> Series:
    """The serials without a prefix."""
    return Series.objects.get(prefix="")


def correct(
    card: Card, *, by: User | str, reason: str = Reason.MISTAKE, undone: Event | None = None
) -> Event:
    """Undo an event of a card (its last one)."""
    event = undone or last_event(card)
    with acting(by=by, source="test", reason=reason, corrects=event.id):
        assert Card.objects.filter(pk=card.pk).update(stage=event.from_stage) == 1
    settle()
    card.refresh_from_db()
    return last_event(card)


def block(card: Card, reason: str = BlockReason.REVIEW, *, by: User | str = OFFICE) -> Block:
    with acting(by=by, source="test"):
        made = Block.objects.create(card_id=card.pk, reason=reason, source="test")
    settle()
    card.refresh_from_db()
    return made


def lift(one: Block, *, by: User | str, reason: str = LiftReason.CHECKED) -> None:
    with acting(by=by, source="test"):
        assert Block.objects.filter(pk=one.pk).update(lift_reason=reason) == 1
    settle()


def move_house(card: Card, kecamatan: int) -> None:
    with acting(by=OFFICE, source="test"):
        Card.objects.filter(pk=card.pk).update(kecamatan_id=kecamatan)
    settle()
    card.refresh_from_db()


def last_event(card: Card) -> Event:
    return Event.objects.filter(card_id=card.pk).order_by("-id")[0]


def story(card: Card) -> list[str]:
    """The stages a card came to, in order."""
    return list(Event.objects.filter(card_id=card.pk).order_by("id").values_list("to_stage", flat=True))


def queue_number(card: Card) -> str:
    rows = sql("SELECT letter || '-' || number FROM tracking_ticket WHERE card_id = %s", [card.pk])
    return rows[0][0] if rows else ""


def position(card: Card) -> int:
    """Its place by the counters, whether or not it waits."""
    place: int = sql(
        "SELECT tracking_position(kecamatan_id, letter, number) FROM tracking_ticket WHERE card_id = %s",
        [card.pk],
    )[0][0]
    return place


def settle() -> None:
    """What a commit does at its end; a test that is rolled back never commits."""
    if connection.in_atomic_block:
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql("SET CONSTRAINTS ALL DEFERRED")


def sql(statement: str, params: Any = None) -> list[tuple[Any, ...]]:
    """Raw SQL as the site's role; the rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def refused(*states: str) -> Iterator[None]:
    """The database refuses what is inside, with one of these SQLSTATEs, and nothing of it stays."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
        settle()
    assert sqlstate(caught.value) in states, f"{sqlstate(caught.value)}: {caught.value}"
