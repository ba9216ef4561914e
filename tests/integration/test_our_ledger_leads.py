"""domain.md, "Who leads": what the centre says of a card that was printed, stopped, or is outside the ledger."""

import pytest

from tracking.actor import acting
from tracking.models import Block, CentralFact, Event, Ticket
from tracking.stages import CENTRAL_STAGE, PRINT_SIDE, STOPS, Stage

from .feeds import card, citizen, outcomes, said, send
from .office import APR, FEB, MAR, step

pytestmark = pytest.mark.django_db


class TestAStop:
    @pytest.mark.parametrize("stop", STOPS)
    @pytest.mark.parametrize("before", ["BIO_CAPTURED", "SENT_FOR_DEDUP", "PRINT_READY_RECORD"])
    def test_holds_a_card_that_is_not_printed(self, before: str, stop: str) -> None:
        send(said(before, FEB))
        assert outcomes(send(said(stop, MAR))) == {"updated": 1}
        assert (card().stage, card().code) == (Stage.HELD, stop)
        assert Event.objects.filter(card_id=card().id).order_by("-id")[0].reason == stop

    def test_holds_a_card_that_has_its_blank(self) -> None:
        send(said("PRINT_READY_RECORD", FEB))
        step("BLANK_ALLOCATED")
        send(said("DUPLICATE_RECORD", MAR))
        assert card().stage == Stage.HELD

    @pytest.mark.parametrize(
        "stages", [["PRINTED"], ["PRINTED", "AT_KECAMATAN"], ["PRINTED", "AT_KECAMATAN", "OUT_FOR_DELIVERY"]]
    )
    def test_about_a_printed_card_is_refused_and_blocks_it(self, stages: list[str]) -> None:
        send(said("PRINT_READY_RECORD", FEB))
        step("BLANK_ALLOCATED")
        for stage in stages:
            step(stage)
        assert send(said("DUPLICATE_RECORD", MAR))["reasons"] == {"already_printed": 1}
        assert card().blocked
        assert card().stage == stages[-1]

    def test_with_another_code_about_a_held_card_is_a_fact(self) -> None:
        send(said("PACKET_RETRY", FEB))
        assert outcomes(send(said("DUPLICATE_RECORD", MAR))) == {"updated": 1}
        assert citizen().word.code == "DUPLICATE_RECORD"
        assert CentralFact.objects.get().code == "DUPLICATE_RECORD"


class TestOutsideTheLedger:
    def test_follows_later_print_side_codes_forward_in_several_steps(self) -> None:
        send(said("SENT_FOR_CARD_PRINTING", FEB))
        assert outcomes(send(said("CARD_ISSUED", MAR))) == {"updated": 1}
        steps = Event.objects.filter(card_id=card().id).order_by("id").values_list("to_stage", flat=True)
        assert list(steps) == ["BLANK_ALLOCATED", "PRINTED", "AT_KECAMATAN", "DELIVERED"]
        assert card().outside_ledger

    def test_a_confirmed_one_follows_no_more(self) -> None:
        send(said("CARD_SHIPPED", FEB))
        with acting(by="test:officer", source="test"):
            one = card()
            one.outside_confirmed = True
            one.save(update_fields=["outside_confirmed"])
        assert outcomes(send(said("CARD_ISSUED", MAR))) == {"updated": 1}
        assert card().stage == Stage.AT_KECAMATAN

    def test_an_earlier_code_is_a_fact(self) -> None:
        send(said("CARD_SHIPPED", FEB))
        send(said("PRINT_READY_RECORD", MAR))
        assert card().stage == Stage.AT_KECAMATAN
        assert CentralFact.objects.count() == 1

    def test_a_stop_holds_one_that_is_only_to_be_printed_and_ends_the_mark(self) -> None:
        send(said("SENT_FOR_CARD_PRINTING", FEB))
        send(said("DUPLICATE_RECORD", MAR))
        assert (card().stage, card().outside_ledger) == (Stage.HELD, False)

    def test_a_stop_blocks_one_that_is_shipped(self) -> None:
        send(said("CARD_SHIPPED", FEB))
        assert send(said("DUPLICATE_RECORD", MAR))["reasons"] == {"already_printed": 1}
        assert card().blocked

    def test_not_found_goes_to_the_queue_with_a_ticket(self) -> None:
        send(said("CARD_SHIPPED", FEB))
        step("WAITING_FOR_BLANK", "not_found")
        assert (card().outside_ledger, str(Ticket.objects.get(card_id=card().id))) == (False, "A-1")


class TestOurOwnLedgerLeads:
    @pytest.mark.parametrize(
        "code", [code for code in CENTRAL_STAGE if code not in STOPS and code != "PRINT_READY_RECORD"]
    )
    def test_what_the_centre_says_of_an_allocated_card_is_a_fact(self, code: str) -> None:
        send(said("PRINT_READY_RECORD", FEB))
        step("BLANK_ALLOCATED")
        assert outcomes(send(said(code, MAR))) == {"updated": 1}
        assert card().stage == Stage.BLANK_ALLOCATED
        assert CentralFact.objects.get().code == code

    def test_a_fact_is_kept_once(self) -> None:
        send(said("PRINT_READY_RECORD", FEB))
        step("BLANK_ALLOCATED")
        for _ in range(3):
            send(said("CARD_PRINTED", MAR))
        send(said("CARD_PRINTED", APR))
        assert CentralFact.objects.count() == 1


class TestPrintedElsewhere:
    @pytest.mark.parametrize(
        "before", ["BIO_CAPTURED", "SENT_FOR_DEDUP", "PACKET_RETRY", "PRINT_READY_RECORD"]
    )
    @pytest.mark.parametrize("code", PRINT_SIDE)
    def test_a_print_side_code_for_a_card_that_waits_is_refused_and_blocks(
        self, before: str, code: str
    ) -> None:
        send(said(before, FEB))
        assert send(said(code, MAR))["reasons"] == {"printed_elsewhere": 1}
        assert card().blocked
        assert card().stage == CENTRAL_STAGE[before]

    def test_is_a_fact_if_our_own_ledger_printed_it_since_its_ticket(self) -> None:
        send(said("PRINT_READY_RECORD", FEB))
        step("BLANK_ALLOCATED")
        step("PRINTED")
        step("WAITING_FOR_BLANK", "damaged")
        assert outcomes(send(said("CARD_PRINTED", MAR))) == {"updated": 1}
        assert not Block.objects.exists()
