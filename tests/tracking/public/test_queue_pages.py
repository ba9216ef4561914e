"""`/antrean/`: how far each queue has been printed, on what, what will come, and who was served before their turn."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from blanks.actions import divide
from blanks.actions.forecast import refresh
from blanks.models import PlannedShipment, Priority
from tests import builders, people
from tests.blanks import house
from tests.tracking.public.reading import page, row
from tracking.actions.fresh import data_came
from tracking.actor import acting
from tracking.models import Card
from tracking.public import dates
from tracking.stages import Kind, Stage

pytestmark = pytest.mark.django_db
HERE = "/antrean/bekasi-timur/"


def waiting(count: int = 1, **how: object) -> list[Card]:
    """Cards that wait, in the order of their numbers."""
    ids = builders.many_cards(count, stage=Stage.WAITING_FOR_BLANK, **how)  # type: ignore[arg-type]
    return list(Card.objects.filter(pk__in=ids).order_by("requested_at", "id"))


def printed(card: Card) -> None:
    builders.step(card, Stage.BLANK_ALLOCATED)
    builders.step(card, Stage.PRINTED)


def first(*cards: Card) -> None:
    """A supervisor serves the cards before their turn."""
    with acting(by=people.supervisor(), source="test"):
        for card in cards:
            Priority.objects.create(card_id=card.pk, category="travel", why="Berangkat umrah")


def test_a_queue_nothing_was_printed_of() -> None:
    waiting(3)
    waiting(2, kind=Kind.LOST)
    assert row("Bekasi Timur", page("/antrean/")) == ["–", "5", "0", "0", "belum ada"]
    assert row("Bekasi Barat", page("/antrean/")) == ["–", "0", "0", "0", "belum ada"]
    assert page(HERE).count("<dd>belum ada</dd>") == 3
    assert "Belum ada blanko." in page(HERE)


def test_how_old_the_data_of_each_kecamatan_is() -> None:
    today = dates.now().replace(hour=0, minute=5)
    data_came(at=today - timedelta(days=9))
    data_came(2, at=today - timedelta(days=1))
    data_came(3, at=today)
    names = ("Bekasi Timur", "Bekasi Barat", "Bekasi Utara")
    nine_days_ago = today.date() - timedelta(days=9)
    assert [row(name, page("/antrean/"))[4] for name in names] == [
        dates.day(nine_days_ago, "id"),
        "kemarin pukul 00.05",
        "hari ini pukul 00.05",
    ]
    assert [row(name, page("/en/antrean/"))[4] for name in names] == [
        dates.day(nine_days_ago, "en"),
        "yesterday, 00:05",
        "today, 00:05",
    ]
    said = f'terakhir kami terima <time datetime="{today - timedelta(days=1):%Y-%m-%d}T00:05+07:00">kemarin'
    assert said in page("/antrean/bekasi-barat/")
    assert "We last received card data from the centre or this kecamatan <time" in page(
        "/en/antrean/bekasi-barat/"
    )


def test_of_a_kecamatan_without_data_no_moment_is_claimed() -> None:
    assert "Belum ada data kartu yang kami terima" in page(HERE)
    assert "We have not received any card data" in page(f"/en{HERE}")


def test_all_twelve_kecamatan() -> None:
    assert page("/antrean/").count('<tr><th scope="row"><a ') == 12


def test_the_number_last_printed_is_the_highest_printed_in_turn() -> None:
    cards = waiting(4)
    for card in cards[:3]:
        printed(card)
    builders.step(cards[1], Stage.WAITING_FOR_BLANK, "damaged")
    printed(cards[1])  # it comes back, and is printed again: the queue does not go back with it
    assert row("Bekasi Timur", page("/antrean/"))[:2] == ["A-3", "1"]
    assert "<dd>A-3</dd>" in page(HERE)


def test_a_card_at_the_printer_is_not_printed() -> None:
    cards = waiting(2)
    printed(cards[0])
    builders.step(cards[1], Stage.BLANK_ALLOCATED)
    assert "<dd>A-1</dd>" in page(HERE)
    builders.print_on(cards[1], builders.free_serial(), "misprint")
    assert "<dd>A-1</dd>" in page(HERE)


def test_an_exception_is_no_turn() -> None:
    cards = waiting(4)
    printed(cards[0])
    first(cards[3])
    printed(cards[3])
    assert "<dd>A-1</dd>" in page(HERE)


def test_a_print_that_is_corrected_was_none() -> None:
    cards = waiting(2)
    for card in cards:
        printed(card)
    builders.correct(cards[1], by=people.supervisor())
    assert "<dd>A-1</dd>" in page(HERE)


def test_blocked_cards_are_counted_beside() -> None:
    card = builders.a_card(Stage.WAITING_FOR_BLANK)
    waiting(3)
    builders.block(card)
    text = page(HERE)
    assert row("A", text) == ["3", "1", "A-4"]
    assert row("Jumlah", text) == ["3", "1", ""]
    assert row("Bekasi Timur", page("/antrean/"))[1::2] == ["3", "1"]
    assert "<strong>3 kartu menunggu.</strong>" in text


def test_letters_stand_in_the_order_in_which_they_are_served() -> None:
    builders.sql(
        "INSERT INTO tracking_letterrule (valid_from, letters, decree) VALUES ('2017-02-01', 'CAB', 'SK 2')"
    )
    text = page(HERE)
    assert "C → A → B" in text
    assert text.index("<dt>C:") < text.index("<dt>A:") < text.index("<dt>B:")


def test_the_rule_in_force_is_public() -> None:
    for path in ("/antrean/", HERE):
        assert "A → B → C" in page(path)
        assert 'berlaku sejak <time datetime="2017-01-01">1 Januari 2017</time>' in page(path)


def test_no_such_kecamatan() -> None:
    assert Client().get("/antrean/jakarta/").status_code == 404


def test_the_last_batches_with_their_numbers() -> None:
    waiting(3)
    waiting(1, kind=Kind.LOST)
    house.shipment(10)
    house.quota(1, 4)
    house.batch(size=4)
    text = page(HERE)
    assert '<span class="nb">A-1 – A-3</span>, <span class="nb">C-1</span>' in text
    assert "4 kartu · 4 belum selesai dicetak" in text


def test_blanks_are_what_the_quota_holds() -> None:
    house.shipment(30)
    house.quota(1, 12)
    assert row("Bekasi Timur", page("/antrean/"))[2] == "12"
    assert "Blanko tersedia: 12." in page(HERE)
    assert "Belum dibagi, di gudang kota: 18 blanko." in page("/antrean/")


def test_exceptions_are_totals_by_category_of_the_city_and_a_count_here() -> None:
    first(*waiting(3)[1:])
    text = page("/antrean/")
    assert row("Perjalanan", text) == ["2", "0"]
    assert row("Kesehatan", text) == ["0", "0"]
    assert "Bulan ini 2 kartu didahulukan" in text
    assert "Bulan ini 2 kartu di kecamatan ini" in page(HERE)
    assert "Perjalanan" not in page(HERE)
    assert "Bulan ini 0 kartu di kecamatan ini" in page("/antrean/bekasi-barat/")
    for path in ("/antrean/", HERE):
        assert "umrah" not in page(path)


def test_why_a_kecamatan_got_fewer_blanks_is_there_to_read() -> None:
    waiting(6)
    waiting(3, kecamatan=2)
    house.shipment(6)
    divide(6, by=people.supervisor(), strategy="proportional")
    builders.settle()
    text = page("/antrean/").split('id="shares"')[1]
    assert row("Bekasi Timur", text) == ["6", "0", "6", "4"]
    assert row("Bekasi Barat", text) == ["3", "0", "3", "2"]
    assert row("Kota", text) == ["9", "0", "9", "6"]
    there = page("/antrean/bekasi-barat/")
    assert "2 dari 6 blanko." in there
    assert "Sebab: kebutuhan di sini 3, di seluruh kota 9." in there


def test_without_a_plan_and_without_past_nobody_can_say() -> None:
    waiting(2)
    assert "Kami belum tahu kapan blanko berikutnya datang. Nomor Anda tetap." in page(HERE)


def test_planned_supply_and_the_dates_it_lets_expect() -> None:
    waiting(40)
    house.shipment(1)
    today = timezone.localdate()
    with acting(by=people.supervisor(), source="test"):
        PlannedShipment.objects.create(
            quantity=1000, earliest=today + timedelta(20), latest=today + timedelta(34), tender="Pengadaan"
        )
    refresh()
    text = page(HERE)
    assert "1.000 blanko, direncanakan" in text
    assert "sampai <span" not in page("/antrean/")
    assert "nomor A yang baru" in text
