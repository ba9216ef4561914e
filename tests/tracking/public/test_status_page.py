"""The status page, row by row of its table, in both languages."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests import builders, people
from tests.tracking.public.cards import Answer, a_card, a_citizen, address, status_of, text_of
from tracking import limits, tokens
from tracking.actions.fresh import data_came
from tracking.actor import acting
from tracking.models import Card, CentralFact, Office
from tracking.public import dates, status_page
from tracking.stages import STOPS_CITIZEN_ACTS, STOPS_OFFICE_ACTS, Kind, Stage

pytestmark = pytest.mark.django_db

A_DAY_AGO = timezone.now() - timedelta(days=1)
NOTHING = ("Tidak ada. Anda tidak perlu datang.", "Nothing. You need not come.")
OFFICE = "<strong>Loket Disdukcapil Kota Bekasi</strong>, Jalan Ir. H. Juanda No. 100, Bekasi Timur"
ROWS: list[tuple[str, str, str, tuple[str, str], list[tuple[str, str]]]] = [
    # stage, code, action, h1 (id, en), what else is said (id, en)
    (
        "RECORDED",
        "",
        "office",
        ("Sudah direkam", "Recorded"),
        [
            ("Foto, sidik jari, mata, dan tanda tangan Anda tersimpan.", "Your photo, fingerprints"),
            ("Data dikirim ke pusat.", "Your data is sent to the centre."),
            NOTHING,
        ],
    ),
    (
        "DEDUPLICATING",
        "",
        "office",
        ("Sedang dicocokkan (penunggalan)", "Being matched"),
        [
            ("Pusat memastikan satu orang hanya punya satu data.", "each person has only one record"),
            (
                "Lalu masuk antrean cetak. Kami tidak tahu kapan pusat selesai.",
                "Then it joins the printing queue.",
            ),
            NOTHING,
        ],
    ),
    (
        "HELD",
        "DUPLICATE_RECORD",
        "citizen",
        ("Perlu tindakan Anda", "Your action is needed"),
        [
            ("Data Anda tercatat lebih dari sekali.", "You are on record more than once."),
            ("Sesudah dihapus, pemeriksaan diulang.", "Once it is deleted, the check is repeated."),
            (f"Minta hapus data ganda di {OFFICE}", f"Ask for the duplicate to be deleted at {OFFICE}"),
            ("Bawa KK. Kami tidak tahu batas waktunya.", "We do not know of a deadline."),
        ],
    ),
    (
        "HELD",
        "ENROLL_FAILURE_AT_CENTRAL",
        "citizen",
        ("Perlu tindakan Anda", "Your action is needed"),
        [
            ("Hasil perekaman Anda tidak terbaca di pusat.", "The centre could not read your recording."),
            ("Data baru dikirim ke pusat.", "The new data is sent to the centre."),
            (f"Rekam ulang di {OFFICE}", f"Be recorded again at {OFFICE}"),
        ],
    ),
    (
        "HELD",
        "ADJUDICATE_RECORD",
        "office",
        ("Sedang diperbaiki petugas", "Being put right by the office"),
        [
            ("Ada kendala di pusat. Petugas kami mengurusnya.", "There is a problem at the centre."),
            ("Kami mengirim ulang data Anda.", "We send your data again."),
            NOTHING,
        ],
    ),
    (
        "WAITING_FOR_BLANK",
        "",
        "office",
        ("Siap cetak, menunggu blanko", "Ready, waiting for a blank"),
        [
            ("Data Anda lolos. Blanko (kartu kosong dari pusat) belum cukup.", "Your data has passed."),
            (
                "Nomor <strong>A-1</strong>, urutan ke-<strong>1</strong> di Bekasi Timur.",
                "Number <strong>A-1</strong>, position <strong>1</strong> in Bekasi Timur.",
            ),
            ("Kami belum tahu kapan blanko berikutnya datang. Nomor Anda tetap.", "We do not know yet when"),
            ("Minta suket (surat sementara pengganti e-KTP) di", "Ask for a suket"),
        ],
    ),
    (
        "BLANK_ALLOCATED",
        "",
        "office",
        ("Blanko tersedia, dijadwalkan cetak", "Scheduled for printing"),
        [
            ("Satu blanko disisihkan untuk Anda.", "A blank has been set aside for you."),
            ("Kartu dicetak. Jika rusak, nomor Anda tetap.", "If it is spoiled, you keep your number."),
            NOTHING,
        ],
    ),
    (
        "PRINTED",
        "",
        "office",
        ("Sudah dicetak", "Printed"),
        [
            ("Kartu Anda ada di Disdukcapil.", "Your card is at Disdukcapil."),
            ("Petugas kecamatan akan menjemputnya.", "Kecamatan staff will collect it."),
            NOTHING,
        ],
    ),
    (
        "AT_KECAMATAN",
        "",
        "office",
        ("Di kantor kecamatan", "At the kecamatan office"),
        [
            ("Kartu Anda sudah tiba di kecamatan.", "Your card has arrived at the kecamatan."),
            ("Petugas RT/RW akan mengantarnya.", "An RT/RW officer will bring it to you."),
            NOTHING,
        ],
    ),
    (
        "OUT_FOR_DELIVERY",
        "",
        "citizen",
        ("Sedang diantar petugas RT/RW", "On its way to you"),
        [
            ("Petugas RT/RW membawa kartu Anda.", "The RT/RW officer is carrying your card."),
            ("Jika tiga kali gagal, kartu kembali ke kecamatan.", "After three failed tries"),
            ("Periksa data di kartu. Gratis; jangan beri uang.", "It is free; give no money."),
        ],
    ),
    (
        "RETURNED",
        "",
        "citizen",
        ("Dapat diambil di kantor kecamatan", "Ready to collect"),
        [
            ("Pengantaran belum berhasil. Kartu Anda aman.", "Your card is safe."),
            ("Kartu disimpan di sana.", "The card is kept there."),
            (
                "Ambil di <strong>Kantor Kecamatan Bekasi Timur</strong>",
                "Collect it at <strong>Kantor Kecamatan",
            ),
            ("Bawa KK atau suket.", "Bring your family card (KK) or suket."),
        ],
    ),
    (
        "DELIVERED",
        "",
        "none",
        ("Sudah diterima", "Received"),
        [
            ("Diserahkan <time", "Handed over on <time"),
            ("Selesai.", "Done."),
            ("Belum menerima?", "Not received?"),
        ],
    ),
    (
        "CANCELLED",
        "",
        "citizen",
        ("Dibatalkan", "Cancelled"),
        [
            ("Proses kartu berhenti <time", "Work on this card stopped on <time"),
            (f"Tanyakan alasannya di {OFFICE}", f"Ask for the reason at {OFFICE}"),
        ],
    ),
]


def attributes(response: Answer) -> dict[str, str]:
    """The data- attributes of the element that shows the status."""
    heading = re.search(r"<h1 ([^>]*)>", response.content.decode())
    assert heading
    return dict(re.findall(r'data-([a-z-]+)="([^"]*)"', heading[1]))


def headline(response: Answer) -> str:
    found = re.search(r"<h1 [^>]*>([^<]*)</h1>", response.content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    ("stage", "code", "action", "h1", "said"), ROWS, ids=[f"{r[0]} {r[1]}" for r in ROWS]
)
def test_a_row_of_the_table(
    stage: str, code: str, action: str, h1: tuple[str, str], said: list[tuple[str, str]], language: str
) -> None:
    response = status_of(a_card(stage, code=code), language)
    which = ["id", "en"].index(language)
    assert headline(response) == h1[which]
    assert attributes(response)["stage"] == stage
    assert attributes(response)["action"] == action
    for texts in said:
        assert texts[which] in text_of(response)


@pytest.mark.parametrize("code", STOPS_CITIZEN_ACTS)
def test_held_for_the_citizen(code: str) -> None:
    assert attributes(status_of(a_card("HELD", code=code)))["action"] == "citizen"


@pytest.mark.parametrize("code", STOPS_OFFICE_ACTS)
def test_held_for_the_office(code: str) -> None:
    assert attributes(status_of(a_card("HELD", code=code)))["action"] == "office"


@pytest.mark.parametrize(
    ("first", "then", "action"),
    [
        ("ADJUDICATE_RECORD", "DUPLICATE_RECORD", "citizen"),
        ("DUPLICATE_RECORD", "PACKET_RETRY", "office"),
        ("DUPLICATE_RECORD", "CARD_PRINTED", "citizen"),
    ],
)
def test_of_several_reasons_to_hold_a_card_the_latest_says_who_acts(
    first: str, then: str, action: str
) -> None:
    card = a_card("HELD", code=first)
    CentralFact.objects.create(card_id=card.pk, code=then, since=timezone.now(), source="test")
    assert attributes(status_of(card))["action"] == action


def test_a_reason_of_an_earlier_hold_says_nothing_of_this_one() -> None:
    card = a_card("HELD", code="ADJUDICATE_RECORD")
    CentralFact.objects.create(
        card_id=card.pk, code="DUPLICATE_RECORD", since=timezone.now(), source="test", at=A_DAY_AGO
    )
    assert attributes(status_of(card))["action"] == "office"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.FIRST, "Siapkan suket, jika Anda punya."),
        (Kind.DAMAGED, "Siapkan KTP lama."),
        (Kind.CHANGED, "Siapkan KTP lama."),
        (Kind.LOST, "Siapkan surat kehilangan dari polisi."),
    ],
)
def test_what_to_have_ready_at_the_door(kind: str, text: str) -> None:
    assert text in text_of(status_of(a_card("OUT_FOR_DELIVERY", kind=kind)))


@pytest.mark.parametrize("stage", ["BLANK_ALLOCATED", "PRINTED", "AT_KECAMATAN"])
def test_a_card_outside_the_ledger_is_still_sought(stage: str) -> None:
    response = status_of(builders.a_card(stage, citizen=a_citizen()))
    assert "Kartu tercatat sudah dicetak, tetapi masih kami cari." in text_of(response)
    assert "Jika tidak ketemu, kami cetak ulang." in text_of(response)
    assert attributes(response)["action"] == "office"


def test_a_card_outside_the_ledger_that_staff_found_reads_as_any_other() -> None:
    card = builders.a_card("AT_KECAMATAN", citizen=a_citizen())
    with acting(by=people.supervisor(), source="test"):
        Card.objects.filter(pk=card.pk).update(outside_confirmed=True)
    assert "Kartu Anda sudah tiba di kecamatan." in text_of(status_of(card))


def test_a_delivered_card_outside_the_ledger_is_not_sought() -> None:
    response = status_of(builders.a_card("DELIVERED", citizen=a_citizen()))
    assert "masih kami cari" not in text_of(response)
    assert attributes(response)["action"] == "none"


@pytest.mark.parametrize("stage", ["DEDUPLICATING", "WAITING_FOR_BLANK", "RETURNED", "OUT_FOR_DELIVERY"])
def test_a_blocked_card_asks_nobody_to_come(stage: str) -> None:
    card = a_card(stage)
    builders.block(card)
    response = status_of(card)
    assert "Kartu diperiksa petugas. Anda tidak perlu datang." in text_of(response)
    assert attributes(response)["action"] == "office"
    assert "Ambil di" not in text_of(response)


def test_a_blocked_duplicate_is_put_right_by_the_office() -> None:
    card = a_card("HELD", code="DUPLICATE_RECORD")
    builders.block(card)
    assert headline(status_of(card)) == "Sedang diperbaiki petugas"
    assert attributes(status_of(card))["action"] == "office"


def test_a_blocked_card_keeps_its_number_and_has_no_position() -> None:
    card = a_card("WAITING_FOR_BLANK")
    builders.block(card)
    found = attributes(status_of(card))
    assert (found["queue-number"], found["queue-position"]) == ("A-1", "")


def test_number_and_position_while_waiting() -> None:
    builders.many_cards(1500, stage=Stage.WAITING_FOR_BLANK)
    card = a_card("WAITING_FOR_BLANK")
    found = attributes(status_of(card))
    assert (found["queue-number"], found["queue-position"]) == ("A-1501", "1501")
    assert "urutan ke-<strong>1.501</strong>" in text_of(status_of(card))


def test_no_number_before_the_queue() -> None:
    found = attributes(status_of(a_card("DEDUPLICATING")))
    assert (found["queue-number"], found["queue-position"]) == ("", "")


def test_the_number_stays_with_the_card_until_its_end() -> None:
    assert attributes(status_of(a_card("PRINTED")))["queue-number"] == "A-1"


def test_the_number_is_gone_at_the_end() -> None:
    assert attributes(status_of(a_card("DELIVERED")))["queue-number"] == ""


def test_a_correction_is_admitted() -> None:
    supervisor = people.supervisor()
    card = a_card("DELIVERED")
    builders.correct(card, by=supervisor)
    page = text_of(status_of(card))
    assert page.count("Status sebelumnya keliru; kami perbaiki <time") == 2  # notice and history
    assert "Mohon maaf." in page
    assert headline(status_of(card)) == "Sedang diantar petugas RT/RW"


def test_a_long_quiet_is_told() -> None:
    data_came()
    card = a_card("RECORDED", since=builders.LONG_AGO)
    assert "Belum ada perubahan sejak <time" in text_of(status_of(card))


def test_a_recent_change_is_no_quiet() -> None:
    card = a_card("RECORDED", since=timezone.now() - timedelta(days=1))
    assert "Belum ada perubahan" not in text_of(status_of(card))


def test_the_page_says_how_old_its_data_is() -> None:
    assert "Data per <time" in text_of(status_of(a_card("RECORDED")))


def test_it_is_as_old_as_the_data_of_the_home_kecamatan() -> None:
    card = a_card("RECORDED")
    data_came(2, at=timezone.now() + timedelta(days=2))
    assert f'Data per <time datetime="{dates.now():%Y-%m-%d}' in text_of(status_of(card))
    tomorrow = dates.now() + timedelta(days=1)
    data_came(1, at=tomorrow)
    assert f'Data per <time datetime="{tomorrow:%Y-%m-%d}' in text_of(status_of(card))


def test_initials_are_all_of_a_name() -> None:
    page = text_of(status_of(a_card("RECORDED", name="BUDI <SANTOSO>")))
    assert "e-KTP B. &lt;. · Bekasi Timur" in page
    assert "BUDI" not in page


def test_an_offices_text_is_no_markup() -> None:
    Office.objects.filter(id=0).update(name="<b>Loket</b>")
    assert "&lt;b&gt;Loket&lt;/b&gt;" in text_of(status_of(a_card("CANCELLED")))


def test_why_a_card_was_cancelled_is_not_told_to_whoever_has_the_nik() -> None:
    card = a_card("DEDUPLICATING")
    builders.step(card, Stage.CANCELLED, "deceased")
    for word in ("Meninggal", "deceased", "other"):
        assert word not in text_of(status_of(card))


def test_the_present_stage_is_marked_for_screen_readers() -> None:
    page = text_of(status_of(a_card("PRINTED")))
    assert page.count('aria-current="step"') == 1
    assert '<span class="vh">Sekarang: </span>Sudah dicetak' in page


def test_the_queue_of_ones_own_kecamatan_is_one_link_away() -> None:
    assert 'href="/antrean/bekasi-timur/"' in text_of(status_of(a_card("WAITING_FOR_BLANK")))


def every_look() -> list[Card]:
    """A card of every stage, kind of stop, and notice."""
    cards = []
    # whoever waits would have to be served before the others are
    for stage, code, *_ in sorted(ROWS, key=lambda row: row[0] == "WAITING_FOR_BLANK"):
        card = a_card(stage, code=code)
        cards.append(card)
        builders.sql("UPDATE tracking_citizen SET nik_index = gen_random_uuid()")
    cards += [builders.a_card(stage) for stage in ("PRINTED", "AT_KECAMATAN", "DELIVERED")]
    blocked = builders.a_card("WAITING_FOR_BLANK", kecamatan=3)
    builders.block(blocked)
    corrected = builders.a_card("AT_KECAMATAN")
    builders.step(corrected, Stage.DELIVERED)
    builders.correct(corrected, by=people.supervisor())
    return [*cards, blocked, corrected]


def test_the_filled_in_page_says_what_the_templates_say() -> None:
    for card in every_look():
        read = status_page.read(tokens.Link(card.pk, card.token_version), limits._hash("client", b"", 0))
        assert isinstance(read, status_page.Card)
        for language in ("id", "en", "id"):
            where = "testserver" + address(card, language)
            assert status_page.page(read, language, where) == status_page.whole(read, language, where)


def test_the_page_asks_the_database_nothing_but_its_one_question() -> None:
    card = a_card("WAITING_FOR_BLANK")
    where = address(card)
    with connection.execute_wrapper(lambda *_: pytest.fail("another question")):
        assert Client().get(where).status_code == 200


@pytest.mark.parametrize(
    ("receiver", "indonesian", "english"),
    [("holder", "kepada pemegang.", "to the holder."), ("family", "kepada keluarga.", "to a family member.")],
)
def test_a_delivered_card_says_to_whom_without_a_name(receiver, indonesian, english):
    card = a_card(Stage.OUT_FOR_DELIVERY)
    builders.step(card, Stage.DELIVERED, receiver)
    page = status_of(card).content.decode()
    assert indonesian in page
    assert 'data-action="none"' in page
    assert english in status_of(card, "en").content.decode()
