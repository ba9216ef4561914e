"""domain.md, "Who leads": each sentence, tried as the office tries it, with files."""

from typing import Any

import pytest

from staff.models import User
from tests import builders
from tracking.actor import acting
from tracking.models import Block, CentralFact, Event, Ticket
from tracking.stages import CENTRAL_STAGE, PRINT_SIDE, STOPS, Stage

from .feeds import BUDI, DEWI, SITI, card, citizen, outcomes, row, said, send

pytestmark = pytest.mark.django_db

FEB, MAR, APR, MAY, JUN = (f"2017-0{month}-01 09:00:00" for month in range(2, 7))


def step(stage: str, reason: str = "", number: str = SITI) -> None:
    """Our own ledger moves the card."""
    builders.step(card(number), stage, reason, by="test:ledger")


@pytest.fixture
def supervisor() -> User:
    from django.contrib.auth.models import Group

    user = User.objects.create_user(username="penyelia-uji", password="rahasia-sekali-123")
    user.groups.add(Group.objects.get(name="supervisor"))
    return user


def lift(supervisor: User) -> None:
    with acting(by=supervisor, source="test"):
        assert Block.objects.filter(lifted_at=None).update(lift_reason="checked")
    builders.settle()


def delivered_by_us() -> None:
    """Siti's card went the whole way through our own ledger."""
    send(said("PRINT_READY_RECORD", FEB))
    for stage in ("BLANK_ALLOCATED", "PRINTED", "AT_KECAMATAN", "OUT_FOR_DELIVERY", "DELIVERED"):
        step(stage)


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


class TestMoves:
    def test_within_the_city_while_waiting_keeps_ticket_and_queue(self) -> None:
        send(said("PRINT_READY_RECORD", FEB))
        assert outcomes(send(said("PRINT_READY_RECORD", FEB, NO_KEC="02", NO_KEL="1001"))) == {"updated": 1}
        ticket = Ticket.objects.get(card_id=card().id)
        assert (ticket.kecamatan_id, card().kecamatan_id, card().place) == (1, 2, 1)

    def test_a_printed_card_counts_for_the_new_home(self) -> None:
        send(said("PRINT_READY_RECORD", FEB))
        step("BLANK_ALLOCATED")
        step("PRINTED")
        send(said("PRINT_READY_RECORD", FEB, NO_KEC="02", NO_KEL="1001"))
        assert card().place == 2

    def test_an_unknown_rt_erases_nothing_but_of_another_kelurahan_it_is_not_known(self) -> None:
        send(said("PRINT_READY_RECORD", FEB))
        send(said("PRINT_READY_RECORD", FEB, NO_RT="000"))
        assert citizen().rt == 7
        send(said("PRINT_READY_RECORD", FEB, NO_RT="000", NO_KEC="02", NO_KEL="1001"))
        assert citizen().rt is None

    def test_to_another_regency_is_refused_and_blocks_the_open_card(self) -> None:
        send(said("PRINT_READY_RECORD", FEB))
        assert send(said("PRINT_READY_RECORD", MAR, NO_KEC="32.76.01", NO_KEL="32.76.01.1001"))[
            "reasons"
        ] == {"region_unknown": 1}
        assert Block.objects.get().reason == "moved_away"

    @pytest.mark.parametrize(
        "given", [{"TGL_STATUS": "2017-01-15"}, {"NO_RT": "x"}, {"NAMA_LGKP": ""}, {"NIK": BUDI}]
    )
    def test_blocks_nobody_if_the_row_is_old_or_bad_or_about_nobody(self, given: dict[str, str]) -> None:
        send(said("PRINT_READY_RECORD", FEB))
        send({**said("PRINT_READY_RECORD", MAR, NO_KEC="32.76.01", NO_KEL="32.76.01.1001"), **given})
        assert not Block.objects.exists()

    def test_blocks_once_and_after_lifting_never_for_the_same_word(self, supervisor: User) -> None:
        away: dict[str, Any] = {"NO_KEC": "32.76.01", "NO_KEL": "32.76.01.1001"}
        send(said("PRINT_READY_RECORD", FEB))
        for _ in range(2):
            send(said("PRINT_READY_RECORD", MAR, **away))
        assert Block.objects.count() == 1
        lift(supervisor)
        assert send(said("PRINT_READY_RECORD", MAR, **away))["rejected"] == 1
        assert Block.objects.count() == 1


