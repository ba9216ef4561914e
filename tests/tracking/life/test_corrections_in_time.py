"""Corrections with real commits: the quarter of an hour, and two people at once."""

from collections.abc import Callable
from threading import Thread
from typing import Any

from tests import people
from tests.builders import a_card, correct, refused, step, story
from tests.tracking.life.sessions import Session
from tracking.stages import Stage

Open = Callable[..., Session]
Sql = Callable[..., list[tuple[Any, ...]]]


class TestTheShortUndo:
    def test_is_over_after_a_quarter_of_an_hour(self, committed: None, owner_sql: Sql) -> None:
        card, officer = a_card(Stage.PRINTED), people.officer()
        arrival = step(card, Stage.AT_KECAMATAN, by=officer)
        owner_sql("UPDATE tracking_event SET at = now() - interval '15 minutes' WHERE id = %s", [arrival.id])
        with refused("EK006"):
            correct(card, by=officer)
        owner_sql(
            "UPDATE tracking_event SET at = now() - interval '14 minutes 50 seconds' WHERE id = %s",
            [arrival.id],
        )
        correct(card, by=officer)
        assert card.stage == Stage.PRINTED

    def test_is_closed_to_all_when_the_office_has_no_rule(self, committed: None, owner_sql: Sql) -> None:
        card, officer = a_card(Stage.PRINTED), people.officer()
        step(card, Stage.AT_KECAMATAN, by=officer)
        owner_sql("DELETE FROM tracking_officerule")
        with refused("EK006"):
            correct(card, by=officer)


class TestTwoSupervisors:
    """Both see the same card and press the button."""

    def _press(self, one: Session, card: int, event: int, seen: str, to: str) -> int:
        one.begin(reason="mistake", corrects=event)
        return one.run("UPDATE tracking_card SET stage = %s WHERE id = %s AND stage = %s", [to, card, seen])

    def test_undo_one_step_once(self, session: Open) -> None:
        card = a_card(Stage.PRINTED)
        undone = step(card, Stage.AT_KECAMATAN)
        ratna, sari = session(people.supervisor().actor), session(people.supervisor("sari").actor)
        assert self._press(ratna, card.pk, undone.id, "AT_KECAMATAN", "PRINTED") == 1
        found: list[int] = []
        second = Thread(
            target=lambda: found.append(self._press(sari, card.pk, undone.id, "AT_KECAMATAN", "PRINTED"))
        )
        second.start()
        ratna.wait_until_somebody_waits()
        ratna.commit()
        second.join()
        sari.commit()
        assert found == [0]
        assert story(card) == ["PRINTED", "AT_KECAMATAN", "PRINTED"]

    def test_undo_one_step_once_even_without_looking_at_the_stage(self, session: Open) -> None:
        card = a_card(Stage.PRINTED)
        undone = step(card, Stage.AT_KECAMATAN)
        ratna, sari = session(people.supervisor().actor), session(people.supervisor("sari").actor)
        for one in (ratna, sari):
            one.begin(reason="mistake", corrects=undone.id)
        blind = "UPDATE tracking_card SET stage = 'PRINTED' WHERE id = %s"
        ratna.run(blind, [card.pk])
        second = Thread(target=sari.run, args=(blind, [card.pk]))
        second.start()
        ratna.wait_until_somebody_waits()
        ratna.commit()
        second.join()
        sari.commit()
        assert story(card) == ["PRINTED", "AT_KECAMATAN", "PRINTED"]

    def test_who_comes_second_walks_one_step_further_back_only_if_it_says_so(self, session: Open) -> None:
        card = a_card(Stage.BLANK_ALLOCATED)
        first, last = step(card, Stage.PRINTED), step(card, Stage.AT_KECAMATAN)
        ratna, sari = session(people.supervisor().actor), session(people.supervisor("sari").actor)
        assert self._press(ratna, card.pk, last.id, "AT_KECAMATAN", "PRINTED") == 1
        ratna.commit()
        assert self._press(sari, card.pk, last.id, "AT_KECAMATAN", "PRINTED") == 0
        assert self._press(sari, card.pk, first.id, "PRINTED", "BLANK_ALLOCATED") == 1
        sari.commit()
        assert story(card) == ["BLANK_ALLOCATED", "PRINTED", "AT_KECAMATAN", "PRINTED", "BLANK_ALLOCATED"]

    def test_one_corrects_while_the_other_moves_on(self, session: Open) -> None:
        card = a_card(Stage.PRINTED)
        undone = step(card, Stage.AT_KECAMATAN)
        officer, ratna = session("test:officer"), session(people.supervisor().actor)
        officer.begin()
        officer.run("UPDATE tracking_card SET stage = 'OUT_FOR_DELIVERY' WHERE id = %s", [card.pk])
        failed: list[str] = []

        def press() -> None:
            ratna.begin(reason="mistake", corrects=undone.id)
            failed.append(
                ratna.refused("UPDATE tracking_card SET stage = 'PRINTED' WHERE id = %s", [card.pk])
            )

        second = Thread(target=press)
        second.start()
        officer.wait_until_somebody_waits()
        officer.commit()
        second.join()
        assert failed == ["EK005"]
        assert story(card) == ["PRINTED", "AT_KECAMATAN", "OUT_FOR_DELIVERY"]
