"""domain.md, "Who leads": each sentence about a card on its way to the printer, tried as the office tries it, with files."""

import pytest

from staff.models import User
from tracking.models import Block, CentralFact, Event, Ticket
from tracking.stages import CENTRAL_STAGE, PRINT_SIDE, Stage

from .feeds import card, citizen, outcomes, said, send
from .office import APR, FEB, MAR, MAY, delivered_by_us, lift, step

pytestmark = pytest.mark.django_db


class TestANewCard:
    @pytest.mark.parametrize("code", CENTRAL_STAGE)
    def test_may_arrive_in_any_stage(self, code: str) -> None:
        assert outcomes(send(said(code))) == {"created": 1}
        assert card().stage == CENTRAL_STAGE[code]
        assert card().kind == "BARU"
        assert citizen().word.code == code

    @pytest.mark.parametrize("code", CENTRAL_STAGE)
    def test_is_outside_the_ledger_from_blank_allocated_on(self, code: str) -> None:
        send(said(code))
        assert card().outside_ledger == (code in PRINT_SIDE)

    def test_draws_a_ticket_if_it_waits(self) -> None:
        send(said("PRINT_READY_RECORD"))
        assert str(Ticket.objects.get(card_id=card().id)) == "A-1"

    def test_draws_none_outside_the_ledger(self) -> None:
        send(said("CARD_PRINTED"))
        assert not Ticket.objects.exists()

    @pytest.mark.parametrize(
        ("kind", "letter"), [("BARU", "A"), ("UBAH", "B"), ("RUSAK", "C"), ("HILANG", "C")]
    )
    def test_gets_the_letter_of_its_kind(self, kind: str, letter: str) -> None:
        send(said("PRINT_READY_RECORD", JENIS=kind))
        assert Ticket.objects.get(card_id=card().id).letter == letter


class TestSameAsLastAccepted:
    @pytest.mark.parametrize("code", CENTRAL_STAGE)
    def test_the_same_row_again_is_unchanged(self, code: str) -> None:
        send(said(code))
        assert outcomes(send(said(code))) == {"unchanged": 1}

    def test_with_other_personal_data_is_updated(self) -> None:
        send(said("PRINT_READY_RECORD"))
        assert outcomes(send(said("PRINT_READY_RECORD", NAMA_LGKP="SITI AMINAH BINTI ALI"))) == {"updated": 1}
        assert citizen().name == "SITI AMINAH BINTI ALI"

    def test_in_every_stage_of_our_own_too(self) -> None:
        delivered_by_us()
        assert outcomes(send(said("PRINT_READY_RECORD", FEB))) == {"unchanged": 1}
        assert outcomes(send(said("PRINT_READY_RECORD", FEB, NO_RT="008"))) == {"updated": 1}
        assert card().stage == Stage.DELIVERED

    def test_of_a_block_since_lifted_is_unchanged(self, supervisor: User) -> None:
        send(said("PRINT_READY_RECORD", FEB))
        send(said("CARD_PRINTED", MAR))
        lift(supervisor)
        assert outcomes(send(said("CARD_PRINTED", MAR))) == {"unchanged": 1}
        assert not Block.objects.filter(lifted_at=None).exists()

    def test_said_again_later_than_the_lifted_block_blocks_again(self, supervisor: User) -> None:
        send(said("PRINT_READY_RECORD", FEB))
        send(said("CARD_PRINTED", MAR))
        lift(supervisor)
        assert send(said("CARD_PRINTED", APR))["reasons"] == {"printed_elsewhere": 1}
        assert Block.objects.filter(lifted_at=None).count() == 1


