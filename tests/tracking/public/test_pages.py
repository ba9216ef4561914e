"""Queue, statistics, help: figures have one source, and they agree."""

import re

import pytest
from django.test import Client

from tests import builders
from tests.tracking.public.cards import text_of
from tracking.actor import acting
from tracking.models import Office
from tracking.stages import Kind, Stage

pytestmark = pytest.mark.django_db


def page(path: str) -> str:
    response = Client().get(path)
    assert response.status_code == 200
    return text_of(response)


def row(of: str, text: str) -> list[str]:
    """The cells of the table row with this head."""
    found = re.search(rf'<tr><th scope="row">(?:<[^>]*>)*{re.escape(of)}(?:<[^>]*>)*</th>(.*?)</tr>', text)
    assert found, of
    return [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", found[1])]


def test_a_kecamatans_queue_in_a_line() -> None:
    builders.many_cards(3, stage=Stage.WAITING_FOR_BLANK)
    builders.many_cards(2, stage=Stage.WAITING_FOR_BLANK, kind=Kind.LOST)
    assert row("Bekasi Timur", page("/antrean/")) == ["5", "A-1, C-1"]
    assert row("Bekasi Barat", page("/antrean/")) == ["0", "–"]


def test_all_twelve_kecamatan() -> None:
    assert page("/antrean/").count('<tr><th scope="row">') == 12


def test_a_kecamatans_queue_by_letter() -> None:
    card = builders.a_card(Stage.WAITING_FOR_BLANK)
    builders.many_cards(3, stage=Stage.WAITING_FOR_BLANK)
    builders.block(card)
    text = page("/antrean/bekasi-timur/")
    assert row("A", text) == ["A-2", "3", "A-4"]
    assert row("B", text) == ["–", "0", "–"]
    assert "Diperiksa petugas: 1 kartu, tidak ikut dihitung menunggu." in text


def test_whose_turn_it_is_beyond_the_first_thousand_numbers() -> None:
    first = builders.many_cards(1030, stage=Stage.WAITING_FOR_BLANK)
    builders.stock(1, 1024)
    with acting(by=builders.OFFICE, source="test"):
        builders.sql("UPDATE tracking_card SET stage = 'BLANK_ALLOCATED' WHERE id = ANY (%s)", [first[6:]])
    builders.settle()
    assert row("A", page("/antrean/bekasi-timur/"))[0] == "A-1025"


def test_the_rule_in_force_is_public() -> None:
    for path in ("/antrean/", "/antrean/bekasi-timur/"):
        assert "A → B → C" in page(path)
        assert "berlaku sejak 1 Januari 2017" in page(path)


def test_no_such_kecamatan() -> None:
    assert Client().get("/antrean/jakarta/").status_code == 404


def test_stages_and_kecamatan_add_up_to_the_same() -> None:
    builders.many_cards(4, stage=Stage.DEDUPLICATING, kecamatan=1)
    builders.many_cards(3, stage=Stage.DEDUPLICATING, kecamatan=2)
    text = page("/statistik/")
    assert row("Sedang dicocokkan (penunggalan)", text)[0] == "7"
    assert row("Bekasi Timur", text)[1] == "4"
    assert row("Bekasi Barat", text)[1] == "3"


def test_the_share_served_has_its_divisor_in_words() -> None:
    builders.many_cards(1, stage=Stage.DELIVERED)
    builders.many_cards(2, stage=Stage.RECORDED)
    builders.many_cards(5, stage=Stage.CANCELLED)
    text = page("/statistik/")
    assert "<dd>33,3%</dd>" in text
    assert "1 dari 3 kartu yang tercatat dan tidak dibatalkan. Di antaranya 1 menurut data pusat" in text
    assert "<dd>33.3%</dd>" in page("/en/statistik/")


def test_no_card_is_no_share() -> None:
    assert "<dd>–</dd>" in page("/statistik/")


def test_bars_are_hidden_from_screen_readers_and_have_their_figure_beside_them() -> None:
    builders.many_cards(2, stage=Stage.RECORDED)
    assert '<td class="n">2</td><td aria-hidden="true"><svg' in page("/statistik/")


def test_help_names_every_office_and_says_that_it_is_being_checked() -> None:
    text = page("/bantuan/")
    assert text.count("Kantor Kecamatan ") == 12
    assert "sedang diperiksa petugas" in text
    Office.objects.update(checked=True)
    assert "sedang diperiksa petugas" not in page("/bantuan/")


def test_links_into_help_have_their_place() -> None:
    text = page("/bantuan/")
    for place in ("nik", "belum-menerima", "suket", "tidak-ditemukan", "lama", "ganda"):
        assert f'id="{place}"' in text
