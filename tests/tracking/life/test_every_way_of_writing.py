"""However a card is written, in one statement or several, each of its steps leaves one event and no other."""

import pytest
from django.db import transaction

from tests.builders import (
    OFFICE,
    a_card,
    a_citizen,
    day,
    many_cards,
    queue_number,
    refused,
    settle,
    sql,
    step,
    story,
)
from tracking.actor import acting
from tracking.models import Card, Event, StageCount
from tracking.stages import Stage

pytestmark = pytest.mark.django_db

COLUMNS = "citizen_id, kind, stage, requested_at, kecamatan_id, since, token_version, blocked, outside_ledger, draws"


@pytest.fixture
def card() -> Card:
    return a_card()


def counts() -> dict[tuple[int, str, bool], int]:
    rows = StageCount.objects.exclude(n=0).values_list("kecamatan_id", "stage", "outside", "n")
    return {(place, stage, outside): n for place, stage, outside, n in rows}


class TestEveryWayOfWriting:
    def _rows(self, stage: str) -> str:
        return f"(%s, 'BARU', '{stage}', '2017-01-10', 1, '2017-01-10', 9, true, true, true)"

    def test_on_conflict_of_the_card_steps_and_says_so(self, card: Card) -> None:
        with acting(by=OFFICE, source="test"):
            sql(
                f"""INSERT INTO tracking_card (id, {COLUMNS}) OVERRIDING SYSTEM VALUE
                VALUES ({card.pk}, {self._rows("WAITING_FOR_BLANK")[1:]}
                ON CONFLICT (id) DO UPDATE SET stage = excluded.stage, draws = excluded.draws,
                left_stage = excluded.left_stage""",
                [card.citizen_id],
            )
        settle()
        assert story(card) == ["RECORDED", "WAITING_FOR_BLANK"]
        assert queue_number(card) == "A-1"
        assert counts() == {(1, "WAITING_FOR_BLANK", False): 1}

    def test_on_conflict_of_the_open_card_is_held_to_legal_steps(self, card: Card) -> None:
        upsert = f"""INSERT INTO tracking_card ({COLUMNS}) VALUES {self._rows("PRINTED")}
            ON CONFLICT (citizen_id) WHERE NOT closed DO UPDATE SET stage = excluded.stage"""
        with refused("EK002"), acting(by=OFFICE, source="test"):
            sql(upsert, [card.citizen_id])

    def test_on_conflict_new_and_known_at_once(self, card: Card) -> None:
        other = a_citizen()
        with acting(by=OFFICE, source="test"):
            sql(
                f"""INSERT INTO tracking_card ({COLUMNS})
                VALUES {self._rows("DEDUPLICATING")}, {self._rows("DEDUPLICATING")}
                ON CONFLICT (citizen_id) WHERE NOT closed DO UPDATE SET stage = excluded.stage""",
                [card.citizen_id, other.pk],
            )
        settle()
        assert story(card) == ["RECORDED", "DEDUPLICATING"]
        assert story(other.cards.get()) == ["DEDUPLICATING"]
        assert counts() == {(1, "DEDUPLICATING", False): 2}

    def test_on_conflict_do_nothing_says_nothing(self, card: Card) -> None:
        with acting(by=OFFICE, source="test"):
            sql(
                f"INSERT INTO tracking_card ({COLUMNS}) VALUES {self._rows('PRINTED')} ON CONFLICT DO NOTHING",
                [card.citizen_id],
            )
        settle()
        assert story(card) == ["RECORDED"]
        assert counts() == {(1, "RECORDED", False): 1}

    def test_merge_new_and_known_at_once(self, card: Card) -> None:
        other = a_citizen()
        with acting(by=OFFICE, source="test"):
            sql(
                """MERGE INTO tracking_card c USING unnest(%s::bigint[]) x (citizen) ON c.citizen_id = x.citizen
                WHEN MATCHED THEN UPDATE SET stage = 'WAITING_FOR_BLANK'
                WHEN NOT MATCHED THEN INSERT (citizen_id, kind, stage, requested_at, kecamatan_id, since, token_version,
                    blocked, outside_ledger, outside_confirmed, draws)
                VALUES (x.citizen, 'BARU', 'WAITING_FOR_BLANK', now(), 1, now(), 1, false, false, false, false)""",
                [[card.citizen_id, other.pk]],
            )
        settle()
        assert story(card) == ["RECORDED", "WAITING_FOR_BLANK"]
        assert story(other.cards.get()) == ["WAITING_FOR_BLANK"]
        assert (queue_number(card), queue_number(other.cards.get())) == ("A-1", "A-2")

    def test_merge_is_held_to_legal_steps(self, card: Card) -> None:
        with refused("EK002"), acting(by=OFFICE, source="test"):
            sql(
                """MERGE INTO tracking_card c USING (SELECT %s::bigint AS id) x ON c.id = x.id
                WHEN MATCHED THEN UPDATE SET stage = 'DELIVERED'""",
                [card.pk],
            )

    def test_copy_into_the_table_of_cards(self) -> None:
        from io import StringIO

        from django.db import connection

        people = [a_citizen().pk for _ in range(3)]
        lines = "".join(
            f"{one}\tBARU\tWAITING_FOR_BLANK\t2017-01-{20 - n}\t1\t2017-01-20\t5\tt\tt\tt\n"
            for n, one in enumerate(people)
        )
        with acting(by=OFFICE, source="test"), connection.cursor() as cursor:
            names = f"{COLUMNS}, outside_confirmed"
            cursor.cursor.copy_expert(
                f"COPY tracking_card ({names}) FROM STDIN", StringIO(lines.replace("\tt\n", "\tt\tt\n"))
            )
        settle()
        cards = list(Card.objects.order_by("id"))
        assert [story(card) for card in cards] == [["WAITING_FOR_BLANK"]] * 3
        assert [queue_number(card) for card in cards] == ["A-3", "A-2", "A-1"]
        assert {(c.blocked, c.outside_ledger, c.outside_confirmed, c.token_version) for c in cards} == {
            (False, False, False, 1)
        }

    def test_update_from_with_duplicates_steps_once(self, card: Card) -> None:
        with acting(by=OFFICE, source="test"):
            sql(
                """UPDATE tracking_card c SET stage = x.stage
                FROM (VALUES (%s, 'DEDUPLICATING'), (%s, 'DEDUPLICATING')) x (id, stage) WHERE c.id = x.id""",
                [card.pk, card.pk],
            )
        settle()
        assert story(card) == ["RECORDED", "DEDUPLICATING"]
        assert counts() == {(1, "DEDUPLICATING", False): 1}

    def test_two_updates_in_one_statement_count_the_one_that_was_done(self, card: Card) -> None:
        with acting(by=OFFICE, source="test"):
            sql(
                """WITH a AS (UPDATE tracking_card SET stage = 'DEDUPLICATING' WHERE id = %s RETURNING id),
                b AS (UPDATE tracking_card SET stage = 'WAITING_FOR_BLANK' WHERE id = %s RETURNING id)
                SELECT count(*) FROM a, b""",
                [card.pk, card.pk],
            )
        settle()
        card.refresh_from_db()
        assert story(card) == ["RECORDED", card.stage]
        assert counts() == {(1, card.stage, False): 1}

    def test_insert_and_update_of_different_cards_in_one_statement(self, card: Card) -> None:
        other = a_citizen()
        with acting(by=OFFICE, source="test"):
            sql(
                f"""WITH a AS (UPDATE tracking_card SET stage = 'DEDUPLICATING' WHERE id = {card.pk})
                INSERT INTO tracking_card (citizen_id, kind, stage, requested_at, kecamatan_id, since, token_version,
                    blocked, outside_ledger, outside_confirmed, draws)
                VALUES (%s, 'BARU', 'RECORDED', now(), 1, now(), 1, false, false, false, false)""",
                [other.pk],
            )
        settle()
        assert story(card) == ["RECORDED", "DEDUPLICATING"]
        assert counts() == {(1, "DEDUPLICATING", False): 1, (1, "RECORDED", False): 1}

    def test_through_a_view_of_ones_own(self, card: Card) -> None:
        sql("CREATE TEMP VIEW mine AS SELECT id, stage FROM tracking_card")
        with acting(by=OFFICE, source="test"):
            sql("UPDATE mine SET stage = 'DEDUPLICATING' WHERE id = %s", [card.pk])
        assert story(card) == ["RECORDED", "DEDUPLICATING"]
        with refused("EK002"), acting(by=OFFICE, source="test"):
            sql("UPDATE mine SET stage = 'PRINTED' WHERE id = %s", [card.pk])

    def test_where_a_cursor_stands(self, card: Card) -> None:
        with acting(by=OFFICE, source="test"):
            sql(f"DECLARE mine CURSOR FOR SELECT id FROM tracking_card WHERE id = {card.pk} FOR UPDATE")
            sql("FETCH mine")
            sql("UPDATE tracking_card SET stage = 'DEDUPLICATING' WHERE CURRENT OF mine")
            sql("CLOSE mine")
        settle()
        assert story(card) == ["RECORDED", "DEDUPLICATING"]
        assert counts() == {(1, "DEDUPLICATING", False): 1}

    def test_with_the_librarys_switch_to_ignore_triggers(self, card: Card) -> None:
        """django-pgtrigger lets a session variable skip its triggers; the door has no such switch."""
        names = (
            "{tracking_card:pgtrigger_card_moved,public.tracking_card:card_moved,tracking.Card:card_moved}"
        )
        with acting(by=OFFICE, source="test"):
            sql("SELECT set_config('pgtrigger.ignore', %s, true)", [names])
            sql("UPDATE tracking_card SET stage = 'DEDUPLICATING' WHERE id = %s", [card.pk])
        assert story(card) == ["RECORDED", "DEDUPLICATING"]
        assert not sql(
            "SELECT proname FROM pg_proc WHERE proname LIKE 'pgtrigger%%' AND prosrc LIKE '%%pgtrigger.ignore%%'",
            [],
        )

    def test_all_triggers_of_the_door_are_there_and_on(self) -> None:
        rows = sql(
            """SELECT tgrelid::regclass::text, count(*) FROM pg_trigger
            WHERE NOT tgisinternal AND tgenabled = 'O' AND tgname LIKE 'pgtrigger%' GROUP BY 1"""
        )
        assert {"tracking_card": 10, "tracking_block": 4, "tracking_unsettled": 1}.items() <= dict(
            rows
        ).items()

    def test_a_prepared_statement_used_often(self) -> None:
        ids = many_cards(12)
        sql("PREPARE move AS UPDATE tracking_card SET stage = $1 WHERE id = $2")
        with acting(by=OFFICE, source="test"):
            for one in ids:
                sql("EXECUTE move ('DEDUPLICATING', %s)", [one])
        settle()
        sql("DEALLOCATE move")
        assert counts() == {(1, "DEDUPLICATING", False): 12}
        assert Event.objects.filter(to_stage="DEDUPLICATING").count() == 12