class TestTheWholeDumpEveryNight:
    def test_brings_no_block_event_or_fact_twice(self) -> None:
        send(said("PRINT_READY_RECORD", FEB, NIK=BUDI))
        step("BLANK_ALLOCATED", number=BUDI)
        step("PRINTED", number=BUDI)
        send(said("PRINT_READY_RECORD", FEB), said("PACKET_RETRY", FEB, NIK=DEWI))
        dump = (
            said("CARD_PRINTED", MAR),  # printed elsewhere
            said("DUPLICATE_RECORD", MAR, NIK=BUDI),  # already printed
            said("DUPLICATE_RECORD", MAR, NIK=DEWI),  # a fact
        )
        first = send(*dump)
        counted = [Block.objects.count(), Event.objects.count(), CentralFact.objects.count()]
        for _ in range(3):
            again = send(*dump)
            assert again["reasons"] == first["reasons"]
            assert [Block.objects.count(), Event.objects.count(), CentralFact.objects.count()] == counted


class TestSeveralRowsAboutOnePerson:
    def test_the_newest_counts_and_older_ones_are_stale(self) -> None:
        summary = send(
            said("PRINT_READY_RECORD", APR), said("BIO_CAPTURED", FEB), said("SENT_FOR_DEDUP", MAR)
        )
        assert outcomes(summary) == {"created": 1, "stale": 2}
        assert card().stage == Stage.WAITING_FOR_BLANK

    def test_of_the_same_time_the_later_line(self) -> None:
        send(said("BIO_CAPTURED", FEB, NAMA_LGKP="SATU"), said("BIO_CAPTURED", FEB, NAMA_LGKP="DUA"))
        assert citizen().name == "DUA"

    def test_exact_repetitions_are_unchanged(self) -> None:
        assert outcomes(send(row(), row(), row())) == {"created": 1, "unchanged": 2}
        assert outcomes(send(row(), row())) == {"unchanged": 2}

    def test_what_cannot_be_applied_is_rejected_and_supersedes_nothing(self) -> None:
        send(said("BIO_CAPTURED", FEB))
        summary = send(
            said("SENT_FOR_DEDUP", MAR),
            said("CARD_PRINTED", APR),
            said("PRINT_READY_RECORD", MAY, JENIS="RUSAK"),
        )
        assert outcomes(summary) == {"updated": 1, "rejected": 2}
        assert summary["reasons"] == {"card_open": 1, "printed_elsewhere": 1}
        assert card().stage == Stage.DEDUPLICATING

    def test_a_faulty_row_supersedes_nothing(self) -> None:
        summary = send(said("BIO_CAPTURED", FEB), said("NO_SUCH_CODE", MAR))
        assert outcomes(summary) == {"created": 1, "rejected": 1}

    def test_an_empty_address_erases_nothing(self) -> None:
        send(row(ALAMAT="JL. MAWAR 1", NO_HP="0812"))
        before = bytes(citizen().address_sealed or b"")
        assert outcomes(send(row(ALAMAT="", NO_HP=""))) == {"unchanged": 1}
        assert outcomes(send(row())) == {"unchanged": 1}
        assert bytes(citizen().address_sealed or b"") == before


class TestDryRun:
    def test_changes_nothing_and_counts_the_same(self) -> None:
        rows = (said("PRINT_READY_RECORD"), row(NIK=BUDI), row(NIK="123"))
        tried = send(*rows, dry_run=True)
        assert not Event.objects.exists()
        done = send(*rows)
        assert outcomes(tried) == outcomes(done) == {"created": 2, "rejected": 1}
