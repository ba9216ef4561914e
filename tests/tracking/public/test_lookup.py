"""`/`: who may ask, what is wrong with a NIK, what is not recorded, and the way to the status page."""

from datetime import UTC, datetime

import pytest
from django.test import Client, override_settings

from tests import builders
from tests.people import BUDI, SITI
from tests.tracking.public.cards import Answer, a_card, a_citizen, address, text_of
from tracking.actions.fresh import data_came
from tracking.actor import acting
from tracking.models import Card
from tracking.stages import Stage

pytestmark = pytest.mark.django_db

SPELLINGS = [
    SITI,
    f" {SITI} ",
    f"'{SITI}",
    "3275 0141 0790 0001",
    "3275.0141.0790.0001",
    "32-75-01-41-07-90-0001",
    f"\u200b{SITI}\ufeff",
]


def ask(typed: str, path: str = "/", **headers: str) -> Answer:
    return Client().post(path, {"nik": typed}, headers=headers)


@pytest.mark.parametrize("typed", SPELLINGS)
def test_a_nik_leads_to_its_card_however_it_is_spelt(typed: str) -> None:
    card = a_card("RECORDED")
    response = ask(typed)
    assert response.status_code == 303
    assert response["Location"] == address(card)


def test_english_leads_to_english() -> None:
    card = a_card("RECORDED")
    assert ask(SITI, "/en/")["Location"] == address(card, "en")


def test_the_same_nik_leads_to_the_same_address() -> None:
    a_card("RECORDED")
    assert ask(SITI)["Location"] == ask(SITI)["Location"]


def test_an_open_card_comes_before_one_that_is_done() -> None:
    citizen = a_citizen()
    builders.a_card(Stage.DELIVERED, citizen=citizen)
    replacement = builders.a_card(citizen=citizen, kind="HILANG")
    assert ask(SITI)["Location"] == address(replacement)


def test_the_latest_of_several_that_are_done() -> None:
    citizen = a_citizen()
    builders.a_card(Stage.DELIVERED, citizen=citizen)
    latest = builders.a_card(Stage.DELIVERED, citizen=citizen, kind="RUSAK")
    assert ask(SITI)["Location"] == address(latest)


@pytest.mark.parametrize(
    ("typed", "indonesian", "english"),
    [
        ("", "Isi NIK Anda.", "Enter your NIK."),
        ("   ", "Isi NIK Anda.", "Enter your NIK."),
        (SITI[:15], "NIK harus 16 angka. Anda mengetik 15.", "A NIK has 16 digits. You typed 15."),
        (SITI + "1", "NIK harus 16 angka. Anda mengetik 17.", "A NIK has 16 digits. You typed 17."),
        ("budi", "NIK hanya berisi angka.", "A NIK has digits only."),
        ("32750141O7900001", "Anda mengetik huruf O; mungkin maksudnya angka 0.", "You typed the letter O"),
        ("3,27501E+15", "NIK hanya berisi angka.", "A NIK has digits only."),
        ("3275013207900001", "Ada angka yang keliru. Cocokkan dengan KK.", "A digit is wrong."),
        ("3275013207900001", "Angka ke-7 dan 8 (32) bukan tanggal lahir.", "Digits 7 and 8 (32) are no day"),
        ("3275010113900001", "Angka ke-9 dan 10 (13) bukan bulan.", "Digits 9 and 10 (13) are no month."),
        ("3275013102900001", "Angka ke-7 sampai 12 bukan tanggal yang ada.", "no date that exists"),
        ("3275010107900000", "Empat angka terakhir tidak mungkin 0000.", "cannot be 0000"),
        ("٣٢٧٥٠١٠١٠٧٩٠٠٠٠١", "NIK hanya berisi angka.", "A NIK has digits only."),
    ],
)
def test_what_is_wrong_is_said_at_the_field(typed: str, indonesian: str, english: str) -> None:
    for path, said in (("/", indonesian), ("/en/", english)):
        response = ask(typed, path)
        assert response.status_code == 422
        assert text_of(response).count(said) == 2  # in the summary and at the field


