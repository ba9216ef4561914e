"""Every pair of stages, with every reason, against the database; and the list against the office's own words."""

from datetime import timedelta

import pytest
from django.db import connection

from tests.builders import OFFICE, a_card, refused, settle, sql, step, stock, story
from tracking.actor import acting
from tracking.models import Step
from tracking.stages import (
    CANCEL_REASONS,
    CENTRAL_STAGE,
    FINAL,
    LETTER_OF_KIND,
    PAIRS,
    RECEIVERS,
    STEPS,
    STOPS,
    Kind,
    LegalStep,
    Letter,
    Phase,
    Reason,
    Stage,
    citizen_must_act,
    phase_of,
)

# The legal steps as the office writes them down.
AS_WRITTEN = """
RECORDED → DEDUPLICATING, HELD, WAITING_FOR_BLANK
DEDUPLICATING → HELD, WAITING_FOR_BLANK
HELD → RECORDED, DEDUPLICATING, WAITING_FOR_BLANK
WAITING_FOR_BLANK → BLANK_ALLOCATED, HELD
BLANK_ALLOCATED → PRINTED, WAITING_FOR_BLANK, HELD
PRINTED → AT_KECAMATAN, WAITING_FOR_BLANK
AT_KECAMATAN → OUT_FOR_DELIVERY, DELIVERED, WAITING_FOR_BLANK
OUT_FOR_DELIVERY → DELIVERED, RETURNED, WAITING_FOR_BLANK
RETURNED → OUT_FOR_DELIVERY, DELIVERED, WAITING_FOR_BLANK
"""
LEGAL = {
    (here, there.strip())
    for line in AS_WRITTEN.strip().splitlines()
    for here, goes in [line.split(" → ")]
    for there in goes.split(",")
} | {(stage.value, "CANCELLED") for stage in Stage if stage.value not in ("DELIVERED", "CANCELLED")}
ORDER = [stage.value for stage in Stage]
BACK_TO_THE_QUEUE = {(here, "WAITING_FOR_BLANK") for here in ORDER[ORDER.index("BLANK_ALLOCATED") :]}


def a_reason(here: str, there: str) -> str:
    """One that fits the step, if any is needed."""
    return next((s.reason for s in STEPS if (s.from_stage, s.to_stage) == (here, there)), "")


class TestTheList:
    def test_has_the_steps_as_written(self) -> None:
        assert {(s.from_stage.value, s.to_stage.value) for s in STEPS} == LEGAL

    def test_names_each_step_with_each_reason_once(self) -> None:
        assert len({step[:3] for step in STEPS}) == len(STEPS)

    def test_lets_nothing_leave_a_final_stage(self) -> None:
        assert FINAL == (Stage.DELIVERED, Stage.CANCELLED)
        assert not [s for s in STEPS if s.from_stage in FINAL]

    def test_lets_every_other_stage_end(self) -> None:
        ends = {(s.from_stage, s.reason) for s in STEPS if s.to_stage == Stage.CANCELLED}
        assert ends == {(stage, reason) for stage in Stage if stage not in FINAL for reason in CANCEL_REASONS}

    @pytest.mark.parametrize("one", STEPS, ids=str)
    def test_gives_a_reason_to_steps_back_stops_returns_and_ends_only(self, one: LegalStep) -> None:
        pair = (one.from_stage.value, one.to_stage.value)
        needs = pair[1] in ("HELD", "RETURNED", "CANCELLED") or pair in BACK_TO_THE_QUEUE
        assert bool(one.reason) == needs or (pair[1] == "DELIVERED" and one.reason in RECEIVERS)

    def test_holds_a_card_for_a_central_code(self) -> None:
        assert {s.reason for s in STEPS if s.to_stage == Stage.HELD} == set(STOPS)

    def test_knows_a_stage_for_every_central_code(self) -> None:
        assert len(CENTRAL_STAGE) == 18
        without = set(Stage) - set(CENTRAL_STAGE.values())
        assert without == {Stage.OUT_FOR_DELIVERY, Stage.RETURNED, Stage.CANCELLED}

    def test_says_who_acts_on_a_held_card(self) -> None:
        acts = {code for code in STOPS if citizen_must_act(Stage.HELD, code)}
        assert acts == {"DUPLICATE_RECORD", "ENROLL_FAILURE_AT_CENTRAL", "ENROLL_FAILURE_AT_REGIONAL"}
        assert not citizen_must_act(Stage.RECORDED, "DUPLICATE_RECORD")

    def test_has_a_letter_for_every_kind(self) -> None:
        assert LETTER_OF_KIND == {
            Kind.FIRST: Letter.A,
            Kind.CHANGED: Letter.B,
            Kind.DAMAGED: Letter.C,
            Kind.LOST: Letter.C,
        }

    def test_stops_what_begins_something_while_blocked(self) -> None:
        assert {(s.from_stage.value, s.to_stage.value) for s in STEPS if s.towards_citizen} == {
            ("WAITING_FOR_BLANK", "BLANK_ALLOCATED"),
            ("BLANK_ALLOCATED", "PRINTED"),
            ("AT_KECAMATAN", "OUT_FOR_DELIVERY"),
            ("AT_KECAMATAN", "DELIVERED"),
            ("RETURNED", "OUT_FOR_DELIVERY"),
            ("RETURNED", "DELIVERED"),
        }

    def test_lets_arrival_and_counter_be_undone_shortly(self) -> None:
        assert {(s.from_stage.value, s.to_stage.value) for s in STEPS if s.short_undo} == {
            ("PRINTED", "AT_KECAMATAN"),
            ("AT_KECAMATAN", "DELIVERED"),
            ("RETURNED", "DELIVERED"),
        }