class TestStale:
    def test_older_than_the_last_accepted(self) -> None:
        send(said("PRINT_READY_RECORD", MAR))
        assert outcomes(send(said("SENT_FOR_DEDUP", FEB))) == {"stale": 1}
        assert card().stage == Stage.WAITING_FOR_BLANK

    def test_takes_no_personal_data(self) -> None:
        send(said("PRINT_READY_RECORD", MAR))
        send(said("SENT_FOR_DEDUP", FEB, NAMA_LGKP="LAIN"))
        assert citizen().name == "SITI AMINAH"

    def test_is_not_decided_by_our_own_events(self) -> None:
        send(said("PRINT_READY_RECORD", FEB))
        step("BLANK_ALLOCATED")  # today, long after March 2017
        assert outcomes(send(said("SENT_FOR_CARD_PRINTING", MAR))) == {"updated": 1}

    def test_a_date_without_a_time_is_not_older_than_anything_on_it(self) -> None:
        send(said("BIO_CAPTURED", "2017-02-01 15:00:00"))
        assert outcomes(send(said("PRINT_READY_RECORD", "2017-02-01"))) == {"updated": 1}

    def test_nor_is_a_time_older_than_a_date_of_the_same_day(self) -> None:
        send(said("BIO_CAPTURED", "2017-02-01"))
        assert outcomes(send(said("PRINT_READY_RECORD", "2017-02-01 00:10:00"))) == {"updated": 1}

    def test_a_rejected_row_leaves_no_date_behind(self) -> None:
        send(said("PRINT_READY_RECORD", FEB))
        send(said("CARD_PRINTED", MAY))
        assert outcomes(send(said("DUPLICATE_RECORD", MAR))) == {"updated": 1}
        assert card().stage == Stage.HELD


class TestAllCardsFinal:
    @pytest.mark.parametrize("code", PRINT_SIDE)
    def test_a_print_side_code_about_a_delivered_card_is_a_fact(self, code: str) -> None:
        delivered_by_us()
        assert outcomes(send(said(code, APR))) == {"updated": 1}
        assert card().stage == Stage.DELIVERED
        assert CentralFact.objects.get().code == code

    def test_the_same_code_with_a_later_date_says_nothing_new(self) -> None:
        delivered_by_us()
        send(said("CARD_ISSUED", APR))
        assert outcomes(send(said("CARD_ISSUED", MAY))) == {"unchanged": 1}
        assert outcomes(send(said("CARD_ISSUED", APR))) == {"stale": 1}
        assert CentralFact.objects.count() == 1

    def test_a_later_request_starts_a_new_card(self) -> None:
        delivered_by_us()
        summary = send(said("BIO_CAPTURED", MAY, JENIS="RUSAK", TGL_PERMOHONAN="2017-04-20"))
        assert outcomes(summary) == {"created": 1}
        assert (card().stage, card().kind, card().letter) == (Stage.RECORDED, "RUSAK", "C")
        assert citizen().cards.count() == 2

    def test_another_kind_with_a_later_status_starts_a_new_card(self) -> None:
        delivered_by_us()
        assert outcomes(send(said("PRINT_READY_RECORD", MAY, JENIS="HILANG"))) == {"created": 1}

    def test_the_later_recording_counts_where_no_request_is_given(self) -> None:
        delivered_by_us()
        assert outcomes(send(said("BIO_CAPTURED", MAY, JENIS="UBAH", TGL_REKAM="2017-04-20"))) == {
            "created": 1
        }

    @pytest.mark.parametrize("kind", ["BARU", ""])
    def test_who_had_a_card_needs_another_kind_than_a_first_one(self, kind: str) -> None:
        delivered_by_us()
        summary = send(said("BIO_CAPTURED", MAY, JENIS=kind, TGL_PERMOHONAN="2017-04-20"))
        assert summary["reasons"] == {"kind_conflict": 1}

    def test_issued_elsewhere_counts_as_had_a_card(self) -> None:
        send(said("PRINT_READY_RECORD", FEB))
        step("CANCELLED", "issued_elsewhere")
        summary = send(said("BIO_CAPTURED", MAY, TGL_PERMOHONAN="2017-04-20"))
        assert summary["reasons"] == {"kind_conflict": 1}

    def test_whoever_was_only_cancelled_may_have_a_first_card(self) -> None:
        send(said("PRINT_READY_RECORD", FEB))
        step("CANCELLED", "duplicate_deleted")
        assert outcomes(send(said("BIO_CAPTURED", MAY, TGL_PERMOHONAN="2017-04-20"))) == {"created": 1}

    def test_all_else_is_final(self) -> None:
        delivered_by_us()
        assert send(said("DUPLICATE_RECORD", MAY))["reasons"] == {"card_is_final": 1}
        assert not Block.objects.exists()


