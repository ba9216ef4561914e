"""Several writers at once, with real commits: no gap, no number twice, no deadlock, exact counters."""

import random
import time
from collections.abc import Callable
from threading import Barrier, Thread

import psycopg2
import pytest

from tests import people
from tests.builders import OFFICE, a_card, block, many_cards, sql, stock, story
from tracking import actions
from tracking.actor import acting
from tracking.models import Block, Card
from tracking.refusals import TryAgain
from tracking.stages import Stage

from . import naive
from .sessions import Session

Open = Callable[..., Session]
READY = "UPDATE tracking_card SET stage = 'WAITING_FOR_BLANK' WHERE id = ANY (%s)"


def together(*works: Callable[[], None]) -> list[str]:
    """Run these at the same moment; the SQLSTATEs of those that failed."""
    start, failed = Barrier(len(works)), []

    def run(work: Callable[[], None]) -> None:
        start.wait()
        try:
            work()
        except psycopg2.DatabaseError as error:
            failed.append(error.pgcode or "?")

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return failed


class TestTwoTransactionsMakeReady:
    def test_the_one_that_commits_first_draws_first(self, session: Open) -> None:
        early, late = many_cards(3), many_cards(3)
        one, two = session(), session()
        one.begin()
        one.run(READY, [early])
        two.begin()
        two.run(READY, [late])
        two.commit()
        one.commit()
        numbers = dict(sql("SELECT card_id, number FROM tracking_ticket"))
        assert sorted(numbers[card] for card in late) == [1, 2, 3]
        assert sorted(numbers[card] for card in early) == [4, 5, 6]
        naive.assert_exact()

    def test_the_second_waits_for_the_first_to_end_its_commit_only(self, session: Open) -> None:
        """Work on cards does not wait for other cards; the queue is locked at the very end."""
        one, two = session(), session()
        ids = many_cards(2)
        one.begin()
        one.run(READY, [ids[:1]])
        two.begin()
        two.run("SET lock_timeout = '2s'")
        two.run(READY, [ids[1:]])
        two.commit()
        one.rollback()
        assert sql("SELECT number FROM tracking_ticket") == [(1,)]
        naive.assert_exact()

    def test_one_of_them_rolls_back_while_it_settles(self, session: Open) -> None:
        ids = many_cards(20)
        one, two = session(), session()
        one.begin()
        one.run(READY, [ids[:10]])
        one.run("SET CONSTRAINTS ALL IMMEDIATE")
        two.begin()
        two.run(READY, [ids[10:]])
        waiting = Thread(target=two.commit)
        waiting.start()
        one.wait_until_somebody_waits()
        one.rollback()
        waiting.join()
        assert sql("SELECT min(number), max(number), count(*) FROM tracking_ticket") == [(1, 10, 10)]
        naive.assert_exact()

    def test_many_at_the_same_moment(self, session: Open) -> None:
        ids = many_cards(4000)
        with acting(by=OFFICE, source="test"):
            sql("UPDATE tracking_card SET kecamatan_id = 1 + id %% 12 WHERE id = ANY (%s)", [ids])
        sessions = [session() for _ in range(4)]

        def make_ready(one: Session, some: list[int]) -> Callable[[], None]:
            def work() -> None:
                for part in range(0, len(some), 250):
                    one.begin()
                    one.run(READY, [some[part : part + 250]])
                    one.commit()

            return work

        assert together(*(make_ready(one, ids[n::4]) for n, one in enumerate(sessions))) == []
        naive.assert_exact()
        assert sql("SELECT count(*) FROM tracking_ticket") == [(4000,)]

    @pytest.mark.slow
    def test_a_whole_file_while_others_step(self, session: Open) -> None:
        ids = many_cards(20_000)
        others = many_cards(40)
        big, small = session(), session()

        def all_ready() -> None:
            big.begin()
            big.run(READY, [ids])
            big.commit()

        def one_by_one() -> None:
            for card in others:
                small.begin()
                small.run(READY, [[card]])
                small.commit()

        assert together(all_ready, one_by_one) == []
        naive.assert_exact()


