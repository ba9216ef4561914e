"""domain.md, "Who leads": who moves house, the whole dump every night, and several rows about one person."""

from typing import Any

import pytest

from staff.models import User
from tracking.models import Block, CentralFact, Event, Ticket
from tracking.stages import Stage

from .feeds import BUDI, DEWI, SITI, card, citizen, outcomes, row, said, send
from .office import APR, FEB, MAR, MAY, lift, step

pytestmark = pytest.mark.django_db


class TestAStopBesideADelivery:
    @pytest.mark.parametrize(
        ("stop", "reason"),
        [
            ({"CURRENT_STATUS_CODE": "DUPLICATE_RECORD"}, "already_printed"),
            ({"NO_KEC": "32.76.01", "NO_KEL": "32.76.01.1001"}, "region_unknown"),
        ],
    )
    def test_blocks_no_card_that_the_same_file_delivers(self, stop: dict[str, str], reason: str) -> None:
        send(said("CARD_SHIPPED", FEB))
        summary = send(said("CARD_ISSUED", MAR), {**said("CARD_ISSUED", APR), **stop})
        assert outcomes(summary) == {"updated": 1, "rejected": 1}
        assert summary["reasons"] == {reason: 1}
        assert card().stage == Stage.DELIVERED
        assert not Block.objects.exists()


class TestTimeOfRequest:
    def test_given_in_the_row_that_makes_the_card_ready_decides_its_number(self) -> None:
        send(said("SENT_FOR_DEDUP", FEB), said("SENT_FOR_DEDUP", FEB, NIK=BUDI))
        older, younger = sorted((SITI, BUDI), key=lambda number: card(number).id)
        send(
            said("PRINT_READY_RECORD", MAR, NIK=older, TGL_PERMOHONAN="2017-01-20"),
            said("PRINT_READY_RECORD", MAR, NIK=younger, TGL_PERMOHONAN="2017-01-19"),
        )
        assert [Ticket.objects.get(card_id=card(one).id).number for one in (younger, older)] == [1, 2]


class TestMoves:
    def test_within_the_city_while_waiting_keeps_ticket_and_queue(self) -> None:
        send(said("PRINT_READY_RECORD", FEB))
        assert outcomes(send(said("PRINT_READY_RECORD", FEB, NO_KEC="02", NO_KEL="1001"))) == {"updated": 1}
        ticket = Ticket.objects.get(card_id=card().id)
        assert (ticket.kecamatan_id, card().kecamatan_id, card().place) == (1, 2, 1)

    def test_in_the_row_that_makes_the_card_ready_draws_the_ticket_of_the_new_home(self) -> None:
        send(said("SENT_FOR_DEDUP", FEB))
        send(said("PRINT_READY_RECORD", MAR, NO_KEC="02", NO_KEL="1001"))
        assert (Ticket.objects.get(card_id=card().id).kecamatan_id, card().place) == (2, 2)

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
