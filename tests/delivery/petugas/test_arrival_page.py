"""The arrival page: one field, keys or taps; each answer says what happened; it closes only when they add up."""

import pytest
from django.test import Client

from delivery.handovers import State
from delivery.models import Handover, HandoverCard, Piece
from staff.models import AccessLog
from tests.staff.cast import logged_in
from tracking.codes import encode

from ..cast import Office, card_of, printed

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db: None) -> Office:
    return Office()


@pytest.fixture
def client(office: Office) -> Client:
    return logged_in(office.tuti)


def say(client: Client, made: Handover, **data: object) -> str:
    """The page after it was said."""
    answer = client.post(f"/petugas/kedatangan/{made.pk}/", data, follow=True)
    return answer.content.decode()


def serial_of(made: Handover, line: int) -> int:
    return Piece.objects.get(pk=HandoverCard.objects.get(handover=made, line=line).piece_id).number


def test_the_code_opens_the_list(office: Office, client: Client) -> None:
    done = office.released(2)
    assert "ANI" not in client.get(f"/petugas/kedatangan/{done.handover.pk}/").content.decode()
    assert "keliru" in say(client, done.handover, jemput="12")
    assert "Diterima, 0 dari 2" in say(client, done.handover, jemput=done.code)


def test_a_scanned_code_is_received_and_counted(office: Office, client: Client) -> None:
    made = office.collected(3)
    assert "Diterima, 1 dari 3" in say(client, made, kode=encode(card_of(made, 2).pk))
    assert made.lines.get(line=2).outcome == "received"


def test_the_last_digits_of_the_blank_do_too(office: Office, client: Client) -> None:
    made = office.collected(3)
    assert "Diterima, 1 dari 3" in say(client, made, kode=f"{serial_of(made, 3):08}"[-4:])


def test_digits_that_fit_several_cards_ask_for_more(office: Office, client: Client) -> None:
    made = office.collected(1100)
    assert "lebih banyak angka" in say(client, made, kode="005")


def test_a_card_that_was_recorded_says_when(office: Office, client: Client) -> None:
    made = office.collected(2)
    code = encode(card_of(made, 1).pk)
    say(client, made, kode=code)
    assert "Sudah dicatat" in say(client, made, kode=code)
    assert made.lines.filter(outcome="received").count() == 1


@pytest.mark.parametrize("typed", ["987654", "KXXXXXX", "A-999", "", "3275014107900001", "\x00"])
def test_what_is_not_on_the_list_says_so(office: Office, client: Client, typed: str) -> None:
    made = office.collected(2)
    said = say(client, made, kode=typed)
    assert "Bukan dari daftar ini" in said
    assert "3275014107900001" not in said


def test_a_card_of_another_handover_is_not_of_this_list(office: Office, client: Client) -> None:
    made = office.collected(1)
    other = printed(1)[0]
    assert "Bukan dari daftar ini" in say(client, made, kode=encode(other))


def test_missing_and_damaged_by_a_tap_and_undone(office: Office, client: Client) -> None:
    made = office.collected(2)
    assert "Hilang 1" in say(client, made, missing="1")
    assert "Rusak 1" in say(client, made, damaged="2")
    assert "Rusak" not in say(client, made, batal="2").split("Belum diperiksa")[0].split("hitung")[1]


def test_there_is_no_button_for_all_and_it_closes_only_when_they_add_up(
    office: Office, client: Client
) -> None:
    made = office.collected(2)
    assert "Tutup dan buat BAST" not in say(client, made, received="1")
    assert "belum cocok" in say(client, made, tutup="1")
    assert "Tutup dan buat BAST" in say(client, made, missing="2")
    assert "Buka BAST" in say(client, made, tutup="1")
    assert "Buka BAST" in say(client, made, tutup="1")
    assert Handover.objects.get(pk=made.pk).state == State.CLOSED


def test_the_names_on_the_list_are_put_on_record_once(office: Office, client: Client) -> None:
    made = office.collected(2)
    for _ in range(3):
        client.get(f"/petugas/kedatangan/{made.pk}/")
    assert AccessLog.objects.filter(source="petugas:kedatangan").count() == 1


def test_the_start_page_tells_what_waits(office: Office, client: Client) -> None:
    office.packed(3)
    office.collected(2)
    page = client.get("/petugas/").content.decode()
    assert "Jemput di Disdukcapil" in page
    assert "Periksa kedatangan" in page


def test_an_operator_who_logs_in_here_is_sent_to_the_staff_site(office: Office) -> None:
    client = Client()
    answer = client.post("/petugas/masuk/", {"username": "joko", "password": "rahasia-sekali-123"})
    assert answer["Location"] == "/admin/"


def test_an_officer_logs_in_and_out(office: Office) -> None:
    client = Client()
    data = {"username": office.tuti.username, "password": "rahasia-sekali-123"}
    assert "Pekerjaan hari ini" in client.post("/petugas/masuk/", data, follow=True).content.decode()
    client.post("/petugas/keluar/")
    assert client.get("/petugas/").status_code == 302


def test_the_record_is_the_same_whenever_it_is_asked_for(office: Office, client: Client) -> None:
    made = office.closed(3, missing=1, damaged=1)
    first = client.get(f"/petugas/kedatangan/{made.pk}/bast.pdf")
    office.tuti.first_name = "Orang Lain"
    office.tuti.save()
    again = client.get(f"/petugas/kedatangan/{made.pk}/bast.pdf")
    assert first.content[:5] == b"%PDF-"
    assert first.content == again.content


def test_where_every_card_is_now(office: Office, client: Client) -> None:
    made = office.closed(3, missing=1, damaged=1)
    page = client.get(f"/petugas/serah-terima/{made.pk}/").content.decode()
    assert "Dalam perjalanan" in page
    assert "Kecamatan" in page