class TestSixteenWriters:
    @pytest.mark.slow
    def test_with_five_changes_each_never_lock_each_other_for_good(self, session: Open) -> None:
        """Their cards differ, their counters do not, and each takes them in an order of its own."""
        ids = many_cards(16 * 20)
        with acting(by=OFFICE, source="test"):
            sql("UPDATE tracking_card SET kecamatan_id = 1 + id %% 3 WHERE id = ANY (%s)", [ids])
        sessions = [session() for _ in range(16)]

        def writer(one: Session, own: list[int], luck: random.Random) -> Callable[[], None]:
            def work() -> None:
                for _turn in range(8):
                    one.begin()
                    one.run("SELECT set_config('ektp.reason', 'PACKET_RETRY', true)")
                    for card in luck.sample(own, 5):
                        with one.raw.cursor() as cursor:
                            cursor.execute("SELECT stage FROM tracking_card WHERE id = %s", [card])
                            stage = cursor.fetchone()[0]
                        goes = "HELD" if stage == "WAITING_FOR_BLANK" else "WAITING_FOR_BLANK"
                        reason = "PACKET_RETRY" if goes == "HELD" else ""
                        one.run("SELECT set_config('ektp.reason', %s, true)", [reason])
                        one.run("UPDATE tracking_card SET stage = %s WHERE id = %s", [goes, card])
                    one.commit()

            return work

        failed = together(*(writer(one, ids[n::16], random.Random(n)) for n, one in enumerate(sessions)))
        assert failed == []
        naive.assert_exact()
        assert sql("SELECT count(*) FROM tracking_event WHERE from_stage IS NOT NULL") == [(16 * 8 * 5,)]


def test_a_person_does_not_wait_behind_a_long_transaction(session: Open) -> None:
    """After a second the answer is "coba lagi", and nothing has changed; a feed waits its turn."""
    card, joko, one = a_card(), people.operator(), session()
    one.begin()
    one.run(READY, [[card.pk]])
    began = time.monotonic()
    with pytest.raises(TryAgain):
        actions.block(card.pk, by=joko, reason="review")
    assert 0.5 < time.monotonic() - began < 5
    one.rollback()
    assert (story(card), Block.objects.count()) == (["RECORDED"], 0)
    actions.block(card.pk, by=joko, reason="review")
    with acting(by="source:siak", source="test"):
        assert sql("SHOW lock_timeout") == [("0",)]


