"""All lives of one kecamatan, from its plan to lines of COPY."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain
from random import Random
from typing import NamedTuple

from ..models import Kelurahan
from ..stages import STOPS, Kind, Stage
from .clock import INSTALLED, Clock
from .early import Early
from .life import Life
from .people import People, Person
from .plan import Fates
from .printing import READY_IN_TIME, READY_LATE, Printing, ready_in_time, ready_late
from .rows import Known, Rows

PORTION = 15_000
OUTSIDE = ("outside shipped", "outside confirmed", "outside printed", "outside allocated",
           "outside then received", "outside cancelled")  # fmt: skip

Copy = Callable[[str, str], None]


class Order(NamedTuple):
    """What one process has to invent."""

    kecamatan: int
    fates: Fates
    seed: str
    today: date
    kelurahan: dict[int, list[int]]
    actors: dict[str, str]


def kelurahan_of_city() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for key, kecamatan in Kelurahan.objects.order_by("id").values_list("id", "kecamatan_id"):
        found.setdefault(kecamatan, []).append(key)
    return found


def invent(order: Order, copy: Copy) -> dict[str, str]:
    """Hand the lines to `copy` portion by portion; for each kind of example the NIK of one."""
    clock = Clock(order.today)
    rows = Rows(clock, order.actors)
    people = People(order.kecamatan, order.kelurahan[order.kecamatan], Random(f"people {order.seed}"))
    examples: dict[str, str] = {}
    for life, known in _everybody(order, clock, people):
        if known:
            rows.add_person(known)
            examples.setdefault(example(life), known.person.nik)
        rows.add_life(life)
        if len(rows) >= PORTION:
            for target, lines in rows.take():
                copy(target, lines)
    for target, lines in rows.take():
        copy(target, lines)
    return examples


def example(life: Life) -> str:
    """What somebody who tries a NIK will see."""
    if life.is_blocked and life.is_open:
        return "blocked"
    if life.stage == Stage.HELD:
        return f"{life.stage} {life.last.code}"
    return f"{life.stage} outside" if life.outside else life.stage


def _everybody(order: Order, clock: Clock, people: People) -> Iterator[tuple[Life, Known | None]]:
    early = Early(clock, order.kecamatan, Random(f"lives {order.seed}"))
    fates = order.fates
    queue = [
        *early.ready(ready_in_time(fates), INSTALLED - 40, READY_IN_TIME),
        *early.ready(ready_late(fates), *READY_LATE),
        *early.outside("outside not found", fates["outside not found"]),
    ]
    Printing(clock, order.kecamatan, fates, queue).run()
    others = chain(
        early.recorded(fates["recorded"]),
        early.matching(fates["matching"]),
        *(early.held(code, fates[f"held {code}"]) for code in STOPS),
        early.cancelled(fates["cancelled"]),
        *(early.outside(fate, fates[fate]) for fate in OUTSIDE),
    )
    second: list[Life] = []  # cards of people who had one
    for life in chain(queue, others):
        if life.kind != Kind.FIRST and life.steps[0].at > clock.feed_after(clock.at(INSTALLED, 0)):
            second.append(life)
        else:
            yield life, _known(life, life, order, people)
    n = fates["outside received"]
    every = max(n // (len(second) + 1), 1)
    for number, life in enumerate(early.outside("outside received", n)):
        if second and number % every == 0:
            new = second.pop()
            yield life, _known(life, new, order, people)
            new.citizen = life.citizen
            yield new, None
        else:
            yield life, _known(life, life, order, people)
    for life in second:  # too few had one: these come from another city
        yield life, _known(life, life, order, people)


def _known(life: Life, last: Life, order: Order, people: People) -> Known:
    person: Person = people.draw(life.born)
    if last.moved_to:
        there = order.kelurahan[last.moved_to]
        person = person._replace(kelurahan=there[last.key % len(there)])
    return Known(life, person, last.said)
