"""A citizen comes to collect: found by code, number, name or NIK; handed over once; a slip is undone at once."""

import re
import uuid

import pytest
from django.urls import reverse

from delivery.actions.counter import hand_over
from delivery.models import Collection
from delivery.refusals import NotAtThisOffice
from staff.models import AccessLog
from tests import builders, people
from tests.builders import refused, settle, sql
from tests.staff.cast import logged_in
from tracking import codes, nik
from tracking.models import Card, Citizen, Ticket
from tracking.refusals import Blocked, Moved
from tracking.stages import Stage

from ..cast import Office, as_person, card_of, holder

pytestmark = pytest.mark.django_db
SITI = "3275014107900001"
GIVEN = {"receiver": "holder", "shown": "kk", "took_old_card": "on", "confirmed": "on"}


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def card(office):
    card = card_of(office.closed(1), 1)
    Citizen.objects.filter(pk=card.citizen_id).update(
        name="SITI AMINAH", nik_index=nik.indexes(SITI)[0], nik_sealed=nik.seal(SITI)
    )
    return card


@pytest.fixture
def desk(office):
    return logged_in(office.tuti)


def at(card) -> str:
    return reverse("petugas:collection", args=[card.pk])


def give(desk, card, **changes):
    return desk.post(at(card), {**GIVEN, "request": str(uuid.uuid4()), **changes})


class TestFinding:
    def find(self, desk, typed):
        return desk.post(reverse("petugas:counter"), {"cari": typed})

    @pytest.mark.parametrize("what", ["code", "number", "name", "nik", "nik in groups"])
    def test_by_whatever_the_citizen_has(self, desk, card, what):
        typed = {
            "code": codes.encode(card.pk),
            "number": str(Ticket.objects.get(card_id=card.pk)),
            "name": "siti am",
            "nik": SITI,
            "nik in groups": "3275 0141 0790 0001",
        }[what]
        answer = self.find(desk, typed)
        assert (answer.status_code, answer["Location"]) == (303, at(card))
        assert AccessLog.objects.filter(action="search", card_ids=[card.pk]).exists()

    @pytest.mark.parametrize("typed", ["", "BUDI", "B-77", "3275013207900001", "12345", "K00000"])
    def test_what_is_not_there_says_so_and_repeats_no_nik(self, desk, card, typed):
        answer = self.find(desk, typed)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
        assert "3275013207900001" not in answer.content.decode()

    def test_a_search_that_finds_nothing_is_on_record_too(self, desk, card):
        self.find(desk, "3275013203900001")
        [row] = AccessLog.objects.filter(action="search")
        assert (row.card_ids, row.reason, row.source) == ([], "", "petugas:loket")

    def test_several_are_listed(self, desk, office):
        office.closed(2)
        Citizen.objects.update(name="SITI AMINAH")
        page = self.find(desk, "SITI").content.decode()
        assert page.count("SITI AMINAH") >= 2


class TestHandingOver:
    def test_the_card_is_the_holders_and_the_page_says_so(self, desk, card):
        assert give(desk, card).status_code == 303
        settle()
        card.refresh_from_db()
        assert (card.stage, holder(card.pk)) == (Stage.DELIVERED, "citizen 0")
        assert builders.last_event(card).reason == "holder"
        assert "Batalkan penyerahan" in desk.get(at(card)).content.decode()

    def test_a_family_member_has_a_name_that_is_sealed(self, desk, card):
        give(desk, card, receiver="family", name="Budi Santoso")
        made = Collection.objects.get()
        assert b"Budi" not in bytes(made.name_sealed)
        assert made.receiver == "family"

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"receiver": ""}, "errors"),
            ({"receiver": "family", "name": " "}, "Tulis nama anggota keluarga"),
            ({"confirmed": ""}, "memeriksa data di kartu"),
            ({"shown": "sim"}, "error"),
        ],
    )
    def test_what_is_missing_is_said_and_nothing_is_booked(self, desk, card, changes, said):
        answer = give(desk, card, **changes)
        assert answer.status_code == 422
        assert said.removesuffix("s") in answer.content.decode()
        assert not Collection.objects.exists()

    def test_the_same_form_sent_twice_is_booked_once(self, desk, card):
        same = str(uuid.uuid4())
        assert [give(desk, card, request=same).status_code for _time in range(2)] == [303, 303]
        assert Collection.objects.count() == 1

    def test_another_form_for_a_card_that_is_gone_is_refused(self, desk, card):
        give(desk, card)
        answer = give(desk, card)
        assert answer.status_code == 409
        assert Collection.objects.count() == 1

    def test_a_blocked_card_is_not_handed_over(self, desk, office, card):
        builders.block(card, by=office.ratna)
        assert "Diblokir" in desk.get(at(card)).content.decode()
        with pytest.raises(Blocked):
            hand_over(card.pk, by=office.tuti, request=uuid.uuid4(), receiver="holder", shown="kk")

    def test_an_officer_of_another_kecamatan_hands_over_nothing(self, card):
        with pytest.raises((NotAtThisOffice, Moved)):
            hand_over(
                card.pk, by=people.officer(2, "lain"), request=uuid.uuid4(), receiver="holder", shown="kk"
            )

    def test_a_slip_is_undone_by_whoever_made_it(self, desk, card):
        give(desk, card)
        settle()
        desk.post(at(card), {"batal": "1"})
        settle()
        card.refresh_from_db()
        assert (card.stage, holder(card.pk)) == (Stage.AT_KECAMATAN, "kecamatan 1")

    def test_raw_sql_writes_no_collection_of_a_card_that_was_not_handed_over(self, office, card):
        with refused("EK026"), as_person(office.tuti):
            sql(
                "INSERT INTO delivery_collection (request, card_id, receiver, shown, took_old_card, took_suket,"
                " took_police_letter) VALUES (gen_random_uuid(), %s, 'holder', 'kk', false, false, false)",
                [card.pk],
            )

    def test_raw_sql_edits_no_collection(self, desk, office, card):
        give(desk, card)
        with refused("EK026"), as_person(office.tuti):
            sql("UPDATE delivery_collection SET receiver = 'family'")


