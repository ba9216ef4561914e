"""The one door: every change of stage leaves one event, and nothing else leaves any, however it is written."""

from datetime import UTC, datetime

import pytest

from tests.builders import (
    OFFICE,
    a_card,
    a_citizen,
    day,
    last_event,
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
