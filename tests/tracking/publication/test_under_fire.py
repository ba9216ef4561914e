"""Days are closed while others write, commit late and roll back: every event and every line is in exactly one day."""

import random
from collections import Counter
from collections.abc import Callable
from threading import Thread

import pytest

from tests.builders import many_cards, sql
from tests.tracking.life.conftest import session
from tests.tracking.life.sessions import Session
from tracking.publication import closing
from tracking.publication.files import log_of
from tracking.verify import verify

__all__ = ["session"]

pytestmark = pytest.mark.usefixtures("committed")

WRITERS, TRANSACTIONS, CARDS = 4, 15, 8
STEPS = ("DEDUPLICATING", "WAITING_FOR_BLANK")


def _write(own: Session, cards: list[int], seed: int) -> None:
    """Steps of some of one's own cards, some transactions longer than others, some in vain."""
    chance = random.Random(seed)
    for _ in range(TRANSACTIONS):
        own.begin()
        for card in chance.sample(cards, 3):
            for stage in STEPS[: chance.randrange(1, 3)]:
                own.run(
                    "UPDATE tracking_card SET stage = %s WHERE id = %s AND stage = ANY"
                    " (CASE %s WHEN 'DEDUPLICATING' THEN '{RECORDED}' ELSE '{RECORDED,DEDUPLICATING}' END::text[])",
                    [stage, card, stage],
                )
        if chance.random() < 0.3:
            own.run("SELECT pg_sleep(0.02)")
        own.rollback() if chance.random() < 0.25 else own.commit()


def test_nothing_is_skipped_and_nothing_is_taken_twice(session: Callable[..., Session]) -> None:
    cards = [many_cards(CARDS) for _ in range(WRITERS)]
    writers = [Thread(target=_write, args=(session(), cards[n], n)) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    closed = 0
    while any(writer.is_alive() for writer in writers) or closed < 3:
        assert closing._close_once(closing.next_day())
        closed += 1
    for writer in writers:
        writer.join(60)
    assert closing._close_once(closing.next_day())

    taken = sql(
        "SELECT generate_series(lower(r), upper(r) - 1) FROM tracking_publishedset, unnest(taken) r WHERE source = 'event'"
    )
    assert sorted(number for (number,) in taken) == [
        number for (number,) in sql("SELECT id FROM tracking_event ORDER BY id")
    ]
    assert sql("SELECT sum(events) FROM tracking_publication") == [(len(taken),)]
    lines = Counter(
        line.split(",", 2)[2].split(",", 1)[1]
        for (day,) in sql("SELECT day FROM tracking_publication")
        for part in log_of(day)
        for line in part.splitlines()
        if line.startswith("antrean/")
    )
    drawn = sql("SELECT letter || ',' || number || ',masuk' FROM tracking_ticket")
    assert lines == Counter(line for (line,) in drawn)
    assert {p.invariant for p in verify().problems} & {
        "published_once",
        "queues_as_published",
        "integrity_chain",
    } == set()