class TestPapers:
    @pytest.fixture
    def taken(self, desk, card):
        give(desk, card, took_police_letter="on")
        return card

    def listed(self, desk):
        desk.post(reverse("petugas:papers"))
        return sql("SELECT kind FROM delivery_listedpaper ORDER BY 1")

    def test_what_was_taken_back_is_listed_once(self, desk, taken):
        assert "Buat daftar" in desk.get(reverse("petugas:papers")).content.decode()
        assert self.listed(desk) == [("old_card",), ("police_letter",)]
        assert self.listed(desk) == [("old_card",), ("police_letter",)]
        assert "Tidak ada dokumen" in desk.get(reverse("petugas:papers")).content.decode()

    def test_what_was_undone_was_not_taken(self, desk, taken):
        settle()
        desk.post(at(taken), {"batal": "1"})
        assert self.listed(desk) == []

    def test_the_list_is_a_pdf_with_codes_and_no_names(self, desk, taken):
        self.listed(desk)
        [(key,)] = sql("SELECT id FROM delivery_paperlist")
        answer = desk.get(reverse("petugas:paper_list", args=[key]))
        assert answer.content.startswith(b"%PDF")
        assert answer.content == desk.get(reverse("petugas:paper_list", args=[key])).content

    def test_another_kecamatan_sees_no_list(self, desk, taken):
        self.listed(desk)
        [(key,)] = sql("SELECT id FROM delivery_paperlist")
        other = logged_in(people.officer(2, "lain"))
        assert other.get(reverse("petugas:paper_list", args=[key])).status_code == 404


class TestOutsideTheLedger:
    @pytest.fixture
    def sought(self):
        return builders.a_card("AT_KECAMATAN", 1)

    def say(self, desk, **what):
        return desk.post(reverse("petugas:outside"), what)

    def test_a_card_that_is_found_goes_on_as_any_other(self, desk, sought):
        assert "Ada<span" in desk.get(reverse("petugas:outside")).content.decode()
        self.say(desk, ada=str(sought.pk))
        sought.refresh_from_db()
        assert sought.outside_confirmed
        assert holder(sought.pk) == "kecamatan 1"

    def test_a_card_that_is_not_found_joins_the_queue(self, desk, sought):
        self.say(desk, tidak_ada=str(sought.pk))
        settle()
        sought.refresh_from_db()
        assert (sought.stage, sought.outside_ledger) == (Stage.WAITING_FOR_BLANK, False)
        assert Ticket.objects.filter(card_id=sought.pk).exists()

    def test_a_card_in_our_books_is_not_given_up_here(self, desk, card):
        self.say(desk, tidak_ada=str(card.pk))
        assert Card.objects.get(pk=card.pk).stage == Stage.AT_KECAMATAN


class TestSuketAndReceipt:
    @pytest.fixture
    def waiting(self, desk):
        card = builders.a_card("WAITING_FOR_BLANK", 1)
        settle()
        return card

    def test_a_suket_is_issued_and_printed_with_its_nik_on_record(self, desk, waiting):
        Citizen.objects.filter(pk=waiting.citizen_id).update(nik_sealed=nik.seal(SITI))
        desk.post(reverse("petugas:suket", args=[waiting.pk]), {"terbitkan": "1"})
        page = desk.get(reverse("petugas:suket", args=[waiting.pk])).content.decode()
        assert "berlaku sampai" in page
        assert SITI not in page
        paper = desk.post(reverse("petugas:suket_pdf", args=[waiting.pk]))
        assert paper.content.startswith(b"%PDF")
        assert AccessLog.objects.filter(action="reveal", card_ids=[waiting.pk]).exists()

    def test_a_look_prints_nothing(self, desk, waiting):
        desk.post(reverse("petugas:suket", args=[waiting.pk]), {"terbitkan": "1"})
        assert desk.get(reverse("petugas:suket_pdf", args=[waiting.pk])).status_code == 404

    def test_a_receipt_is_given_at_the_counter(self, desk, waiting):
        page = desk.post(reverse("petugas:receipt", args=[waiting.pk]), {"shown": "kk"}).content.decode()
        [path] = re.findall(r"/tanda-terima/[\w-]{22}/", page)
        assert desk.get(path).status_code == 200
