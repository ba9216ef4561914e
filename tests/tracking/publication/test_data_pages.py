"""`/data/`: every file of the contract, for the newest day and under each date, as data portals and scripts ask for it."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.blanks.house import batch
from tests.builders import many_cards, stock
from tools import check_publication
from tracking.models import Publication
from tracking.publication.proofs import proofs
from tracking.stages import Stage

from .house import Days

pytestmark = pytest.mark.usefixtures("committed")
Sql = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def two_days(superuser_sql: Sql) -> list[str]:
    """Two published days: five entered, then two were served."""
    days = Days(superuser_sql, 2)
    many_cards(5, Stage.WAITING_FOR_BLANK)
    first = days.end()
    stock(1, 2)
    batch(size=2)
    return [str(first), str(days.end())]


def body(address: str, **headers: str) -> str:
    answer = Client(headers=headers).get(address)
    assert answer.status_code == 200, address
    return (b"".join(answer) if answer.streaming else answer.content).decode()  # type: ignore[arg-type]


def table(address: str) -> list[list[str]]:
    return list(csv.reader(body(address).splitlines()))


def test_before_the_first_day_the_page_says_so_and_no_file_is_there() -> None:
    assert "belum terbit" in body("/data/")
    for name in ("progres.csv", "integritas.json", "feed.json", "catatan.txt"):
        assert Client().get(f"/data/{name}").status_code == 404


def test_progress_is_as_the_contract_says(two_days: list[str]) -> None:
    rows = table("/data/progres.csv")
    assert rows[0] == ["tanggal", "kode_kecamatan", "kecamatan", "tahap", "jumlah", "di_luar_buku"]
    assert len(rows) == 1 + 12 * len(Stage)
    assert [two_days[1], "32.75.01", "Bekasi Timur", "BLANK_ALLOCATED", "2", "0"] in rows
    assert [two_days[0], "32.75.01", "Bekasi Timur", "WAITING_FOR_BLANK", "5", "0"] in table(
        f"/data/{two_days[0]}/progres.csv"
    )
    as_json = json.loads(body("/data/progres.json"))
    assert [[str(cell) for cell in row.values()] for row in as_json] == rows[1:]
    assert list(as_json[0]) == rows[0]


def test_a_queues_log_is_as_the_contract_says(two_days: list[str]) -> None:
    header, *rows = table("/data/antrean/bekasi-timur.csv")
    assert header == ["no", "tanggal", "huruf", "nomor", "peristiwa"]
    assert rows == [["6", two_days[1], "A", "1", "dicetak"], ["7", two_days[1], "A", "2", "dicetak"]]
    entered = table(f"/data/{two_days[0]}/antrean/bekasi-timur.csv")[1:]
    assert entered == [[str(n), two_days[0], "A", str(n), "masuk"] for n in range(1, 6)]


def test_integrity_names_every_day_and_the_root_before_it(two_days: list[str]) -> None:
    days = json.loads(body("/data/integritas.json"))["days"]
    assert [list(day) for day in days] == [["date", "public_root", "private_root", "events", "previous"]] * 2
    assert [day["date"] for day in days] == two_days
    assert [day["previous"] for day in days] == [None, days[0]["public_root"]]


def test_whoever_has_the_log_computes_its_root(two_days: list[str]) -> None:
    days = json.loads(body("/data/integritas.json"))["days"]
    for entry in days:
        tree = check_publication.Tree()
        leaves = [bytes.fromhex(entry["previous"] or check_publication.NOTHING)]
        leaves += body(f"/data/{entry['date']}/catatan.txt").encode().splitlines()
        for leaf in leaves:
            tree.add(check_publication.sha256(b"\x00" + leaf).digest())
        assert tree.root().hex() == entry["public_root"]


def test_it_is_kept_by_etag_and_date(two_days: list[str]) -> None:
    for name in (
        "progres.csv",
        "progres.json",
        "antrean/bekasi-timur.csv",
        "integritas.json",
        "catatan.txt",
        "feed.json",
    ):
        first = Client().get(f"/data/{name}")
        assert first["Last-Modified"].endswith("GMT")
        assert first["Access-Control-Allow-Origin"] == "*"
        again = Client(headers={"if-none-match": first["ETag"]}).get(f"/data/{name}")
        assert (again.status_code, again["ETag"]) == (304, first["ETag"])
        later = Client(headers={"if-modified-since": first["Last-Modified"]}).get(f"/data/{name}")
        assert later.status_code == 304
        assert Client().head(f"/data/{name}").status_code == 200
    assert "immutable" in Client().get(f"/data/{two_days[0]}/progres.csv")["Cache-Control"]
    assert "immutable" not in Client().get("/data/progres.csv")["Cache-Control"]


def test_scripts_of_any_origin_may_ask_with_an_etag(two_days: list[str]) -> None:
    answer = Client().options("/data/progres.csv")
    assert (answer.status_code, answer["Access-Control-Allow-Headers"]) == (
        204,
        "If-None-Match, If-Modified-Since",
    )
    assert Client().post("/data/progres.csv").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "2001-01-01/progres.csv",
        "kemarin/progres.csv",
        "lain.csv",
        "antrean/atlantis.csv",
        "2001-01-01/",
        "kemarin/",
    ],
)
def test_what_is_not_there_is_a_404(two_days: list[str], path: str) -> None:
    assert Client().get(f"/data/{path}").status_code == 404


@pytest.mark.parametrize("prefix", ["/data/", "/en/data/"])
def test_the_page_lists_every_file_with_its_licence_and_root(two_days: list[str], prefix: str) -> None:
    text = body(prefix)
    root = bytes(Publication.objects.get(day=two_days[1]).public_root).hex()
    for part in (
        "progres.csv",
        "antrean/bekasi-timur.csv",
        "integritas.json",
        "idn-area-data",
        "ODbL",
        root,
        two_days[0],
    ):
        assert part in text
    assert root not in body(f"{prefix}{two_days[0]}/")


def test_portals_find_schema_licence_and_feed(two_days: list[str]) -> None:
    package = json.loads(body("/data/datapackage.json"))
    by_path = {one["path"]: one for one in package["resources"]}
    for path, resource in by_path.items():
        assert [field["name"] for field in resource["schema"]["fields"]] == table(f"/data/{path}")[0]
        assert len(body(f"/data/{path}").encode()) == resource["bytes"]
    assert package["licenses"][0]["name"] == "ODbL-1.0"
    entry = json.loads(body("/data/dcat.jsonld"))
    assert {one["dct:title"] for one in entry["dcat:distribution"]} == set(by_path)
    feed = json.loads(body("/data/feed.json"))
    assert [item["url"].rsplit("/", 2)[1] for item in feed["items"]] == two_days[::-1]
    assert "2 dicetak" in feed["items"][0]["content_text"]


def test_the_checker_reads_it_from_the_address(
    live_site: str, superuser_sql: Sql, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = Days(superuser_sql, 2)
    cards = many_cards(5, Stage.WAITING_FOR_BLANK)
    days.end()
    days.end()
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(proofs(cards[0])))
    assert check_publication.main([f"{live_site}/data/", "--proof", str(path)]) == 0
    assert capsys.readouterr().out == "2 hari diperiksa; semuanya cocok.\n"
    assert check_publication.main([f"{live_site}/tidak-ada/"]) == 1
