"""Cards on their way and those who carry them, in the words of the office; every step through its own door."""

from typing import Any

from delivery.actions.pack import pack
from delivery.actions.receive import check, close
from delivery.actions.release import Released, collect, release
from delivery.handovers import Outcome
from delivery.models import Handover, HandoverCard
from delivery.queries.custody import delivery_holder
from staff.models import User
from tests import people
from tests.builders import OFFICE, many_cards, settle, sql, stock
from tracking.actor import acting
from tracking.models import Card


def printed(count: int, kecamatan: int = 1) -> list[int]:
    """So many cards of one kecamatan, printed in one batch on serials that follow each other."""
    cards = many_cards(count, "WAITING_FOR_BLANK", kecamatan)
    stock(kecamatan, count)
    with acting(by=OFFICE, source="test"):
        sql("UPDATE tracking_card SET stage = 'BLANK_ALLOCATED' WHERE id = ANY (%s)", [cards])
    settle()
    first = sql("SELECT coalesce(max(number), 0) FROM blanks_serial")[0][0]
    with acting(by=OFFICE, source="test"):
        sql(
            """INSERT INTO blanks_result (batch_id, card_id, outcome, series_id, number)
            SELECT batch_id, card_id, 'printed', (SELECT id FROM blanks_series WHERE prefix = ''), %s + line
            FROM blanks_batchcard WHERE open AND card_id = ANY (%s)""",
            [first, cards],
        )
    settle()
    return cards


class Office:
    """Joko packs at Disdukcapil, Tuti collects for kecamatan 1, Ratna supervises."""

    def __init__(self, kecamatan: int = 1) -> None:
        self.kecamatan = kecamatan
        self.joko = people.operator()
        self.tuti = people.officer(kecamatan)
        self.ratna = people.supervisor()

    def packed(self, count: int = 3) -> Handover:
        printed(count, self.kecamatan)
        made = pack(self.kecamatan, by=self.joko)
        settle()
        return made

    def released(self, count: int = 3) -> Released:
        return self.release(self.packed(count))

    def release(self, made: Handover, **options: Any) -> Released:
        done = release(made.pk, by=self.joko, officer=self.tuti, **options)
        settle()
        return done

    def collected(self, count: int = 3) -> Handover:
        done = self.released(count)
        made = collect(done.handover.pk, by=self.tuti, code=done.code)
        settle()
        return made

    def say(self, made: Handover, *lines: int, outcome: Outcome = Outcome.RECEIVED) -> None:
        check(made.pk, lines, outcome, by=self.tuti)
        settle()

    def closed(self, count: int = 3, missing: int = 0, damaged: int = 0) -> Handover:
        """A whole hand-over, its first lines missing or damaged."""
        made = self.collected(count)
        lines = range(1, count + 1)
        groups = {
            Outcome.MISSING: lines[:missing],
            Outcome.DAMAGED: lines[missing : missing + damaged],
            Outcome.RECEIVED: lines[missing + damaged :],
        }
        for outcome, some in groups.items():
            if some:
                self.say(made, *some, outcome=outcome)
        done = close(made.pk, by=self.tuti)
        settle()
        return done


def holder(card_id: int) -> str:
    held = delivery_holder(card_id)
    return f"{held.holder} {held.holder_id}" if held else "nobody"


def card_of(made: Handover, line: int) -> Card:
    return Card.objects.get(pk=HandoverCard.objects.get(handover=made, line=line).card_id)


def as_person(user: User) -> Any:
    """A transaction of the site's role in which this person acts, for raw SQL."""
    return acting(by=user, source="test")