class TestAnotherKind:
    def test_than_the_open_cards_is_refused(self) -> None:
        send(said("BIO_CAPTURED", FEB))
        assert send(said("PRINT_READY_RECORD", MAR, JENIS="RUSAK"))["reasons"] == {"card_open": 1}

    def test_an_empty_kind_says_nothing_about_an_existing_card(self) -> None:
        send(said("BIO_CAPTURED", FEB, JENIS="UBAH"))
        assert outcomes(send(said("PRINT_READY_RECORD", MAR, JENIS=""))) == {"updated": 1}
        assert card().kind == "UBAH"


class TestLegalSteps:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("BIO_CAPTURED", "SENT_FOR_DEDUP"),
            ("BIO_CAPTURED", "PRINT_READY_RECORD"),
            ("SENT_FOR_DEDUP", "PRINT_READY_RECORD"),
            ("PACKET_RETRY", "BIO_CAPTURED"),
            ("PACKET_RETRY", "SENT_FOR_DEDUP"),
            ("PACKET_RETRY", "PRINT_READY_RECORD"),
        ],
    )
    def test_are_taken(self, before: str, after: str) -> None:
        send(said(before, FEB))
        assert outcomes(send(said(after, MAR))) == {"updated": 1}
        assert (card().stage, card().code) == (CENTRAL_STAGE[after], after)

    def test_the_time_of_the_step_is_the_centres(self) -> None:
        send(said("BIO_CAPTURED", "2017-02-01"))
        send(said("SENT_FOR_DEDUP", "2017-02-01"))  # the same instant, and yet another step
        assert card().since.isoformat() == "2017-01-31T17:00:00+00:00"

    def test_the_same_stage_with_another_code_is_a_fact(self) -> None:
        send(said("SENT_FOR_ENROLLMENT", FEB))
        assert outcomes(send(said("SENT_FOR_DEDUP", MAR))) == {"updated": 1}
        assert Event.objects.filter(card_id=card().id).count() == 1

    def test_nothing_but_a_newer_date_is_unchanged_and_remembered(self) -> None:
        send(said("SENT_FOR_DEDUP", FEB))
        assert outcomes(send(said("SENT_FOR_DEDUP", APR))) == {"unchanged": 1}
        assert outcomes(send(said("PRINT_READY_RECORD", MAR))) == {"stale": 1}

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("SENT_FOR_DEDUP", "BIO_CAPTURED"),
            ("PRINT_READY_RECORD", "SENT_FOR_DEDUP"),
            ("PRINT_READY_RECORD", "PROCESSING"),
        ],
    )
    def test_anything_else_is_illegal(self, before: str, after: str) -> None:
        send(said(before, FEB))
        assert send(said(after, MAR))["reasons"] == {"illegal_transition": 1}

    @pytest.mark.parametrize(
        ("first", "then"),
        [
            ("2017-02-01", "2017-02-01"),
            ("2017-02-01 10:00", "2017-02-01"),
            ("2017-02-01", "2017-02-01 10:00"),
        ],
    )
    def test_on_the_same_day_without_a_time_anything_else_is_stale(self, first: str, then: str) -> None:
        send(said("PRINT_READY_RECORD", first))
        assert outcomes(send(said("SENT_FOR_DEDUP", then, NAMA_LGKP="SITI A."))) == {"stale": 1}
        assert card().stage == Stage.WAITING_FOR_BLANK
        assert citizen().name == "SITI A."  # personal data is still taken
