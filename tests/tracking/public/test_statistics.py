"""`/statistik/`: one source for page, CSV and check; each citizen once; days that are over; time spent."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import builders, people
from tests.staff.cast import as_
from tests.tracking.public.reading import page, row, rows, table
from tracking.actions import days
from tracking.actor import acting
from tracking.models import Again, Card, DayCount, Kecamatan, Obliged, StageCount
from tracking.public import charts, figures
from tracking.stages import Kind, Stage
from tracking.verify import verify

pytestmark = pytest.mark.django_db
PAGE = "/statistik/"


def obliged(quantity: int = 10, dated: str = "2017-08-01") -> None:
    """So many in each of the twelve kecamatan."""
    for place in Kecamatan.objects.all():
        Obliged.objects.create(
            kecamatan=place, dated=dated, quantity=quantity, source="Agregat Ditjen Dukcapil"
        )


def delivered(kecamatan: int = 1) -> Card:
    card = builders.a_card(Stage.AT_KECAMATAN, kecamatan=kecamatan)
    builders.step(card, Stage.DELIVERED)
    return card


def replacement(of: Card, stage: str = Stage.RECORDED, kind: str = Kind.DAMAGED) -> Card:
    return builders.a_card(stage, citizen=of.citizen, kecamatan=of.kecamatan_id, kind=kind)


def share(kecamatan: int = 1) -> tuple[int, int]:
    """Citizens served, and ready or served."""
    found = figures.figures().shares[kecamatan - 1]
    return found.served, found.ready


def test_page_csv_counters_and_check_agree() -> None:
    for number, stage in enumerate(Stage, 1):
        builders.many_cards(number, stage=stage, kecamatan=1 + number % 3)
    text = page(PAGE)
    in_file = rows("tahap")
    for stage in Stage:
        n = sum(int(line["jumlah"]) for line in in_file if line["tahap"] == stage)
        assert row(str(stage.label), table(text, "stages"))[0] == str(n)
        assert (
            n
            == sum(one.n for one in StageCount.objects.filter(stage=stage))
            == Card.objects.filter(stage=stage).count()
        )
    for place in Kecamatan.objects.all():
        cells = row(place.name, table(text, "places"))
        assert cells[:-1] == [line["jumlah"] for line in in_file if line["kecamatan"] == place.name]
        assert cells[-1] == str(sum(map(int, cells[:-1])))
    total = str(Card.objects.count())
    assert row("Jumlah", table(text, "stages"))[0] == row("Kota", table(text, "places"))[-1] == total
    waiting = row("Bekasi Barat", page("/antrean/"))[1]
    assert waiting == row("Bekasi Barat", table(text, "places"))[list(Stage).index(Stage.WAITING_FOR_BLANK)]
    assert verify().ok


def test_cards_outside_the_ledger_are_counted_apart() -> None:
    builders.many_cards(3, stage=Stage.DELIVERED)
    delivered_by_us = builders.a_card(Stage.WAITING_FOR_BLANK)
    for stage in (Stage.BLANK_ALLOCATED, Stage.PRINTED, Stage.AT_KECAMATAN, Stage.DELIVERED):
        builders.step(delivered_by_us, stage)
    text = page(PAGE)
    assert row("Sudah diterima", table(text, "stages"))[::2] == ["4", "3"]
    assert "Di antaranya 3 kartu menurut data pusat, di luar buku blanko kota." in text


def test_the_share_has_its_divisor_with_date_and_source() -> None:
    obliged(2, "2017-01-01")
    obliged(1, "2017-08-01")
    builders.many_cards(4, stage=Stage.DELIVERED)
    builders.many_cards(1, stage=Stage.WAITING_FOR_BLANK, kecamatan=2)
    builders.many_cards(9, stage=Stage.DEDUPLICATING, kecamatan=2)
    text = page(PAGE)
    assert "<dd>33,3%</dd>" in text
    assert "<dd>41,6%</dd>" in text
    assert "4 dari 12 warga wajib KTP sudah menerima kartu." in text
    assert "Wajib KTP per" in text
    assert "Agregat Ditjen Dukcapil" in text
    assert row("Kota", table(text, "shares")) == ["12", "4", "33,3%", "", "5", "41,6%"]
    assert "<dd>33.3%</dd>" in page("/en/statistik/")
    first = rows("wajib")[0]
    assert (first["wajib_ktp"], first["sudah_diterima"]) == ("1", "4")


def test_without_the_number_of_the_obliged_there_is_no_share() -> None:
    builders.many_cards(1, stage=Stage.DELIVERED)
    text = page(PAGE)
    assert text.count("<dd>–</dd>") == 2
    assert "1 warga sudah menerima kartu. Jumlah wajib KTP belum diisi petugas" in text


def test_a_citizen_with_two_cards_counts_once() -> None:
    first = delivered()
    assert share() == (1, 1)
    second = replacement(first, kind=Kind.FIRST)  # whatever it is called
    for stage in (
        Stage.DEDUPLICATING,
        Stage.WAITING_FOR_BLANK,
        Stage.BLANK_ALLOCATED,
        Stage.PRINTED,
        Stage.AT_KECAMATAN,
    ):
        builders.step(second, stage)
        assert share() == (1, 1)
    builders.step(second, Stage.DELIVERED)
    assert share() == (1, 1)
    assert verify().ok


def test_a_card_that_comes_in_ready_beside_a_delivered_one_counts_once() -> None:
    first = delivered()
    replacement(first, Stage.WAITING_FOR_BLANK)
    other = delivered(kecamatan=2)
    replacement(other, Stage.DELIVERED)
    assert (share(1), share(2)) == ((1, 1), (1, 1))
    assert verify().ok


def test_a_correction_gives_the_citizen_back_to_the_other_card() -> None:
    boss = people.supervisor()
    first = delivered()
    second = replacement(first, Stage.AT_KECAMATAN)
    builders.step(second, Stage.DELIVERED)
    builders.correct(first, by=boss)
    assert share() == (1, 1)
    builders.step(first, Stage.CANCELLED, "other")
    assert share() == (1, 1)
    builders.correct(first, by=boss)
    builders.step(first, Stage.DELIVERED)
    assert share() == (1, 1)
    assert verify().ok


def test_a_citizen_who_moves_counts_in_one_place() -> None:
    first = delivered()
    second = replacement(first, Stage.RECORDED)
    builders.sql("UPDATE tracking_citizen SET kelurahan_id = 21001 WHERE id = %s", [first.citizen_id])
    builders.move_house(second, 2)
    builders.step(second, Stage.DEDUPLICATING)
    builders.step(second, Stage.WAITING_FOR_BLANK)
    assert (share(1), share(2)) == ((1, 1), (0, 0))
    assert verify().ok


def test_many_replacements_in_one_statement() -> None:
    firsts = builders.many_cards(30, stage=Stage.DELIVERED)
    citizens = Card.objects.filter(pk__in=firsts).values_list("citizen_id", flat=True)
    with acting(by=builders.OFFICE, source="test"):
        Card.objects.bulk_create(
            Card(
                citizen_id=key,
                kind=Kind.LOST,
                stage=Stage.RECORDED,
                kecamatan_id=1,
                requested_at=timezone.now(),
            )
            for key in citizens
        )
        builders.sql("UPDATE tracking_card SET stage = 'WAITING_FOR_BLANK' WHERE stage = 'RECORDED'")
    builders.settle()
    assert share() == (30, 30)
    assert verify().ok


def test_differences_are_folded_and_say_the_same() -> None:
    for _ in range(3):
        replacement(delivered(), Stage.WAITING_FOR_BLANK)
    assert Again.objects.count() == 3
    builders.sql("SELECT tracking_fold_again()")
    assert Again.objects.count() == 1
    assert share() == (3, 3)


def test_the_site_writes_no_figure_by_itself() -> None:
    for statement in (
        "INSERT INTO tracking_again (kecamatan_id, delivered, n) VALUES (1, true, 1)",
        "UPDATE tracking_daycount SET n = 0",
        "DELETE FROM tracking_stay",
        "SELECT tracking_count_again(ARRAY[1::bigint], ARRAY[NULL::text], ARRAY[NULL::smallint])",
    ):
        with builders.refused("42501"):
            builders.sql(statement)


def test_days_that_are_over_are_kept_once() -> None:
    builders.many_cards(2, stage=Stage.DEDUPLICATING)
    days.close_days()
    yesterday = timezone.localdate() - timedelta(days=1)
    assert DayCount.objects.get(day=yesterday, stage=Stage.DEDUPLICATING).n == 0  # they came today
    kept = DayCount.objects.count()
    days.close_days()
    assert DayCount.objects.count() == kept == (days.AT_FIRST + 1) * len(Stage)


def test_a_day_that_is_not_over_is_not_kept() -> None:
    with builders.refused("22023"):
        builders.sql("SELECT tracking_close_days(%s, %s)", [timezone.localdate(), timezone.localdate()])


def test_the_trend_is_drawn_and_has_its_table() -> None:
    days.close_days()
    text = page(PAGE)
    assert text.count('<svg class="line"') == 3
    assert table(text, "days").count('<tr><th scope="row" class="nb">') == len(rows("tren")) == 14
    assert rows("tren")[-1]["tanggal"] == str(timezone.localdate() - timedelta(days=1))


def test_a_line_goes_from_nothing_to_its_largest_figure() -> None:
    line = [(date(2017, 8, 1), 0), (date(2017, 8, 8), 50), (date(2017, 8, 15), 100)]
    drawn = charts.line("Sudah diterima", line)
    assert drawn
    assert drawn.points == "4.0,96.0 170.0,51.0 336.0,6.0"
    assert (drawn.change, drawn.end) == (100, ["336.0", "6.0"])
    assert charts.line("Sudah diterima", line[:1]) is None


def test_a_supervisor_keeps_the_number_of_the_obliged() -> None:
    address = "/admin/tracking/obliged/add/"
    said = {"kecamatan": "1", "dated": "2017-08-01", "quantity": "180000", "source": "DKB semester I 2017"}
    for role in ("operator", "kecamatan", "auditor"):
        assert as_(role).post(address, said).status_code == 403
    assert as_("supervisor").post(address, said).status_code == 302
    assert Obliged.objects.get().quantity == 180000
    assert as_("supervisor").post(address, said).status_code == 200  # once a day
    assert as_("supervisor").post(address, {**said, "dated": "2017-09-01", "source": ""}).status_code == 200


def test_no_such_file() -> None:
    assert Client().get(f"{PAGE}rahasia.csv").status_code == 404


def test_bars_are_hidden_from_screen_readers_and_have_their_figure_beside_them() -> None:
    builders.many_cards(2, stage=Stage.RECORDED)
    assert '<td class="n">2</td><td aria-hidden="true"><svg' in page(PAGE)
