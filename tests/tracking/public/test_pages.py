"""Statistics, help: figures have one source, and they agree."""

import pytest

from tests import builders
from tests.tracking.public.reading import page, row
from tracking.models import Office
from tracking.stages import Stage

pytestmark = pytest.mark.django_db


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