class TestTransactions:
    def test_of_several_statements_keep_every_step(self, card: Card) -> None:
        with acting(by=OFFICE, source="test"):
            for stage in ("DEDUPLICATING", "WAITING_FOR_BLANK", "HELD", "DEDUPLICATING"):
                code = "PACKET_RETRY" if stage == "HELD" else None
                Card.objects.filter(pk=card.pk).update(stage=stage, code=code)
        settle()
        assert story(card)[1:] == ["DEDUPLICATING", "WAITING_FOR_BLANK", "HELD", "DEDUPLICATING"]
        assert counts() == {(1, "DEDUPLICATING", False): 1}
        assert queue_number(card) == "A-1"

    def test_a_rolled_back_savepoint_leaves_nothing(self, card: Card) -> None:
        other = a_card()
        with acting(by=OFFICE, source="test"):
            sid = transaction.savepoint()
            Card.objects.filter(pk=card.pk).update(stage=Stage.WAITING_FOR_BLANK)
            transaction.savepoint_rollback(sid)
            Card.objects.filter(pk=other.pk).update(stage=Stage.WAITING_FOR_BLANK)
        settle()
        assert (story(card), queue_number(card)) == (["RECORDED"], "")
        assert queue_number(other) == "A-1"
        assert counts() == {(1, "RECORDED", False): 1, (1, "WAITING_FOR_BLANK", False): 1}

    def test_a_rolled_back_savepoint_leaves_nothing_even_when_it_settled(self, card: Card) -> None:
        with acting(by=OFFICE, source="test"):
            sid = transaction.savepoint()
            Card.objects.filter(pk=card.pk).update(stage=Stage.WAITING_FOR_BLANK)
            settle()
            assert queue_number(card) == "A-1"
            transaction.savepoint_rollback(sid)
        settle()
        assert counts() == {(1, "RECORDED", False): 1}
        step(a_card(), Stage.WAITING_FOR_BLANK)
        assert sql("SELECT number FROM tracking_ticket") == [(1,)]

    def test_a_step_after_a_refused_one_is_whole(self, card: Card) -> None:
        with acting(by=OFFICE, source="test"):
            with refused("EK002"):
                Card.objects.filter(pk=card.pk).update(stage=Stage.PRINTED)
            Card.objects.filter(pk=card.pk).update(stage=Stage.DEDUPLICATING)
        settle()
        assert story(card) == ["RECORDED", "DEDUPLICATING"]

    def test_constraints_made_immediate_spoil_nothing(self) -> None:
        """The site may settle early: the numbers are then drawn statement by statement, none twice, none left out."""
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        late, early = a_card(requested_at=day(9)), a_card(requested_at=day(1))
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        with acting(by=OFFICE, source="test"):
            Card.objects.filter(pk=late.pk).update(stage=Stage.WAITING_FOR_BLANK)
            Card.objects.filter(pk=early.pk).update(stage=Stage.WAITING_FOR_BLANK)
        assert (queue_number(late), queue_number(early)) == ("A-1", "A-2")
        assert counts() == {(1, "WAITING_FOR_BLANK", False): 2}
        assert sql("SELECT count(*) FROM tracking_unsettled") == [(0,)]