@pytest.mark.django_db
class TestTheDatabase:
    def test_knows_the_same_steps(self) -> None:
        rows = Step.objects.values_list("from_stage", "to_stage", "reason", "towards_citizen", "short_undo")
        assert sorted(rows) == sorted(tuple(step) for step in STEPS)

    def test_lists_the_steps_to_the_site_for_reading_only(self) -> None:
        for change in (
            "INSERT INTO tracking_step (from_stage, to_stage, reason, towards_citizen, short_undo)"
            " VALUES ('RECORDED', 'PRINTED', '', false, false)",
            "UPDATE tracking_step SET towards_citizen = false",
            "DELETE FROM tracking_step",
            "TRUNCATE tracking_step",
        ):
            with refused("42501"):
                sql(change)

    @pytest.mark.parametrize("stage", Stage)
    def test_takes_a_new_card_in_any_stage_and_says_its_phase(self, stage: Stage) -> None:
        card = a_card(stage)
        assert (card.stage, card.phase, card.closed) == (stage, phase_of(stage), stage in FINAL)
        assert story(card) == [stage]
        assert card.phase in Phase

    @pytest.mark.parametrize(("here", "there"), PAIRS, ids=lambda stage: stage.value)
    def test_decides_a_pair_from_the_orm(self, here: Stage, there: Stage) -> None:
        card = a_card(here)
        if here == there:
            step(card, there)
            assert story(card) == [here]
        elif (here.value, there.value) in LEGAL:
            step(card, there, a_reason(here, there))
            assert (card.stage, story(card)) == (there, [here, there])
        else:
            with refused("EK002"):
                step(card, there, a_reason(here, there))

    @pytest.mark.parametrize(("here", "there"), PAIRS, ids=lambda stage: stage.value)
    def test_decides_a_pair_from_raw_sql(self, here: Stage, there: Stage) -> None:
        card = a_card(here)

        def move() -> None:
            sql(
                """SELECT set_config('ektp.actor', 'test:sql', true), set_config('ektp.source', 'test', true),
                set_config('ektp.reason', %s, true)""",
                [a_reason(here, there)],
            )
            sql("UPDATE tracking_card SET stage = %s WHERE id = %s", [there, card.pk])
            settle()

        stock(1, 1)

        if here == there or (here.value, there.value) in LEGAL:
            move()
            assert story(card) == ([here] if here == there else [here, there])
        else:
            with refused("EK002"):
                move()

    @pytest.mark.parametrize("stage", ["", "PRINTED ", "printed", "LOST", "A" * 20])
    def test_knows_no_other_stage(self, stage: str) -> None:
        card = a_card()
        with refused("EK002", "23514"):
            step(card, stage)
        with refused("23514", "23502"):
            a_card(stage)

    def test_decides_every_pair_with_every_reason(self) -> None:
        """A missing reason, another step's, and one that nobody listed are each refused."""
        cards = {stage.value: a_card(stage).pk for stage in Stage}
        reasons = ["", *Reason.values, *STOPS, "because", " misprint", "MISPRINT"]
        with connection.cursor() as cursor, acting(by=OFFICE, source="test"):
            cursor.execute("CREATE TEMP TABLE tried (a text, b text, why text, state text)")
            cursor.execute(
                """CREATE FUNCTION pg_temp.try(card bigint, a text, b text, why text) RETURNS void
                LANGUAGE plpgsql AS $$
                DECLARE found text := '';
                BEGIN
                    PERFORM set_config('ektp.reason', why, true);
                    BEGIN
                        UPDATE tracking_card SET stage = b WHERE id = card;
                        RAISE EXCEPTION USING ERRCODE = 'ZZ000';
                    EXCEPTION WHEN OTHERS THEN found := SQLSTATE;
                    END;
                    INSERT INTO tried VALUES (a, b, why, found);
                END $$"""
            )
            cursor.execute(
                """SELECT pg_temp.try(card, a, b, why)
                FROM unnest(%s::bigint[], %s) x (card, a), unnest(%s) b, unnest(%s) why WHERE a <> b""",
                [list(cards.values()), list(cards), Stage.values, reasons],
            )
            cursor.execute("SELECT a, b, why, state FROM tried")
            tried = cursor.fetchall()
        steps = {(str(s.from_stage), str(s.to_stage), s.reason) for s in STEPS}
        assert len(tried) == 11 * 10 * len(reasons)
        for a, b, why, state in tried:
            expected = "ZZ000" if (a, b, why) in steps else "EK003" if (a, b) in LEGAL else "EK002"
            assert state == expected, (a, b, why)

    @pytest.mark.parametrize("code", [*STOPS, "BIO_CAPTURED", "CARD_PRINTED", "NONSENSE"])
    def test_takes_the_central_code_as_the_reason_of_a_stop(self, code: str) -> None:
        card = a_card()
        if code in STOPS:
            event = step(card, Stage.HELD, code=code, since=card.since + timedelta(days=1))
            assert (event.reason, event.code, card.code) == (code, code, code)
        else:
            with refused("EK003"):
                step(card, Stage.HELD, code=code)
