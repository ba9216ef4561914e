"""How long cards were in a stage: counted from the steps of days that are over, with real commits."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from tests import builders, people
from tests.tracking.public.reading import page, row, rows, table
from tracking.actions import days
from tracking.models import DayCount, Stay
from tracking.stages import Stage
from tracking.verify import verify


def test_time_spent_is_of_cards_that_left_and_never_of_a_few(
    committed: None, owner_sql: Callable[..., object]
) -> None:
    for length, n, stage in (
        (3, 5, "DEDUPLICATING"),
        (9, 4, "DEDUPLICATING"),
        (40, 1, "DEDUPLICATING"),
        (7, 4, "HELD"),
    ):
        owner_sql(
            "INSERT INTO tracking_stay (week, stage, days, n) VALUES (current_date, %s, %s, %s)",
            [stage, length, n],
        )
    text = page("/statistik/")
    assert row("Sedang dicocokkan (penunggalan)", table(text, "stays")) == ["10", "3 hari", "9 hari"]
    assert "Tertahan" not in table(text, "stays")
    (line,) = rows("lama")
    assert list(line.values())[1:] == ["DEDUPLICATING", "10", "3", "9"]


def test_stays_are_counted_from_the_steps_of_a_day(committed: None, owner_sql: Callable[..., object]) -> None:
    """Four days in the centre; a step that was corrected, and the correction, are none."""
    card = builders.a_card(Stage.RECORDED)
    builders.step(card, Stage.DEDUPLICATING)
    builders.step(card, Stage.HELD, "ADJUDICATE_RECORD", code="ADJUDICATE_RECORD")
    builders.correct(card, by=people.supervisor())
    builders.step(card, Stage.WAITING_FOR_BLANK)
    owner_sql(
        "UPDATE tracking_event SET since = since - interval '4 days' WHERE to_stage = 'DEDUPLICATING' AND corrects IS NULL"
    )
    owner_sql("UPDATE tracking_event SET since = since - interval '5 days' WHERE to_stage = 'RECORDED'")
    owner_sql("UPDATE tracking_event SET at = at - interval '1 day'")
    days.close_days()
    found = {(one.stage, one.days): one.n for one in Stay.objects.all()}
    assert found == {("RECORDED", 1): 1, ("DEDUPLICATING", 4): 1}
    assert stays_differ() == []
    yesterday = timezone.localdate() - timedelta(days=1)
    assert DayCount.objects.get(day=yesterday, stage=Stage.WAITING_FOR_BLANK).n == 1


def test_a_correction_of_a_later_day_leaves_what_was_kept(
    committed: None, owner_sql: Callable[..., object]
) -> None:
    card = builders.a_card(Stage.RECORDED)
    builders.step(card, Stage.DEDUPLICATING)
    owner_sql("UPDATE tracking_event SET at = at - interval '1 day', since = since - interval '1 day'")
    days.close_days()
    builders.correct(card, by=people.supervisor())
    assert [(one.stage, one.n) for one in Stay.objects.all()] == [("RECORDED", 1)]
    assert stays_differ() == []
    owner_sql("UPDATE tracking_stay SET n = 2")
    assert stays_differ() == ["RECORDED"]


def stays_differ() -> list[str]:
    """Of which stages the kept figures differ from the steps."""
    problems = [one.what for one in verify().problems if one.invariant == "stays_as_steps_say"]
    return [what.split(", ")[1] for what in problems]