def test_an_error_is_announced_and_linked() -> None:
    page = text_of(ask("123"))
    assert "<title>Kesalahan: Sampai di mana e-KTP Anda?" in page
    assert 'tabindex="-1" autofocus><div role="alert">' in page
    assert '<a href="#nik">NIK harus 16 angka. Anda mengetik 3.</a>' in page
    assert 'aria-describedby="nik-hint nik-error" aria-invalid="true"' in page


def test_what_was_typed_is_kept_and_harmless() -> None:
    page = text_of(ask('12"><script>'))
    assert 'value="12&quot;&gt;&lt;script&gt;"' in page


def test_a_form_without_the_field_is_an_empty_one() -> None:
    assert Client().post("/").status_code == 422


def test_not_recorded_says_what_to_do_at_one_office() -> None:
    data_came()
    page = text_of(response := ask(BUDI))
    assert response.status_code == 404
    for said in (
        "NIK ini belum ada di data kami",
        "Ini belum berarti perekaman Anda gagal.",
        "Data terakhir kami terima ",
        "Jika perekaman Anda sesudah itu, coba lagi besok.",
        "Belum pernah perekaman, atau sudah lama? Bawa KK ke <strong>Loket Disdukcapil Kota Bekasi</strong>",
        "Cukup ke kantor ini.",
    ):
        assert said in page
    assert page.count("<strong>") == 1


def test_data_is_as_old_as_that_of_the_kecamatan_longest_unheard_of() -> None:
    data_came()
    data_came(7, at=datetime(2017, 10, 5, 3, 42, tzinfo=UTC))
    assert "Data terakhir kami terima 5 Oktober 2017 pukul 10.42." in text_of(ask(BUDI))


def test_not_recorded_in_english() -> None:
    assert "This NIK is not in our data yet" in text_of(ask(BUDI, "/en/"))


def test_before_any_data_came_no_moment_is_claimed() -> None:
    assert "Data terakhir" not in text_of(ask(BUDI))


@pytest.mark.parametrize(
    "origin",
    ["http://testserver", "https://testserver", "https://bekasikota.go.id", "https://www.bekasikota.go.id"],
)
def test_our_own_site_and_the_citys_may_ask(origin: str) -> None:
    a_card("RECORDED")
    assert ask(SITI, origin=origin).status_code == 303


def test_no_origin_may_ask() -> None:
    a_card("RECORDED")
    assert ask(SITI).status_code == 303


@pytest.mark.parametrize(
    "origin", ["null", "", "https://evil.example", "https://bekasikota.go.id.evil.example"]
)
def test_another_site_may_not_ask(origin: str) -> None:
    a_card("RECORDED")
    response = ask(SITI, origin=origin)
    assert response.status_code == 403
    assert "Pencarian dari situs lain ditolak" in text_of(response)


@override_settings(FRAME_ANCESTORS=["https://kota.example"])
def test_whoever_may_frame_us_is_a_setting() -> None:
    a_card("RECORDED")
    assert ask(SITI, origin="https://kota.example").status_code == 303
    assert ask(SITI, origin="https://bekasikota.go.id").status_code == 403


def test_a_form_may_be_asked_for_and_sent_and_nothing_else() -> None:
    assert Client().put("/").status_code == 405


def test_three_figures_with_their_moment_and_what_is_behind_them() -> None:
    builders.many_cards(1200, stage=Stage.WAITING_FOR_BLANK)
    page = text_of(Client().get("/"))
    assert '<a href="/antrean/">menunggu blanko</a></dt><dd>1.200</dd>' in page
    assert page.count("<dd>") == 3
    assert "Data per " in page


def test_a_renewed_link_is_where_the_form_leads() -> None:
    card = a_card("RECORDED")
    old = address(card)
    with acting(by=builders.OFFICE, source="test"):
        Card.objects.filter(pk=card.pk).update(token_version=2)
    assert ask(SITI)["Location"] != old
    assert Client().get(old).status_code == 404
