"""Steps folded into the way of a card."""

from tracking.public.way import RECORDING, Past, fold
from tracking.stages import Stage


def stages(words: str, state: str) -> list[str]:
    return [step.stage for step in fold(words.split()).steps if step.state == state]


def test_what_lies_ahead_has_no_date() -> None:
    way = fold(["RECORDED+", "DEDUPLICATING+"])
    assert {step.event for step in way.steps if step.state == "later"} == {None}


def test_the_present_stage_is_marked() -> None:
    assert stages("RECORDED+ DEDUPLICATING+ WAITING_FOR_BLANK+", "now") == ["WAITING_FOR_BLANK"]


def test_stages_that_were_skipped_are_not_shown_as_done() -> None:
    assert stages("RECORDED+ WAITING_FOR_BLANK+", "done") == ["RECORDED"]


def test_a_card_new_to_us_was_recorded_all_the_same() -> None:
    assert fold(["WAITING_FOR_BLANK+"]).steps[0] == (Stage.RECORDED, "done", RECORDING)


def test_a_step_back_puts_what_it_undoes_ahead_again() -> None:
    words = "RECORDED+ WAITING_FOR_BLANK+ BLANK_ALLOCATED PRINTED WAITING_FOR_BLANK"
    assert stages(words, "done") == ["RECORDED"]
    assert stages(words, "later")[:2] == ["BLANK_ALLOCATED", "PRINTED"]


def test_a_held_card_is_matched_again_afterwards() -> None:
    words = "RECORDED+ DEDUPLICATING+ HELD+"
    assert stages(words, "now") == ["HELD"]
    assert stages(words, "later")[0] == "DEDUPLICATING"


def test_a_card_once_held_shows_no_trace_of_it_on_its_way() -> None:
    assert stages("RECORDED+ HELD+ WAITING_FOR_BLANK+", "done") == ["RECORDED"]


def test_nothing_follows_the_end() -> None:
    for end in ("DELIVERED", "CANCELLED"):
        assert stages(f"RECORDED+ {end}", "later") == []


def test_a_delivered_card_is_done() -> None:
    assert stages("RECORDED+ DELIVERED+", "done") == ["RECORDED", "DELIVERED"]


def test_a_correction_takes_the_wrong_step_out_of_the_way_and_the_history() -> None:
    way = fold(["RECORDED+", "AT_KECAMATAN", "DELIVERED", "AT_KECAMATAN-"])
    assert [step.stage for step in way.steps if step.state == "now"] == ["AT_KECAMATAN"]
    assert [past.stage for past in way.history] == ["RECORDED", "AT_KECAMATAN", "AT_KECAMATAN"]
    assert way.history[-1] == Past("AT_KECAMATAN", 3, "disdukcapil", True)
    assert (way.since, way.corrected) == (1, 3)


def test_repeated_corrections_walk_back_step_by_step() -> None:
    way = fold(["RECORDED+", "DEDUPLICATING+", "WAITING_FOR_BLANK+", "DEDUPLICATING-", "RECORDED-"])
    assert [step.stage for step in way.steps if step.state == "now"] == ["RECORDED"]
    assert way.since == 0


def test_a_step_after_a_correction_is_news_and_no_apology() -> None:
    assert fold(["RECORDED+", "HELD+", "RECORDED-", "DEDUPLICATING+"]).corrected is None


def test_history_names_who_said_so() -> None:
    history = fold(["RECORDED+", "WAITING_FOR_BLANK+", "BLANK_ALLOCATED", "PRINTED", "AT_KECAMATAN"]).history
    assert [past.office for past in history] == [
        "centre",
        "centre",
        "disdukcapil",
        "disdukcapil",
        "kecamatan",
    ]
