"""Pages that a worker keeps: never older than the last change, and compressed once."""

import gzip
import urllib.request

import pytest
from django.test import Client

from tests import builders
from tests.tracking.public.reading import row
from tracking.public import fresh
from tracking.stages import Stage

PAGE = "/antrean/"


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    fresh._kept.clear()


@pytest.mark.slow
def test_nobody_reads_a_figure_of_before_the_last_change(live_site: str) -> None:
    """Two workers, real commits."""

    def waiting() -> str:
        with urllib.request.urlopen(live_site + PAGE) as answer:
            return row("Bekasi Timur", answer.read().decode())[1]

    for count in range(6):
        assert [waiting() for _ in range(4)] == [str(count)] * 4
        builders.many_cards(1, stage=Stage.WAITING_FOR_BLANK)


def test_a_page_is_made_once_for_one_snapshot(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh, "_stamp", lambda: (1, "1:1:"))
    Client().get(PAGE)
    kept = fresh._kept[PAGE][1]
    Client().get(PAGE)
    assert fresh._kept[PAGE][1] is kept


def test_a_change_makes_it_anew(committed: None) -> None:
    Client().get(PAGE)
    stamp = fresh._kept[PAGE][0]
    builders.many_cards(1, stage=Stage.WAITING_FOR_BLANK)
    assert row("Bekasi Timur", Client().get(PAGE).content.decode())[1] == "1"
    assert fresh._kept[PAGE][0] != stamp


def test_nothing_is_kept_of_a_transaction_that_writes(db: None) -> None:
    builders.many_cards(1, stage=Stage.WAITING_FOR_BLANK)
    Client().get(PAGE)
    assert PAGE not in fresh._kept


def test_an_address_that_does_not_exist_is_not_kept(committed: None) -> None:
    assert Client().get("/antrean/jakarta/").status_code == 404
    assert fresh._kept == {}


def test_a_kept_page_is_compressed_once(committed: None) -> None:
    packed = [Client().get(PAGE, headers={"Accept-Encoding": "gzip"}) for _ in range(2)]
    assert fresh._kept[PAGE][1].packed == packed[0].content == packed[1].content
    plain = Client().get(PAGE)
    assert gzip.decompress(packed[1].content) == plain.content
    assert "Content-Encoding" not in plain
    assert plain["Vary"] == packed[1]["Vary"] == "Accept-Encoding"
