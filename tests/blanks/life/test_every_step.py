"""Every legal step with every reason, through the ORM and by hand: where the blank of the card is afterwards."""

from collections.abc import Callable

import pytest
from django.db import connection

from blanks.ledger import EFFECTS, Effect
from tests import people
from tests.builders import OFFICE, a_card, correct, refused, sql, step
from tracking.actor import acting
from tracking.stages import CANCEL_REASONS, LED_BY_LEDGER, PAIRS, STEPS, STOPS, LegalStep, Stage
from tracking.verify import check

from .ways import a_card_at, books, by_orm, by_sql, moved, named, serial_of, supplied, undone

pytestmark = pytest.mark.django_db

S = Stage
QUOTA, SPOILED, LOST = "cards → quota 1", "cards → spoiled", "cards → lost"
# As the office says it. A step that is not here moves no blank.
WHERE_TO: dict[tuple[str, str], dict[str, str]] = {
    (S.WAITING_FOR_BLANK, S.BLANK_ALLOCATED): {"": "quota 1 → cards"},
    (S.BLANK_ALLOCATED, S.WAITING_FOR_BLANK): {
        "withdrawn": QUOTA,
        "blocked": QUOTA,
        "not_printed": QUOTA,
        "misprint": SPOILED,
        "not_found": LOST,
    },
    (S.BLANK_ALLOCATED, S.HELD): dict.fromkeys(STOPS, QUOTA),
    (S.BLANK_ALLOCATED, S.CANCELLED): dict.fromkeys(CANCEL_REASONS, QUOTA),
    (S.PRINTED, S.WAITING_FOR_BLANK): {
        "damaged": SPOILED,
        "wrong_data": SPOILED,
        "lost": LOST,
        "not_found": LOST,
    },
    (S.AT_KECAMATAN, S.WAITING_FOR_BLANK): {
        "damaged": SPOILED,
        "wrong_data": SPOILED,
        "lost": LOST,
        "not_found": LOST,
    },
    (S.OUT_FOR_DELIVERY, S.WAITING_FOR_BLANK): {"lost": LOST},
    (S.RETURNED, S.WAITING_FOR_BLANK): {"damaged": SPOILED, "wrong_data": SPOILED, "lost": LOST},
    (S.PRINTED, S.CANCELLED): dict.fromkeys(CANCEL_REASONS, SPOILED),
    (S.AT_KECAMATAN, S.CANCELLED): dict.fromkeys(CANCEL_REASONS, SPOILED),
    (S.OUT_FOR_DELIVERY, S.CANCELLED): dict.fromkeys(CANCEL_REASONS, SPOILED),
    (S.RETURNED, S.CANCELLED): dict.fromkeys(CANCEL_REASONS, SPOILED),
}
PRINTED = (S.PRINTED, S.AT_KECAMATAN, S.OUT_FOR_DELIVERY, S.RETURNED)
Door = Callable[..., None]
every_stage = pytest.mark.parametrize("stage", sorted({one.from_stage for one in STEPS}))
both_doors = pytest.mark.parametrize("door", [by_orm, by_sql])


def where_to(one: LegalStep) -> str:
    return WHERE_TO.get((one.from_stage, one.to_stage), {}).get(one.reason, "")


def test_the_list_of_the_code_is_the_office_s() -> None:
    says = {
        Effect.NONE: "",
        Effect.BIND: "",
        Effect.TAKE: "quota 1 → cards",
        Effect.GIVE_BACK: QUOTA,
        Effect.SPOIL: SPOILED,
        Effect.LOSE: LOST,
    }
    assert {row[:3]: says[row[3]] for row in EFFECTS} == {one[:3]: where_to(one) for one in STEPS}
    assert {pair: set(reasons) for pair, reasons in WHERE_TO.items()} == {
        pair: {one.reason for one in STEPS if one[:2] == pair} for pair in WHERE_TO
    }


def steps_from(stage: str) -> list[LegalStep]:
    return [one for one in STEPS if one.from_stage == stage]


