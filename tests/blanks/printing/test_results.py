"""What the printer made of a batch: by hand, at once, by scanner, from its file; each line ends in one way."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from blanks.models import Late, PrintBatch, Reject, Serial
from tests.blanks.house import balance, batch, quota, shipment
from tests.builders import block, many_cards, settle
from tests.staff.cast import as_
from tracking.codes import encode
from tracking.models import Card
from tracking.stages import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken() -> PrintBatch:
    """Five cards at the printer; serials 1001 to 1020 were received."""
    many_cards(10, Stage.WAITING_FOR_BLANK, 1)
    shipment(20)
    quota(1, 8)
    return batch(1, 5)


@pytest.fixture
def operator() -> Client:
    return as_("operator")


def send(client: Client, taken: PrintBatch, way: str, data: dict[str, Any]) -> Any:
    answer = client.post(f"/admin/blanks/printbatch/{taken.pk}/{way}/", data)
    settle()
    return answer


def counts(client: Client, answer: Any) -> tuple[int, int, int, int]:
    """Booked, unchanged, late, rejected, as the page after it says."""
    assert answer.status_code == 303, answer.content.decode()
    said = client.get(answer["Location"]).context["recorded"]
    assert said["read"] == said["booked"] + said["unchanged"] + said["late"] + said["rejected"]
    return said["booked"], said["unchanged"], said["late"], said["rejected"]


def cards(taken: PrintBatch) -> list[int]:
    return list(taken.cards.values_list("card_id", flat=True))


def stages(taken: PrintBatch) -> list[str]:
    found = Card.objects.in_bulk(cards(taken))
    return [found[card].stage for card in cards(taken)]


def file_of(text: str | bytes) -> dict[str, Any]:
    data = text.encode() if isinstance(text, str) else text
    return {"berkas": SimpleUploadedFile("hasil.csv", data, "text/csv")}


class TestByHand:
    def test_what_was_filled_in_is_booked_and_the_rest_stays_open(
        self, operator: Client, taken: PrintBatch
    ) -> None:
        filled = {
            "seri-1": "1001",
            "seri-2": "1002",
            "hasil-2": "misprint",
            "hasil-3": "not_printed",
            "seri-4": "",
        }
        assert counts(operator, send(operator, taken, "hasil", filled)) == (3, 0, 0, 0)
        assert stages(taken) == ["PRINTED", *["WAITING_FOR_BLANK"] * 2, *["BLANK_ALLOCATED"] * 2]
        assert (balance("cards"), balance("spoiled"), balance("quota", 1)) == (3, 1, 4)

    def test_a_misprinted_card_is_next_again(self, operator: Client, taken: PrintBatch) -> None:
        send(operator, taken, "hasil", {"seri-2": "1002", "hasil-2": "misprint"})
        upcoming = operator.get("/admin/blanks/cetak/bekasi-timur/").context["upcoming"]
        assert str(upcoming[0]) == "A-2"

    @pytest.mark.parametrize("serial", ["9999", "1001", "abc", "1,5E+17"])
    def test_a_wrong_serial_leaves_its_card_open_and_is_listed(
        self, operator: Client, taken: PrintBatch, serial: str
    ) -> None:
        send(operator, taken, "hasil", {"seri-5": "1001"})
        assert counts(operator, send(operator, taken, "hasil", {"seri-1": serial, "seri-2": "1002"})) == (
            1,
            0,
            0,
            1,
        )
        assert stages(taken)[:2] == ["BLANK_ALLOCATED", "PRINTED"]
        (refused,) = operator.get(f"/admin/blanks/printbatch/{taken.pk}/change/").context["refused"]
        assert (refused[0].card, refused[0].serial) == ("A-1", serial)

    def test_a_refused_serial_stays_in_its_field_with_the_reason(
        self, operator: Client, taken: PrintBatch
    ) -> None:
        address = send(operator, taken, "hasil", {"seri-1": "9999", "hasil-1": "misprint", "seri-2": "1002"})[
            "Location"
        ]
        lines = operator.get(address).context["lines"]
        typed = {
            line.line: (said and (said.serial, said.outcome), wrong) for line, _state, said, wrong in lines
        }
        assert typed[1] == (("9999", "misprint"), "nomor seri tidak ada di kiriman mana pun")
        assert typed[3] == (None, "")
        assert all(said is None for _line, _state, said, _wrong in operator.get(address).context["lines"])

    def test_what_was_put_right_is_listed_no_more(self, operator: Client, taken: PrintBatch) -> None:
        send(operator, taken, "hasil", {"seri-1": "9999"})
        work = {str(one.label): one.count for one in operator.get("/admin/").context["work"]}
        assert work["Hasil cetak ditolak"] == 1
        send(operator, taken, "hasil", {"seri-1": "1001"})
        assert not operator.get(f"/admin/blanks/printbatch/{taken.pk}/change/").context["refused"]
        assert Reject.objects.count() == 1


class TestAtOnce:
    def preview(self, client: Client, taken: PrintBatch, **given: str) -> dict[str, str]:
        page = send(client, taken, "sekaligus", {"pertama": "1001", **given})
        assert page.status_code == 200, page.content.decode()
        found = re.findall(
            r'<input type="hidden" name="([a-z]+)"(?: value="([^"]*)")?', page.content.decode()
        )
        return {name: value for name, value in found if name != "csrfmiddlewaretoken"}

    def test_consecutive_serials_are_shown_and_then_booked(self, operator: Client, taken: PrintBatch) -> None:
        form = self.preview(operator, taken, salah="2", tidak="4", lewati="1003")
        assert stages(taken) == ["BLANK_ALLOCATED"] * 5
        assert counts(operator, send(operator, taken, "sekaligus", form)) == (5, 0, 0, 0)
        printed, _spoiled, later, _none, last = cards(taken)
        bound = dict(Serial.objects.filter(place="cards").values_list("card_id", "number"))
        assert bound == {printed: 1001, later: 1004, last: 1005}
        assert Serial.objects.get(place="spoiled").number == 1002

    def test_a_batch_that_moved_since_is_shown_again(self, operator: Client, taken: PrintBatch) -> None:
        form = self.preview(operator, taken)
        send(operator, taken, "hasil", {"seri-1": "1020"})
        answer = send(operator, taken, "sekaligus", form)
        assert answer.status_code == 200
        assert "berubah sejak pratinjau" in answer.content.decode()
        assert stages(taken).count("PRINTED") == 1

    @pytest.mark.parametrize(
        "given",
        [{"pertama": ""}, {"salah": "6"}, {"salah": "x"}, {"salah": "2", "tidak": "2"}, {"dari": "6"}],
    )
    def test_what_does_not_fit_the_batch_is_refused(
        self, operator: Client, taken: PrintBatch, given: dict[str, str]
    ) -> None:
        assert send(operator, taken, "sekaligus", {"pertama": "1001"} | given).status_code == 422
        assert stages(taken) == ["BLANK_ALLOCATED"] * 5


class TestScanner:
    def test_code_enter_serial_enter(self, operator: Client, taken: PrintBatch) -> None:
        code = encode(cards(taken)[0])
        step = send(operator, taken, "pindai", {"kode": code})
        page = operator.get(step["Location"]).content.decode()
        assert "A-1" in page
        assert page.count("autofocus") == 1
        kode = re.search(r'name="kode" value="([^"]+)"', page)[1]  # type: ignore[index]
        answer = send(operator, taken, "pindai", {"kode": kode, "seri": "1001", "hasil": "printed"})
        assert answer.status_code == 303
        assert stages(taken)[0] == "PRINTED"
        assert "A-1: Dicetak 1001" in operator.get(answer["Location"]).content.decode()

    @pytest.mark.parametrize("code", ["", "1001", "K00000X", "A-9", "\0"])
    def test_what_is_no_card_of_the_batch_is_said_at_the_field(
        self, operator: Client, taken: PrintBatch, code: str
    ) -> None:
        answer = send(operator, taken, "pindai", {"kode": code})
        assert answer.status_code == 422
        assert "field-error" in answer.content.decode()

    def test_a_wrong_serial_keeps_the_card_in_hand(self, operator: Client, taken: PrintBatch) -> None:
        answer = send(operator, taken, "pindai", {"kode": "A-1", "seri": "9999", "hasil": "printed"})
        assert answer.status_code == 422
        assert "tidak ada di kiriman mana pun" in answer.content.decode()
        assert Reject.objects.get().card == "A-1"
        assert (
            send(operator, taken, "pindai", {"kode": "A-1", "seri": "", "hasil": "printed"}).status_code
            == 422
        )
        assert Reject.objects.count() == 1

    def test_a_card_scanned_twice_is_said(self, operator: Client, taken: PrintBatch) -> None:
        send(operator, taken, "pindai", {"kode": "A-1", "seri": "1001", "hasil": "misprint"})
        answer = send(operator, taken, "pindai", {"kode": "A-1"})
        assert "A-1 sudah dicatat: Salah cetak 1001" in answer.content.decode()


class TestFile:
    def test_it_takes_code_or_number_and_says_how_each_line_ended(
        self, operator: Client, taken: PrintBatch
    ) -> None:
        code = encode(cards(taken)[0]).lower()
        rows = (
            *(
                "kode;NOMOR;Seri;hasil",
                f"{code};;1001;Dicetak",
                ";A-2;1002;SALAH CETAK",
                ";a3;;tidak dicetak",
            ),
            *(";A-4;1001;ok", ";A-99;1005;ok", ";A-5;1006;mungkin"),
        )
        text = "\r\n".join(rows)
        assert counts(operator, send(operator, taken, "unggah", file_of(text))) == (3, 0, 0, 3)
        assert stages(taken)[:3] == ["PRINTED", "WAITING_FOR_BLANK", "WAITING_FOR_BLANK"]
        assert {(one.line, one.card, one.reason) for one in Reject.objects.all()} == {
            (5, "A-4", "serial_twice"),
            (6, "A-99", "not_in_batch"),
            (7, "A-5", "outcome_unknown"),
        }

    def test_the_same_file_again_changes_nothing(self, operator: Client, taken: PrintBatch) -> None:
        text = "NOMOR,SERI\n" + "".join(f"A-{n},{1000 + n}\n" for n in range(1, 6))
        assert counts(operator, send(operator, taken, "unggah", file_of(text))) == (5, 0, 0, 0)
        assert counts(operator, send(operator, taken, "unggah", file_of(text))) == (0, 5, 0, 0)

    def test_a_result_for_a_card_that_has_left_is_late_and_work(
        self, operator: Client, taken: PrintBatch
    ) -> None:
        block(Card.objects.get(pk=cards(taken)[0]))
        before = balance("quota", 1)
        text = "NOMOR\tSERI\tHASIL\nA-1\t1001\tDICETAK\n"
        assert counts(operator, send(operator, taken, "unggah", file_of(text))) == (0, 0, 1, 0)
        assert stages(taken)[0] == "WAITING_FOR_BLANK"
        assert (balance("spoiled"), balance("quota", 1)) == (1, before - 1)
        page = operator.get("/admin/blanks/terlambat/").content.decode()
        assert "1001" in page
        assert "Selesai</button>" not in page
        assert operator.post("/admin/blanks/terlambat/", {"hasil": Late.objects.get().pk}).status_code == 403
        as_("supervisor").post("/admin/blanks/terlambat/", {"hasil": Late.objects.get().pk})
        assert Late.objects.get().settled_by

    def test_rejects_come_back_as_a_file_that_can_be_sent_again(
        self, operator: Client, taken: PrintBatch
    ) -> None:
        send(operator, taken, "unggah", file_of("NOMOR,SERI,HASIL\nA-1,9999,rusak\nA-2,=1+1,ok\n"))
        answer = operator.get(f"/admin/blanks/printbatch/{taken.pk}/ditolak.csv")
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        assert text.splitlines()[1].startswith("A-1,9999,SALAH CETAK,2,never_received,")
        assert "'=1+1" in text
        mended = text.replace("9999", "1009").replace("'=1+1", "1010")
        assert counts(operator, send(operator, taken, "unggah", file_of(mended))) == (2, 0, 0, 0)

    @pytest.mark.parametrize(
        "data",
        [
            b"sep=;\r\nNOMOR;SERI;HASIL\r\nA-1;1001;OK\r\n",
            "NOMOR;SERI;HASIL\nA-1;1001;Berhasil\n".encode("utf-16"),
            b"\xef\xbb\xbfNomor Antrean,Nomor Seri,Status\nA 1,'1001,printed\n",
            b'"NOMOR","SERI","KETERANGAN PETUGAS \xe9"\r\n"A-1","1001",""\r\n\r\n;;\r\n',
        ],
    )
    def test_it_reads_what_printers_and_spreadsheets_write(
        self, operator: Client, taken: PrintBatch, data: bytes
    ) -> None:
        booked, *_rest = counts(operator, send(operator, taken, "unggah", file_of(data)))
        assert booked == 1

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\0",
            b"NOMOR,SERI\n",
            b"A-1,1001\n",
            b"NOMOR,NOMOR,SERI\nA-1,A-1,1\n",
            b"PK\x03\x04x",
            b"NOMOR\nA-1",
        ],
    )
    def test_what_cannot_be_read_changes_nothing_and_says_why(
        self, operator: Client, taken: PrintBatch, data: bytes
    ) -> None:
        answer = send(operator, taken, "unggah", file_of(data))
        assert answer.status_code == 422
        assert "field-error" in answer.content.decode()
        assert stages(taken) == ["BLANK_ALLOCATED"] * 5

    @pytest.mark.parametrize("row", ["A-1,1\0,ok", "\0,1,ok", "A-1,1,\0", '"A-1', "A-1," + "9" * 200 + ",ok"])
    def test_a_line_that_makes_no_sense_is_refused_alone(
        self, operator: Client, taken: PrintBatch, row: str
    ) -> None:
        answer = send(operator, taken, "unggah", file_of(f"NOMOR,SERI,HASIL\nA-2,1002,ok\n{row}\n"))
        assert counts(operator, answer)[0] == 1
