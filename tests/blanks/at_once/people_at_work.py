"""A process of the site in which several people of the office work at once, each on a connection of their own.

`python -m tests.blanks.at_once.people_at_work FIRST PEOPLE STEPS SUPERVISOR OPERATOR` writes a dot for each thing
somebody did or was refused, and at its end a line of JSON: what was done, what was refused, what went wrong.
"""

import json
import os
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from random import Random
from threading import Thread
from typing import Any

PLACES = (1, 2, 3)
SERIALS_EACH = 1_000
COMMON = 200  # serials below this are anybody's: two people name the same one


class Person:
    """Does something at random, again and again."""

    def __init__(self, number: int, supervisor: Any, operator: Any) -> None:
        self.luck = Random(number)
        self.supervisor, self.operator = supervisor, operator
        self.serial = number * SERIALS_EACH
        self.did: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.broke: list[str] = []

    def work(self, steps: int) -> None:
        from django.db import DatabaseError, connection

        from tracking.refusals import Refused, sqlstate

        deeds: list[Callable[[], Any]] = [
            *[self.prints] * 6, *[self.records] * 6, *[self.divides] * 2, self.takes_back, self.stops, self.releases,
            self.blocks, self.lifts, self.corrects, self.corrects, self.cancels, self.loses, self.spoils, self.arrive,
            self.serves_first, self.brings_back,
        ]  # fmt: skip
        for _ in range(steps):
            deed = self.luck.choice(deeds)
            try:
                deed()
                self.did[deed.__name__] += 1
            except Refused as refused:
                cause = refused.__cause__
                state = sqlstate(cause) if isinstance(cause, DatabaseError) else ""
                self.refused[f"{type(refused).__name__} {state}".strip()] += 1
                if os.environ.get("WHO"):
                    print(
                        deed.__name__,
                        type(refused).__name__,
                        state,
                        str(cause.__cause__)[:200] if cause else "",
                        file=sys.stderr,
                    )
            except Exception:
                self.broke.append(f"{deed.__name__}: {traceback.format_exc(limit=-4)}")
            os.write(1, b".")
        connection.close()

    def place(self) -> int:
        return self.luck.choice(PLACES)

    def prints(self) -> None:
        from blanks.actions import print_batch

        print_batch(self.place(), size=self.luck.randint(1, 6), by=self.operator)

    def records(self) -> None:
        """The results of a whole batch: of cards that have left it too, and now and then on a serial of another."""
        from blanks.actions import Line, record_lines
        from blanks.models import BatchCard, PrintBatch

        found = self.some(BatchCard.objects.filter(open=True).values_list("batch_id", flat=True))
        if found:
            batch = PrintBatch.objects.get(pk=found)
            outcomes = ["printed"] * 6 + ["misprint", "not_printed"]
            lines = [
                Line(card.card_id, self.luck.choice(outcomes), self.next_serial()) for card in batch.cards
            ]
            record_lines(batch, lines, by=self.operator)

    def next_serial(self) -> str:
        if self.luck.random() < 0.1:
            return str(self.luck.randint(1, COMMON))
        self.serial += 1
        return str(self.serial)

    def divides(self) -> None:
        from blanks.actions import divide

        strategy = self.luck.choice(["proportional", "oldest-first"])
        divide(self.luck.randint(5, 60), by=self.supervisor, strategy=strategy)

    def takes_back(self) -> None:
        from blanks.actions import return_quota

        place, other = self.luck.sample(PLACES, 2)
        to = self.luck.choice([None, other])
        return_quota(place, self.luck.randint(1, 5), by=self.supervisor, why="uji", to=to)

    def loses(self) -> None:
        from blanks.actions.stock import find, lose

        if self.luck.random() < 0.5:
            lose(1, account=100 + self.place(), by=self.supervisor, why="uji")
        else:
            find(1, by=self.supervisor, why="uji")

    def spoils(self) -> None:
        from blanks.actions.stock import destroy, spoil
        from blanks.models import Serial
        from blanks.serials import read

        if self.luck.random() < 0.5:
            named = [read(self.next_serial())]
            spoil(named, account=self.luck.choice([2, 100 + self.place()]), by=self.operator, why="uji")
        elif number := self.some(Serial.objects.filter(place="spoiled").values_list("number", flat=True)):
            destroy([read(str(number))], by=self.supervisor, number="BA", how="uji")

    def arrive(self) -> None:
        from tests.builders import many_cards
        from tracking.refusals import action

        action(many_cards)(3, "WAITING_FOR_BLANK", self.place(), self.luck.choice(["BARU", "UBAH", "HILANG"]))

    def stops(self) -> None:
        self.step("HELD", ("WAITING_FOR_BLANK", "BLANK_ALLOCATED"), "ADJUDICATE_RECORD")

    def releases(self) -> None:
        self.step("WAITING_FOR_BLANK", ("HELD",))

    def cancels(self) -> None:
        self.step("CANCELLED", ("BLANK_ALLOCATED", "PRINTED"), "other")

    def brings_back(self) -> None:
        reason = self.luck.choice(["damaged", "lost"])
        by = self.supervisor if reason == "lost" else self.operator
        self.step("WAITING_FOR_BLANK", ("PRINTED",), reason, by)

    def step(self, to: str, stages: tuple[str, ...], reason: str = "", by: Any = None) -> None:
        from tracking.actions.steps import step
        from tracking.models import Card
        from tracking.refusals import action

        seen = self.luck.choice(stages)
        card = self.some(Card.objects.filter(stage=seen).values_list("pk", flat=True))
        if card:
            action(step)(card, by=by or self.operator, reason=reason, seen=seen, to=to)

    def blocks(self) -> None:
        from tracking.actions import block
        from tracking.models import Card

        card = self.some(Card.objects.filter(closed=False).values_list("pk", flat=True))
        if card:
            block(card, by=self.supervisor, reason=self.luck.choice(["review", "moved", "deceased"]))

    def lifts(self) -> None:
        from tracking.actions import lift
        from tracking.models import Block

        block = self.some(Block.objects.filter(lifted_at=None).values_list("pk", flat=True))
        if block:
            card = Block.objects.get(pk=block).card_id
            lift(card, by=self.supervisor, block_id=block, reason="checked")

    def corrects(self) -> None:
        from tracking.actions import correct, undoable
        from tracking.models import Card, Event

        some = Card.objects.filter(stage__in=("PRINTED", "BLANK_ALLOCATED", "CANCELLED", "WAITING_FOR_BLANK"))
        card = self.some(some.values_list("pk", flat=True))
        events = list(Event.objects.filter(card_id=card).order_by("id")) if card else []
        undone = undoable(events, by=self.supervisor)
        if card and undone:
            correct(card, by=self.supervisor, reason="mistake", undone=undone.id)

    def serves_first(self) -> None:
        from blanks.actions.priority import serve_first
        from tracking.models import Card

        card = self.some(Card.objects.filter(stage="WAITING_FOR_BLANK").values_list("pk", flat=True))
        if card:
            serve_first(card, by=self.supervisor, category="health", why="uji")

    def some(self, rows: Any) -> int | None:
        """Any one of these."""
        found = list(rows.order_by("?")[:1])
        return found[0] if found else None


def main(first: int, people: int, steps: int, supervisor: int, operator: int) -> None:
    import django

    django.setup()
    from staff.models import User

    both = User.objects.get(pk=supervisor), User.objects.get(pk=operator)
    persons = [Person(first + n, *both) for n in range(people)]
    threads = [Thread(target=person.work, args=(steps,)) for person in persons]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = {
        "did": sum((one.did for one in persons), Counter[str]()),
        "refused": sum((one.refused for one in persons), Counter[str]()),
        "broke": [text for one in persons for text in one.broke],
    }
    os.write(1, f"\n{json.dumps(said)}\n".encode())


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