class TestBlocksAtOnce:
    def test_set_while_another_is_lifted_keep_the_card_blocked(self, session: Open) -> None:
        card, ratna = a_card(Stage.WAITING_FOR_BLANK), people.supervisor()
        first = block(card)
        one, two = session(ratna.actor), session()
        one.begin()
        one.run("UPDATE tracking_block SET lift_reason = 'checked' WHERE id = %s", [first.pk])
        two.begin()
        adding = Thread(
            target=two.run,
            args=(
                "INSERT INTO tracking_block (card_id, reason, source) VALUES (%s, 'moved', 'x')",
                [card.pk],
            ),
        )
        adding.start()
        one.wait_until_somebody_waits()
        one.commit()
        adding.join()
        two.commit()
        assert Card.objects.get(pk=card.pk).blocked
        naive.assert_exact()

    def test_both_lifted_at_once_free_the_card(self, session: Open) -> None:
        card, ratna = a_card(Stage.WAITING_FOR_BLANK), people.supervisor()
        blocks = [block(card), block(card, "moved")]
        one, two = session(ratna.actor), session(ratna.actor)
        lifting = "UPDATE tracking_block SET lift_reason = 'checked' WHERE id = %s"
        one.begin()
        one.run(lifting, [blocks[0].pk])
        two.begin()
        second = Thread(target=two.run, args=(lifting, [blocks[1].pk]))
        second.start()
        one.wait_until_somebody_waits()
        one.commit()
        second.join()
        two.commit()
        assert not Card.objects.get(pk=card.pk).blocked
        naive.assert_exact()

    def test_set_while_the_card_goes_to_print_withdraws_it(self, session: Open) -> None:
        card = a_card(Stage.WAITING_FOR_BLANK)
        stock(1, 1)
        one, two = session(), session()
        one.begin()
        one.run("UPDATE tracking_card SET stage = 'BLANK_ALLOCATED' WHERE id = %s", [card.pk])
        two.begin()
        blocking = Thread(
            target=two.run,
            args=(
                "INSERT INTO tracking_block (card_id, reason, source) VALUES (%s, 'review', 'x')",
                [card.pk],
            ),
        )
        blocking.start()
        one.wait_until_somebody_waits()
        one.commit()
        blocking.join()
        two.commit()
        assert story(card) == ["WAITING_FOR_BLANK", "BLANK_ALLOCATED", "WAITING_FOR_BLANK"]
        naive.assert_exact()

    def test_a_print_that_comes_after_the_block_is_refused(self, session: Open) -> None:
        card = a_card(Stage.WAITING_FOR_BLANK)
        one, two = session(), session()
        one.begin()
        one.run("INSERT INTO tracking_block (card_id, reason, source) VALUES (%s, 'review', 'x')", [card.pk])
        found: list[str] = []
        two.begin()
        allocate = "UPDATE tracking_card SET stage = 'BLANK_ALLOCATED' WHERE id = %s"
        printing = Thread(target=lambda: found.append(two.refused(allocate, [card.pk])))
        printing.start()
        one.wait_until_somebody_waits()
        one.commit()
        printing.join()
        assert found == ["EK004"]
        naive.assert_exact()

    def test_of_one_reason_set_twice_at_once_is_set_once(self, session: Open) -> None:
        card = a_card()
        sessions = [session() for _ in range(4)]

        def setting(one: Session) -> Callable[[], None]:
            def work() -> None:
                one.begin()
                one.run(
                    "INSERT INTO tracking_block (card_id, reason, source) VALUES (%s, 'review', 'x')",
                    [card.pk],
                )
                one.commit()

            return work

        assert together(*(setting(one) for one in sessions)) == ["23505"] * 3
        assert Block.objects.filter(card_id=card.pk).count() == 1


def test_a_step_is_lost_to_nobody_when_two_take_it(session: Open) -> None:
    """Both saw the card waiting: one moves it, the other is told that nothing was there to move."""
    card = a_card(Stage.WAITING_FOR_BLANK)
    stock(1, 1)
    one, two = session(), session()
    moving = "UPDATE tracking_card SET stage = %s WHERE id = %s AND stage = 'WAITING_FOR_BLANK'"
    one.begin()
    assert one.run(moving, ["BLANK_ALLOCATED", card.pk]) == 1
    two.begin(reason="other")
    found: list[int] = []
    second = Thread(target=lambda: found.append(two.run(moving, ["CANCELLED", card.pk])))
    second.start()
    one.wait_until_somebody_waits()
    one.commit()
    second.join()
    two.commit()
    assert found == [0]
    assert story(card) == ["WAITING_FOR_BLANK", "BLANK_ALLOCATED"]
    naive.assert_exact()


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_a_stricter_isolation_goes_again_rather_than_count_wrong(session: Open, level: str) -> None:
    ids = many_cards(2)
    one, two = session(), session()
    one.run(f"SET TRANSACTION ISOLATION LEVEL {level}")
    one.begin()
    one.run(READY, [ids[:1]])
    two.begin()
    two.run(READY, [ids[1:]])
    two.commit()
    with pytest.raises(psycopg2.errors.SerializationFailure):
        one.commit()
    one.rollback()
    one.begin()
    one.run(READY, [ids[:1]])
    one.commit()
    assert sorted(sql("SELECT number FROM tracking_ticket")) == [(1,), (2,)]
    naive.assert_exact()


def test_a_killed_writer_leaves_nothing(session: Open) -> None:
    ids = many_cards(50)
    one = session()
    one.begin()
    one.run(READY, [ids])
    one.run("SET CONSTRAINTS ALL IMMEDIATE")
    from tests import cluster

    pid = one.raw.info.backend_pid
    killer = cluster.connect("postgres")
    with killer.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    killer.close()
    assert sql("SELECT count(*) FROM tracking_ticket") == [(0,)]
    two = session()
    two.begin()
    two.run(READY, [ids[:1]])
    two.commit()
    assert sql("SELECT number FROM tracking_ticket") == [(1,)]
    naive.assert_exact()
