"""The officer makes rounds, enters what the signed list says, counts what came back, and looks at what contradicts."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from delivery.actions import round as rounds
from delivery.models import Attempt, Courier, Link, Review, Round, RoundCard, State
from staff.models import AccessLog
from tests.builders import settle
from tests.delivery.rounds.walk import (
    a_courier,
    a_round,
    by_signed_list,
    card_of,
    cards_at_kecamatan,
    named,
    on_the_way,
    places,
    said,
    send,
    the_officer,
)
from tests.staff.cast import logged_in
from tracking.models import Card, Citizen, Event

pytestmark = pytest.mark.django_db
HOME = "/petugas/putaran/"


@pytest.fixture
def client(db: None) -> Client:
    return logged_in(the_officer())


def live_at(cards: list[int], rw: int | None, rt: int | None) -> None:
    Citizen.objects.filter(pk__in=Card.objects.filter(pk__in=cards).values("citizen_id")).update(rw=rw, rt=rt)


def text_of(answer: object) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())  # type: ignore[attr-defined]


def post(client: Client, path: str, **data: object) -> str:
    answer = client.post(f"{HOME}{path}", data, follow=True)
    settle()
    return text_of(answer)


class TestNewRounds:
    def test_are_suggested_from_the_addresses(self, client: Client) -> None:
        cards = cards_at_kecamatan(5)
        live_at(cards[:2], 3, 1)
        live_at(cards[2:4], 3, 2)
        page = text_of(client.get(HOME))
        assert "RW 003: 4" in page
        assert "RT 001: 2" in page
        assert "RW belum diketahui: 1" in page

    def test_take_the_cards_that_are_ticked_and_a_new_courier(self, client: Client) -> None:
        cards = cards_at_kecamatan(3)
        live_at(cards, 3, 1)
        address = f"{HOME}baru/?kelurahan=11001&rw=3"
        page = text_of(client.get(address))
        assert page.count("checked") == 3
        request = re.search(r'name="request" value="([^"]+)"', page)[1]  # type: ignore[index]
        data = {
            "request": request,
            "cards": [str(card) for card in cards[:2]],
            "name": "Pak Darto",
            "letter_number": "474/1",
            "valid_from": "2020-01-01",
            "valid_until": "2099-01-01",
        }
        for _ in range(2):  # the connection was lost, the form is sent again
            client.post(address, data)
        made = Round.objects.get()
        assert {place.card_id for place in places(made)} == set(cards[:2])
        assert "Pak Darto" in text_of(client.get(f"{HOME}{made.pk}/"))
        assert AccessLog.objects.filter(card_ids__contains=cards[:1], office="kecamatan:1").exists()

    def test_need_a_courier_and_a_card(self, client: Client) -> None:
        cards = cards_at_kecamatan(1)
        live_at(cards, 3, 1)
        answer = client.post(f"{HOME}baru/?kelurahan=11001&rw=3", {"cards": cards})
        assert answer.status_code == 422
        assert "Pilih kurir" in text_of(answer)
        answer = client.post(f"{HOME}baru/?kelurahan=11001&rw=3", {"courier": a_courier().pk})
        assert "Pilih 1 sampai" in text_of(answer)

    def test_wait_for_an_rt_that_the_officer_fills_in(self, client: Client) -> None:
        cards = cards_at_kecamatan(1)
        assert "1 alamat dilengkapi" in post(
            client, "tanpa-rt/", **{f"rw-{cards[0]}": "4", f"rt-{cards[0]}": "2"}
        )
        assert "RT 002: 1" in text_of(client.get(HOME))


class TestTheLink:
    def test_and_its_pin_are_shown_once(self, client: Client) -> None:
        its_round = a_round(1)
        page = post(client, f"{its_round.pk}/", tautan="1")
        token = re.search(r"/kurir/([\w-]{22})/", page)[1]  # type: ignore[index]
        pin = re.search(r'class="secret pin">(\d{6})<', page)[1]  # type: ignore[index]
        assert Client().post(f"/kurir/{token}/", {"pin": pin}).status_code == 303
        page = text_of(client.get(f"{HOME}{its_round.pk}/"))
        assert token not in page
        assert pin not in page

    def test_is_unlocked_and_revoked(self, client: Client) -> None:
        its_round = a_round(1)
        opening = rounds.open_link(its_round, by=the_officer())
        by_signed_list(its_round)
        for _ in range(5):
            Client().post(f"/kurir/{opening.token}/", {"pin": "x"})
        assert "Terkunci" in text_of(client.get(f"{HOME}{its_round.pk}/"))
        assert "boleh mencoba" in post(client, f"{its_round.pk}/", buka="1")
        assert Client().post(f"/kurir/{opening.token}/", {"pin": opening.pin}).status_code == 303
        assert "dicabut" in post(client, f"{its_round.pk}/", cabut="1")
        assert Client().get(f"/kurir/{opening.token}/").status_code == 404


def test_the_printed_list_has_names_addresses_and_room_to_sign_but_no_nik(client: Client) -> None:
    its_round = a_round(2)
    named(places(its_round)[0].card_id, "SITI AMINAH")
    answer = client.get(f"{HOME}{its_round.pk}/daftar.pdf")
    assert answer["Content-Type"] == "application/pdf"
    from io import BytesIO

    words = PdfReader(BytesIO(answer.content)).pages[0].extract_text()
    assert "Siti Aminah" in words
    assert "Pak Darto" in words
    assert "tanda tangan" in words
    assert client.get(f"{HOME}{its_round.pk}/daftar.pdf").content == answer.content


def test_the_signed_list_sends_the_cards_out(client: Client) -> None:
    its_round = a_round(2)
    assert "Hitung lagi" in post(client, f"{its_round.pk}/", tanda="3")
    assert "sudah dibawa" in post(client, f"{its_round.pk}/", tanda="2")
    assert Round.objects.get().state == State.OUT


class TestResultsFromPaper:
    def test_are_one_letter_a_card_and_booked_once(self, client: Client) -> None:
        its_round = a_round(4)
        by_signed_list(its_round)
        one, two, three, four = places(its_round)
        page = text_of(client.get(f"{HOME}{its_round.pk}/hasil/"))
        request = re.search(r'name="request" value="([^"]+)"', page)[1]  # type: ignore[index]
        data = {
            "request": request,
            f"h-{one.pk}": "d",
            f"h-{two.pk}": "K",
            f"n-{two.pk}": "Bu Sri",
            f"h-{three.pk}": "T",
            f"a-{one.pk}": "ktp",
        }
        for _ in range(2):
            post(client, f"{its_round.pk}/hasil/", **data)
        assert [card_of(place).stage for place in (one, two, three, four)] == [
            "DELIVERED",
            "DELIVERED",
            "OUT_FOR_DELIVERY",
            "OUT_FOR_DELIVERY",
        ]
        assert Attempt.objects.count() == 3
        assert RoundCard.objects.get(pk=three.pk).tries == 1
        assert Attempt.objects.get(place_id=one.pk).took_old_card

    def test_that_make_no_sense_are_named_and_nothing_is_booked(self, client: Client) -> None:
        its_round = a_round(2)
        by_signed_list(its_round)
        one, two = places(its_round)
        page = post(client, f"{its_round.pk}/hasil/", **{f"h-{one.pk}": "D", f"h-{two.pk}": "K"})
        assert "Periksa nomor 2" in page
        assert Attempt.objects.count() == 0


def test_a_round_is_ended_counted_and_closed(client: Client) -> None:
    link = on_the_way(2)
    one, two = places(link.round)
    path = f"{link.round_id}/"
    post(client, path, akhiri="1")
    assert "belum dihitung" in post(client, path, tutup="1")
    post(client, f"{path}hitung/", **{f"k-{one.pk}": "ada", f"k-{two.pk}": "tidak"})
    assert "Putaran ditutup" in post(client, path, tutup="1")
    assert "nomor 2" in text_of(client.get(f"{HOME}hilang/"))
    assert "Kartu tidak ada saat dihitung" in text_of(client.get("/petugas/"))


def test_a_replaced_courier_keeps_the_cards_until_the_other_takes_over(client: Client) -> None:
    link = on_the_way(1)
    other = a_courier(name="Bu Tini")
    page = post(client, f"{link.round_id}/", ganti=other.pk)
    assert "Bu Tini" in page
    assert "kartu masih pada Pak Darto" in page
    assert not Link.objects.filter(ended_at__isnull=True).exists()
    post(client, f"{link.round_id}/", tanda="1")
    assert Round.objects.get().taken_by_id == other.pk


def test_what_contradicts_is_shown_beside_what_is_booked_and_settled(client: Client) -> None:
    link = on_the_way(1)
    place = places(link.round)[0]
    send(link, said(place, "delivered"), said(place, "refused"))
    page = text_of(client.get(f"{HOME}periksa/"))
    assert "Kurir: Menolak" in page
    assert "Tercatat: Diserahkan (Pemegang e-KTP)" in page
    review = Review.objects.get()
    assert "Sudah diperiksa" in post(client, "periksa/", periksa=review.pk, putusan="stands")
    assert "Tidak ada yang perlu diperiksa" in text_of(client.get(f"{HOME}periksa/"))


def test_a_phone_without_news_is_on_the_start_page(client: Client) -> None:
    link = on_the_way(1)
    assert "HP tanpa kabar" not in text_of(client.get(HOME))
    Link.objects.filter(pk=link.pk).update(seen_at=timezone.now() - timedelta(days=2, hours=1))
    assert "HP tanpa kabar" in text_of(client.get(HOME))


def test_a_courier_of_another_kecamatan_carries_nothing_here(client: Client) -> None:
    link = on_the_way(1)
    stranger = a_courier(kecamatan=2)
    assert client.post(f"{HOME}{link.round_id}/", {"ganti": stranger.pk}).status_code == 404
    assert Courier.objects.count() == 2


class TestOneOfficerWithTwoTabs:
    """Both pages were opened before either was sent."""

    def test_makes_one_round_of_a_card(self, client: Client) -> None:
        cards = cards_at_kecamatan(1)
        live_at(cards, 3, 1)
        kelurahan = Card.objects.select_related("citizen").get(pk=cards[0]).citizen.kelurahan_id
        courier = a_courier()
        for request in (uuid.uuid4(), uuid.uuid4()):
            data = {"request": request, "cards": cards, "courier": courier.pk}
            client.post(f"{HOME}baru/?kelurahan={kelurahan}&rw=3", data)
        settle()
        assert Round.objects.count() == 1

    def test_books_each_result_once(self, client: Client) -> None:
        its_round = a_round(1)
        by_signed_list(its_round)
        place = places(its_round)[0]
        for request in (uuid.uuid4(), uuid.uuid4()):
            post(client, f"{its_round.pk}/hasil/", **{"request": request, f"h-{place.pk}": "D"})
        assert list(Attempt.objects.values_list("verdict", flat=True)) == ["booked"]

    def test_counts_what_is_back_once_and_misses_it_no_more(self, client: Client) -> None:
        link = on_the_way(1)
        place = places(link.round)[0]
        post(client, f"{link.round_id}/", akhiri="1")
        for found in ("ada", "tidak", "ada"):
            post(client, f"{link.round_id}/hitung/", **{f"k-{place.pk}": found})
        place.refresh_from_db()
        assert (place.ended, place.missing_at) == ("back", None)
        assert Event.objects.filter(card_id=place.card_id, to_stage="RETURNED").count() == 1


def test_a_phone_whose_clock_is_wrong_by_days_is_seen_by_the_officer(client: Client) -> None:
    link = on_the_way(1)
    send(link, said(places(link.round)[0], "not_home"), sent_at=timezone.now() + timedelta(days=3))
    assert "Jam HP ini salah lebih dari 12 jam" in text_of(client.get(f"{HOME}{link.round_id}/"))
