"""The one door: every change of stage leaves one event, and nothing else leaves any, however it is written."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from tests.builders import (
    OFFICE,
    a_card,
    a_citizen,
    day,
    last_event,
    many_cards,
    move_house,
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


class TestAStep:
    def test_leaves_one_event_that_says_all(self, card: Card) -> None:
        since = datetime(2017, 3, 1, 2, 0, tzinfo=UTC)
        with acting(by="source:siak", source="batch:7"):
            Card.objects.filter(pk=card.pk).update(
                stage=Stage.DEDUPLICATING, code="SENT_FOR_DEDUP", since=since
            )
        event = last_event(card)
        assert (event.from_stage, event.to_stage) == (Stage.RECORDED, Stage.DEDUPLICATING)
        assert (event.actor, event.source, event.reason) == ("source:siak", "batch:7", "")
        assert (event.since, event.code, event.corrects) == (since, "SENT_FOR_DEDUP", None)

    def test_of_our_own_has_no_central_code_and_happened_now(self) -> None:
        card = a_card(Stage.WAITING_FOR_BLANK, code="PRINT_READY_RECORD", since=day(5))
        event = step(card, Stage.BLANK_ALLOCATED)
        assert (event.code, card.code) == (None, None)
        assert event.since == event.at == card.since

    def test_moves_one_count(self, card: Card) -> None:
        assert counts() == {(1, "RECORDED", False): 1}
        step(card, Stage.DEDUPLICATING)
        assert counts() == {(1, "DEDUPLICATING", False): 1}

    def test_of_a_model_that_is_saved_passes_the_same_door(self, card: Card) -> None:
        with acting(by=OFFICE, source="test"):
            card.stage = Stage.DEDUPLICATING
            card.save(update_fields=["stage"])
        assert story(card) == ["RECORDED", "DEDUPLICATING"]

    def test_by_bulk_update_leaves_an_event_each(self) -> None:
        cards = [a_card(), a_card(), a_card()]
        for one in cards:
            one.stage = Stage.DEDUPLICATING
        with acting(by=OFFICE, source="test"):
            Card.objects.bulk_update(cards, ["stage"])
        assert [story(one) for one in cards] == [["RECORDED", "DEDUPLICATING"]] * 3

    def test_refused_for_one_card_is_refused_for_all(self, card: Card) -> None:
        other = a_card(Stage.DELIVERED)
        with refused("EK002"), acting(by=OFFICE, source="test"):
            Card.objects.filter(pk__in=[card.pk, other.pk]).update(stage=Stage.DEDUPLICATING)
        assert story(card) == ["RECORDED"]


class TestNoPhantomEvents:
    @pytest.mark.parametrize(
        "change",
        [
            "requested_at = requested_at + interval '1 day'",
            "token_version = token_version + 1",
            "stage = stage",
            "stage = 'DEDUPLICATING'",
            "left_stage = 'RECORDED'",
            "left_stage = 'HELD', left_place_id = 7, left_outside = true",
            "left_place_id = 3",
            "left_outside = true",
            "draws = true",
        ],
    )
    def test_after_an_update_that_moves_nothing(self, card: Card, change: str) -> None:
        step(card, Stage.DEDUPLICATING)
        before = counts()
        with acting(by=OFFICE, source="test"):
            for _again in range(2):
                sql(f"UPDATE tracking_card SET {change} WHERE id = %s", [card.pk])
        settle()
        assert story(card) == ["RECORDED", "DEDUPLICATING"]
        assert counts() == before
        assert queue_number(card) == ""
        assert sql("SELECT draws, left_stage FROM tracking_card WHERE id = %s", [card.pk]) == [(False, None)]

    def test_in_the_statement_after_a_step(self, card: Card) -> None:
        with acting(by=OFFICE, source="test"):
            Card.objects.filter(pk=card.pk).update(stage=Stage.DEDUPLICATING)
            Card.objects.filter(pk=card.pk).update(requested_at=day(3))
            Card.objects.filter(pk=card.pk).update(stage=Stage.WAITING_FOR_BLANK)
        assert story(card) == ["RECORDED", "DEDUPLICATING", "WAITING_FOR_BLANK"]

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE tracking_card SET stage = 'PRINTED' WHERE false",
            "INSERT INTO tracking_card (citizen_id, kind, stage, requested_at, kecamatan_id)"
            " SELECT 1, 'BARU', 'PRINTED', now(), 1 WHERE false",
            "UPDATE tracking_block SET lift_reason = 'checked' WHERE false",
            "MERGE INTO tracking_card USING (SELECT 1 AS id WHERE false) x ON tracking_card.id = x.id"
            " WHEN MATCHED THEN UPDATE SET stage = 'PRINTED'",
        ],
    )
    def test_for_no_row_at_all_even_when_nobody_says_who(self, statement: str) -> None:
        before = Event.objects.count()
        sql(statement)
        settle()
        assert Event.objects.count() == before

    def test_when_a_card_moves_house(self, card: Card) -> None:
        move_house(card, 4)
        assert story(card) == ["RECORDED"]
        assert counts() == {(4, "RECORDED", False): 1}


class TestForgedColumns:
    FORGED = {
        "left_stage": ("'HELD'", None),
        "left_place_id": ("9", None),
        "left_outside": ("true", None),
        "draws": ("true", False),
        "blocked": ("true", False),
        "outside_ledger": ("true", False),
        "outside_confirmed": ("true", False),
        "ticket_kecamatan_id": ("9", None),
        "token_version": ("77", 1),
    }

    @pytest.mark.parametrize("column", FORGED)
    def test_of_a_new_card_are_overwritten(self, column: str) -> None:
        forged, right = self.FORGED[column]
        citizen = a_citizen()
        with acting(by=OFFICE, source="test"):
            rows = sql(
                f"""INSERT INTO tracking_card (citizen_id, kind, stage, requested_at, kecamatan_id, since, {column})
                VALUES (%s, 'BARU', 'RECORDED', now(), 1, now(), {forged}) RETURNING {column}, id""",
                [citizen.pk],
            )
        settle()
        assert rows[0][0] == right
        assert story(Card.objects.get(pk=rows[0][1])) == ["RECORDED"]
        assert counts() == {(1, "RECORDED", False): 1}
        assert sql("SELECT count(*) FROM tracking_ticket") == [(0,)]

    @pytest.mark.parametrize(
        "change",
        [
            "blocked = true",
            "outside_ledger = true",
            "ticket_kecamatan_id = 9",
            "citizen_id = citizen_id + 1",
            "kind = 'UBAH'",
            "id = id + 1000000",
            "token_version = 3",
            "token_version = 0",
            "token_version = 32767",
            "since = now()",
            "code = 'CARD_PRINTED'",
            "stage = 'DEDUPLICATING', blocked = true",
            "stage = 'DEDUPLICATING', outside_ledger = true",
            "stage = 'WAITING_FOR_BLANK', ticket_kecamatan_id = 9",
            "stage = 'DEDUPLICATING', citizen_id = citizen_id + 1",
        ],
    )
    def test_of_a_known_card_are_refused(self, card: Card, change: str) -> None:
        with refused("EK007"), acting(by=OFFICE, source="test"):
            sql(f"UPDATE tracking_card SET {change} WHERE id = %s", [card.pk])

    @pytest.mark.parametrize("column", ["letter", "place_id", "closed", "phase"])
    def test_that_are_computed_cannot_be_written(self, card: Card, column: str) -> None:
        with refused("428C9"), acting(by=OFFICE, source="test"):
            sql(f"UPDATE tracking_card SET {column} = NULL WHERE id = %s", [card.pk])

    def test_beside_a_step_change_nothing_of_it(self, card: Card) -> None:
        with acting(by=OFFICE, source="test"):
            sql(
                """UPDATE tracking_card SET stage = 'DEDUPLICATING', left_stage = 'HELD', left_place_id = 9,
                left_outside = true, draws = true WHERE id = %s""",
                [card.pk],
            )
        settle()
        event = last_event(card)
        assert (event.from_stage, event.left_outside) == ("RECORDED", False)
        assert counts() == {(1, "DEDUPLICATING", False): 1}
        assert queue_number(card) == ""

    def test_draw_no_second_number(self) -> None:
        card = a_card(Stage.WAITING_FOR_BLANK)
        with acting(by=OFFICE, source="test"):
            sql("UPDATE tracking_card SET draws = true WHERE id = %s", [card.pk])
            sql(
                "UPDATE tracking_card SET stage = 'HELD', code = 'PACKET_RETRY', draws = true WHERE id = %s",
                [card.pk],
            )
        settle()
        assert sql("SELECT letter, number FROM tracking_ticket") == [("A", 1)]

    def test_an_old_link_does_not_come_back(self, card: Card) -> None:
        with acting(by=OFFICE, source="test"):
            sql("UPDATE tracking_card SET token_version = 2 WHERE id = %s", [card.pk])
        with refused("EK007"), acting(by=OFFICE, source="test"):
            sql("UPDATE tracking_card SET token_version = 1 WHERE id = %s", [card.pk])


class TestAnUnknown:
    def test_citizen_gets_no_card(self) -> None:
        with refused("EK008"), acting(by=OFFICE, source="test"):
            sql(
                """INSERT INTO tracking_card (citizen_id, kind, stage, requested_at, kecamatan_id, since)
                VALUES (987654321, 'BARU', 'RECORDED', now(), 1, now())"""
            )

    @pytest.mark.parametrize("stage", ["RECORDED", "WAITING_FOR_BLANK", "DELIVERED"])
    @pytest.mark.parametrize("kecamatan", [0, 13, -1])
    def test_kecamatan_has_no_card(self, kecamatan: int, stage: str) -> None:
        citizen = a_citizen()
        with refused("EK009"):
            a_card(stage, kecamatan, citizen=citizen)

    @pytest.mark.parametrize("stage", ["RECORDED", "WAITING_FOR_BLANK"])
    def test_kecamatan_is_nobodys_new_home(self, stage: str) -> None:
        card = a_card(stage)
        with refused("EK009"):
            move_house(card, 13)

    def test_kind_has_no_card(self) -> None:
        with refused("23514", "23502"):
            a_card(kind="LAIN")


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
        assert {"tracking_card": 7, "tracking_block": 4, "tracking_unsettled": 1}.items() <= dict(
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