@every_stage
@both_doors
def test_the_blank_goes_where_the_office_says_and_a_correction_puts_it_back(
    stage: str, door: Door, subtests: pytest.Subtests
) -> None:
    supplied()
    card, ratna = a_card_at(stage), people.supervisor()
    before, serial = books(), serial_of(card)
    for one in steps_from(stage):
        with subtests.test(named(one)), undone(card):
            door(card, one.to_stage, one.reason)
            assert (card.stage, moved(before)) == (one.to_stage, where_to(one))
            place, number = serial_of(card) or ("", 0)
            if stage in PRINTED:
                assert serial and number == serial[1]
                assert place == (where_to(one) or "→ cards").rpartition("→ ")[2]
            else:
                assert place == {"PRINTED": "cards", "misprint": "spoiled"}.get(
                    one.reason or one.to_stage, ""
                )

            correct(card, by=ratna)
            assert (card.stage, moved(before)) == (stage, "")
            if stage in PRINTED:
                assert serial_of(card) == serial
            else:
                assert (serial_of(card) or ("free",))[0] == "free"

            door(card, one.to_stage, one.reason)
            assert (card.stage, moved(before)) == (one.to_stage, where_to(one))


@pytest.mark.parametrize("stage", LED_BY_LEDGER)
@both_doors
def test_a_card_outside_the_ledger_moves_no_blank(stage: str, door: Door, subtests: pytest.Subtests) -> None:
    card, ratna = a_card(stage), people.supervisor()
    before = books()
    for one in steps_from(stage):
        with subtests.test(named(one)), undone(card):
            door(card, one.to_stage, one.reason)
            assert (card.stage, moved(before), serial_of(card)) == (one.to_stage, "", None)
            correct(card, by=ratna)
            assert (card.outside_ledger, moved(before)) == (True, "")


NOT_A_REASON = [
    (*pair, reason)
    for pair in sorted({one[:2] for one in STEPS if one.reason})
    for reason in ("", "because", "mistake")
    if (*pair, reason) not in {one[:3] for one in STEPS}
]


@every_stage
@both_doors
def test_a_step_that_does_not_say_why_moves_neither_card_nor_blank(
    stage: str, door: Door, subtests: pytest.Subtests
) -> None:
    card = a_card_at(stage)
    before = books()
    for one, to, reason in NOT_A_REASON:
        if one == stage:
            with subtests.test(f"{to}-{reason}"):
                with refused("EK003"):
                    door(card, to, reason)
                card.refresh_from_db()
                assert (card.stage, moved(before)) == (stage, "")


@pytest.mark.parametrize("stage", Stage)
def test_a_step_that_is_not_listed_moves_no_blank(stage: str, subtests: pytest.Subtests) -> None:
    card = a_card_at(stage) if stage != S.CANCELLED else a_card_at(S.PRINTED)
    if stage == S.CANCELLED:
        step(card, S.CANCELLED, "other")
    before = books()
    for pair in PAIRS:
        if pair[0] == stage != pair[1] and pair not in {one[:2] for one in STEPS}:
            with subtests.test(str(pair[1])):
                with refused("EK002", "EK003"):
                    by_sql(card, pair[1], "")
                card.refresh_from_db()
                assert (card.stage, moved(before)) == (stage, "")


@pytest.mark.parametrize(("to", "reason"), [(S.PRINTED, ""), (S.WAITING_FOR_BLANK, "misprint")])
def test_nobody_marks_a_card_as_printed_without_its_serial(to: str, reason: str) -> None:
    card = a_card_at(S.BLANK_ALLOCATED)
    with refused("EK012"), acting(by=OFFICE, source="test", reason=reason):
        sql("UPDATE tracking_card SET stage = %s WHERE id = %s", [to, card.pk])


def test_after_all_of_it_verify_finds_nothing() -> None:
    supplied(1, 50)
    ratna = people.supervisor()
    for one in STEPS:
        for corrected in (False, True):
            card = a_card_at(one.from_stage)
            by_orm(card, one.to_stage, one.reason)
            if corrected:
                correct(card, by=ratna)
            if card.stage == S.WAITING_FOR_BLANK:  # or those who come later would jump the queue
                step(card, S.CANCELLED, "other")
    with connection.cursor() as cursor:
        assert check(cursor).problems == []
