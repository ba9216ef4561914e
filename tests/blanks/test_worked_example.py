"""The worked example of docs/blanks.md, played: every figure and every sentence of it."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from bekasi_ektp.environment import BASE_DIR
from blanks.actions import divide, receive, record
from blanks.actions.printing import next_in_queue
from blanks.actions.stock import Counted, count, destroy, spoil
from blanks.ledger import ACCOUNT, Place
from blanks.models import Account, PrintBatch
from blanks.queries.serials import history, look_up
from blanks.queries.stockcard import Period, all_rows, totals
from blanks.spans import Span, each, read
from tests import builders
from tests.builders import many_cards, settle
from tests.people import supervisor
from tracking.models import Card
from tracking.stages import Stage
from tracking.verify import verify

from .house import balance, batch

pytestmark = pytest.mark.django_db
PAGE = BASE_DIR / "docs" / "blanks.md"
COLUMNS = ("supplier", "store", "quota", "cards", "spoiled", "lost", "destroyed")


def table() -> list[tuple[str, list[int]]]:
    """What happens, and the balances after it."""
    lines = PAGE.read_text().splitlines()
    begin = next(n for n, line in enumerate(lines) if line.startswith("| what happens |"))
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[begin:]]
    assert tuple(cells[0][1:]) == COLUMNS
    rows = cells[2 : next(n for n, row in enumerate(cells) if len(row) < 2)]
    return [(name, [int(figure) for figure in figures]) for name, *figures in rows]


def play() -> dict[str, Callable[[], object]]:
    """Each row of the table as what staff do."""
    boss = supervisor()
    waits = many_cards(12, Stage.WAITING_FOR_BLANK, 1)
    by_number = dict(zip(range(1, 13), reversed(waits), strict=True))  # the last was the first to ask

    def printed() -> None:
        taken = PrintBatch.objects.get()
        record(taken, by_number[1], "printed", "0001", by=boss)
        record(taken, by_number[2], "misprint", "0002", by=boss)

    def held() -> None:
        card = Card.objects.get(pk=by_number[3])
        builders.step(card, Stage.HELD, "DUPLICATE_RECORD", code="DUPLICATE_RECORD")

    store = ACCOUNT[Place.STORE]
    return {
        "nothing yet": lambda: None,
        "the note says 100, 98 came, 0001–0098": lambda: receive(
            [Span.of("0001", 98)], by=boss, number="SJ-1", on_paper=100
        ),
        "0098 is wet": lambda: spoil(each(read("0098")), account=store, by=boss, why="Basah"),
        "10 are divided: all go where people wait": lambda: divide(10, by=boss, strategy="proportional"),
        "a batch of 5: A-1 to A-5": lambda: batch(1, 5),
        "A-1 is printed on 0001, A-2 misprinted on 0002": printed,
        "A-3 turns out to be held: its blank goes back": held,
        "the store is counted: 86": lambda: count([Counted(store, 86, seen=87, why="Tidak ada")], by=boss),
        "0002 and 0098 are destroyed": lambda: destroy(
            each(read("0002, 0098")), by=boss, number="BA-1", how="Dipotong"
        ),
    }


def test_every_row_of_the_table_is_what_the_ledger_says() -> None:
    steps = play()
    assert [name for name, _ in table()] == list(steps)
    for name, figures in table():
        steps[name]()
        settle()
        now = [balance(place, 1 if place == "quota" else None) for place in COLUMNS]
        assert now == figures, name
        assert sum(Account.objects.values_list("balance", flat=True)) == 0
    assert verify().problems == []
    the_text_below_it_is_true()


def the_text_below_it_is_true() -> None:
    """Who is next, where 0002 was, and the stock card of the store."""
    assert [str(one) for one in next_in_queue(1, 2)] == ["A-2", "A-6"]
    (found,) = look_up(each(read("0002")))
    assert [(move.from_place, move.to_place) for move in history(found.serial)] == [
        ("free", "cards"),
        ("cards", "spoiled"),
        ("spoiled", "destroyed"),
    ]
    today = timezone.localdate()
    store = Account.objects.get(pk=ACCOUNT[Place.STORE])
    frame = totals(store, Period(today.replace(day=1), today))
    rows = [row for some in all_rows(store, Period(today.replace(day=1), today), 0) for row in some]
    assert [(row.came or 0) - (row.went or 0) for row in rows] == [100, -2, -1, -10, -1]
    assert (frame.opening, frame.closing) == (0, 86)
